"""What a drawn scene holds and how it is said: attributes, captions, and back from words to attributes. No torch."""
