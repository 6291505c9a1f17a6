"""The hand: dabs, and strokes of them that accumulate coverage. Knows neither documents nor colours."""
