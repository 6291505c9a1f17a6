"""How often each level occurs in what an adjustment is given: from samples, quick enough to be asked on opening."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.document.composite import advance, as_pixels
from studio.document.document import Document
from studio.document.operations import index_of_draw, operations
from studio.document.pixels import ALPHA, TILE_PX, unpremultiply

SAMPLES = 12
SAMPLE_PX = 64
Histogram = npt.NDArray[np.int64]


def histogram_below(document: Document, layer_id: str) -> Histogram:
    """(4, 256): rgb together, then each channel, of patches spread over what lies below a layer. All zeros where there
    is nothing, or the layer is not seen."""
    counts = np.zeros((4, 256), np.int64)
    steps = operations(document)
    cut = index_of_draw(steps, layer_id)
    if cut is None:
        return counts
    keys = list(document.canvas.tiles(TILE_PX))
    edge = (TILE_PX - SAMPLE_PX) // 2
    part = (slice(edge, edge + SAMPLE_PX), slice(edge, edge + SAMPLE_PX))
    whole = (slice(0, TILE_PX), slice(0, TILE_PX))
    for key in keys[:: max(1, len(keys) // SAMPLES)]:
        below = advance(steps[:cut], key, whole if len(keys) <= 4 else part, (None,))[-1]
        if below is None:
            continue
        straight = unpremultiply(as_pixels(below))
        seen = straight[straight[..., ALPHA] > 0]
        for channel in range(3):
            counts[channel + 1] += np.bincount(seen[:, channel], minlength=256)
    counts[0] = counts[1:].sum(axis=0)
    return counts
