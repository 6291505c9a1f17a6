"""Opens a photo, paints a mask, generates, accepts: how many pixels changed where the mask is 0?

    python -m bench.scenes.inpaint PICTURE

Everything through the window: the strokes, Ctrl+Enter, Alt+Enter, Ctrl+Z.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bench.stage import Stage, play
from studio.core.geometry import Point
from studio.document.composite import flatten
from studio.generation.events import Preview
from studio.generation.request import UInt8Array


def scene(stage: Stage) -> dict[str, Any]:
    workspace = stage.workspace
    stage.session.files.open_path(Path(sys.argv[1]))
    stage.wait_until(lambda: not workspace.is_blank, "the opened picture")
    stage.settle()
    before = _flat(stage)
    paint_mask(stage)
    mask = workspace.document.selection.read(workspace.document.canvas)
    stage.wait_until_engine_is_ready()
    workspace.settings.set(prompt="a sailboat on a lake", seed=7, is_seed_random=False)
    stage.key("Ctrl+Return")
    during = None
    stage.wait_until(lambda: any(isinstance(event, Preview) for _, event in stage.events), "a preview", 240)
    during = _flat(stage)
    stage.wait_until_idle()
    shown = _flat(stage)
    stage.key("Alt+Return")
    stage.wait_until(lambda: len(workspace.document.layers) == 2, "the accepted layer", 20)
    after = _flat(stage)
    stage.key("Ctrl+Z")
    undone = _flat(stage)
    outside = mask == 0
    return {
        "outside": int(outside.sum()),
        "outside_changed": _differing(before, after, outside),
        "inside": int((mask > 0).sum()),
        "inside_changed": _differing(before, after, mask > 0),
        "changed_by_previews": _differing(before, during, np.ones_like(outside)),
        "changed_before_accept": _differing(before, shown, np.ones_like(outside)),
        "changed_after_undo": _differing(before, undone, np.ones_like(outside)),
    }


def paint_mask(stage: Stage) -> None:
    """A soft blob in the middle, with the mask brush and the mouse."""
    size = stage.workspace.document.canvas.size
    stage.choose("mask_brush")
    stage.workspace.tool_settings.size_px = size.width / 8
    stage.workspace.tool_settings.hardness = 0.4
    stage.stroke(
        [
            Point(
                size.width * (0.5 + 0.12 * math.cos(turn / 6)),
                size.height * (0.55 + 0.1 * math.sin(turn / 6)),
            )
            for turn in range(40)
        ]
    )


def _flat(stage: Stage) -> UInt8Array:
    document = stage.workspace.document
    return flatten(document, document.canvas)


def _differing(one: UInt8Array, other: UInt8Array, where: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
    return int(((one != other).any(-1) & where).sum())


if __name__ == "__main__":
    sys.exit(play(scene))
