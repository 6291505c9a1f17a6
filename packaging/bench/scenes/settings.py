"""What is generated in every scene that is compared with something: words, numbers, no Qt."""

PROMPT = "a red house in a meadow with mountains in the background on a sunny day"
STEPS = 20
SEED = 20
