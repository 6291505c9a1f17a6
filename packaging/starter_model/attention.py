"""Attention in single precision inside a bfloat16 region.

PyTorch's CPU kernel for the backward pass of attention is ten times slower in bfloat16 than in float32 (16.4 ms
against 1.7 ms for the same call of this U-Net); with this, bfloat16 training runs 1.5 to 1.6 times as fast as
float32, without it 1.07 times.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F


@contextlib.contextmanager
def mixed_precision(device: str, *, enabled: bool) -> Iterator[None]:
    """bfloat16 autocast whose attention runs in float32 on a CPU."""
    if not enabled:
        yield
        return
    original = F.scaled_dot_product_attention

    def in_single_precision(
        query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *rest: Any, **options: Any
    ) -> torch.Tensor:
        with torch.autocast("cpu", enabled=False):
            result = original(query.float(), key.float(), value.float(), *rest, **options)
        return result.to(query.dtype)

    if device == "cpu":
        F.scaled_dot_product_attention = in_single_precision
    try:
        with torch.autocast(device, torch.bfloat16):
            yield
    finally:
        F.scaled_dot_product_attention = original
