"""The leaf every other package may lean on: geometry, events, errors, settings, paths, log."""
