"""Measures of what the studio promises, each beside its floor in the same run: `run.py` prints and writes them."""
