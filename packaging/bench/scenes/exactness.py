"""Random layers in every blend mode: what is exported, and what the canvas shows, against the formulas. No window.

python -m bench.scenes.exactness
"""

from __future__ import annotations

import json
import time

import numpy as np

from bench.floors.formulas import FORMULAS, OPERATORS, TINY, Array, composited
from studio.core.geometry import Rect
from studio.document.blend import BLEND_MODES
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer, SetActiveLayer
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import UInt8Array, premultiply
from studio.ui.canvas.projection import Projection

SIDE_PX = 96
ROUNDS = 6
HALF_A_STEP = 0.5 / 255


def main() -> None:
    random = np.random.default_rng(11)
    worst = {"export": 0, "screen": 0}
    worst_mode = ""
    modes = [mode for mode in BLEND_MODES if mode in FORMULAS or mode in OPERATORS]
    began = time.perf_counter()
    for mode in modes:
        for _ in range(ROUNDS):
            found = _compare(random, mode)
            if max(found.values()) > max(worst.values()):
                worst_mode = mode
            worst = {name: max(worst[name], found[name]) for name in worst}
    print(
        json.dumps(
            {
                **worst,
                "mode": worst_mode,
                "modes": len(modes),
                "without": sorted(set(BLEND_MODES) - set(modes)),
                "pictures": len(modes) * ROUNDS,
                "seconds": time.perf_counter() - began,
            }
        )
    )


def _compare(random: np.random.Generator, mode: str) -> dict[str, int]:
    """Four layers, the second and the fourth in `mode`; the largest difference, of 255."""
    area = Rect(0, 0, SIDE_PX, SIDE_PX)
    document = Document(area)
    sheets: list[tuple[Array, str]] = []
    for index in range(4):
        used = mode if index % 2 else "normal"
        pixels = _noise(random, is_dense=index == 0)
        opacity = round(float(random.uniform(0.2, 1)), 3)
        layer = Layer(properties=LayerProperties(name=str(index), opacity=opacity, blend_mode=used))
        layer.surface.write(area, pixels)
        AddLayer(layer, index).apply(document)
        sheets.append((pixels / 255 * opacity, used))
    SetActiveLayer(document.layers.ids[int(random.integers(4))]).apply(document)
    projection = Projection(document)
    # As after a stroke: from what is kept below and above the active layer.
    projection.improve(area, budget_s=1.0)
    document_pixels = {"export": flatten(document, area), "screen": projection.read(area)}
    wanted = _expected(sheets, TINY) * 255
    # Where a formula jumps between black and white, less than can be told apart decides.
    nearby = [_expected(sheets, tiny) * 255 for tiny in (0.0, HALF_A_STEP / 8, HALF_A_STEP)]
    is_steady = np.all([np.abs(other - wanted).max(-1) < 0.1 for other in nearby], axis=0)
    assert is_steady.mean() > 0.5, mode
    return {
        name: int(np.abs(shown - np.rint(wanted)).max(-1)[is_steady].max())
        for name, shown in document_pixels.items()
    }


def _expected(sheets: list[tuple[Array, str]], tiny: float) -> Array:
    """The lowest first, which lies on nothing and is seen as it is."""
    (merged, _), *others = sheets
    for sheet, mode in others:
        merged = composited(merged, sheet, mode, tiny)
    return merged


def _noise(random: np.random.Generator, *, is_dense: bool) -> UInt8Array:
    straight = random.integers(0, 256, (SIDE_PX, SIDE_PX, 4), np.uint8)
    if is_dense:
        straight[..., 3] = 255
    # Every kind of pixel: extremes meet extremes.
    extreme = random.random((SIDE_PX, SIDE_PX)) < 0.2
    straight[extreme] = random.choice(np.array([0, 255], np.uint8), (int(extreme.sum()), 4))
    return premultiply(straight)


if __name__ == "__main__":
    main()
