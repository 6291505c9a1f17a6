"""Underpaint: an image studio that paints with diffusion models, locally and privately."""

__version__ = "0.1.0"
