"""Builds the starter model from nothing: procedural captioned scenes, tokenizer, autoencoder, text encoder, U-Net.

Run `python3 packaging/starter_model/train.py --help`. Needs torch, diffusers, transformers and tokenizers;
no window toolkit, no network and no foreign data or weights.
"""
