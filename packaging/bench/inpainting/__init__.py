"""Fifty masks over ten pictures, and what is measured on them."""
