"""What a hand can do to the picture: state machines that see pointer events, never a toolkit.

A tool more is a file and a line in the table. The brushes are there at once; any other tool is imported when it is
first taken in hand, so that it need not hold up the first stroke.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import cast

from studio.tools.paint import BRUSH, ERASER, MASK_BRUSH, MASK_ERASER, PaintTool
from studio.tools.tool import Tool, ToolContext


def _imported(module: str, name: str, context: ToolContext) -> Tool:
    make = cast(
        "Callable[[ToolContext], Tool]", getattr(importlib.import_module(f"studio.tools.{module}"), name)
    )
    return make(context)


TOOLS: Mapping[str, Callable[[ToolContext], Tool]] = {
    "brush": functools.partial(PaintTool, BRUSH),
    "eraser": functools.partial(PaintTool, ERASER),
    "mask_brush": functools.partial(PaintTool, MASK_BRUSH),
    "mask_eraser": functools.partial(PaintTool, MASK_ERASER),
    "select_rectangle": functools.partial(_imported, "marquee", "RectangleTool"),
    "select_ellipse": functools.partial(_imported, "marquee", "EllipseTool"),
    "select_lasso": functools.partial(_imported, "lasso", "LassoTool"),
    "select_polygon": functools.partial(_imported, "polygon_lasso", "PolygonTool"),
    "select_wand": functools.partial(_imported, "wand", "WandTool"),
    "move": functools.partial(_imported, "move", "MoveTool"),
    "transform": functools.partial(_imported, "transform", "TransformTool"),
    "crop": functools.partial(_imported, "crop", "CropTool"),
    "shape": functools.partial(_imported, "shape", "ShapeTool"),
    "text": functools.partial(_imported, "text", "TextTool"),
    "pan": functools.partial(_imported, "pan", "PanTool"),
    "frame": functools.partial(_imported, "frame", "FrameTool"),
    "mix_brush": functools.partial(_imported, "mix", "MixTool"),
    "context": functools.partial(_imported, "context_frame", "ContextTool"),
    "fill": functools.partial(_imported, "fill", "FillTool"),
    "gradient": functools.partial(_imported, "gradient", "GradientTool"),
    "smudge": functools.partial(_imported, "smudge", "SmudgeTool"),
    "blur": functools.partial(_imported, "retouch", "BlurTool"),
    "clone": functools.partial(_imported, "retouch", "CloneTool"),
    "heal": functools.partial(_imported, "retouch", "HealTool"),
    "color_picker": functools.partial(_imported, "color_picker", "ColorPickerTool"),
}
