"""The previews of one job: projected colours first, the tiny decoder's picture once there is detail to see."""

from __future__ import annotations

import time

import torch

from studio.engine.preview import LatentPreview
from studio.engine.tiny_decoder import TinyDecoder
from studio.generation.request import UInt8Array


class JobPreviews:
    """Decides once per job, at its middle: previews that change their sharpness to and fro would flicker.

    Before the middle the clean picture implied by a step is a blur, which a tenth of a millisecond shows as well.
    """

    def __init__(self, projection: LatentPreview, tiny: TinyDecoder | None) -> None:
        self._projection = projection
        self._tiny = tiny
        self._is_sharp: bool | None = None
        self._last_s = time.perf_counter()

    def picture(self, call: int, total: int, clean: torch.Tensor) -> UInt8Array:
        """call: evaluation, from 1. (1, c, h, w) clean latents -> uint8 (h, w, 3) or twice as large."""
        step_s = time.perf_counter() - self._last_s
        if self._tiny is not None and self._is_sharp is None and 2 * call > total:
            self._is_sharp = self._tiny.is_affordable(clean, step_s)
        if self._tiny is not None and self._is_sharp:
            pixels = self._tiny.picture(clean)
        else:
            pixels = self._projection.picture(clean)
        self._last_s = time.perf_counter()
        return pixels
