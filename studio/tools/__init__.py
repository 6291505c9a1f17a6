"""What a hand can do to the picture: state machines that see pointer events, never a toolkit.

A tool more is a file and a line in the table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from studio.tools.color_picker import ColorPickerTool
from studio.tools.fill import FillTool
from studio.tools.frame import FrameTool
from studio.tools.gradient import GradientTool
from studio.tools.lasso import LassoTool
from studio.tools.marquee import ELLIPSE, RECTANGLE, MarqueeTool
from studio.tools.paint import BRUSH, ERASER, MASK_BRUSH, MASK_ERASER, PaintTool
from studio.tools.pan import PanTool
from studio.tools.polygon_lasso import PolygonTool
from studio.tools.tool import Tool, ToolContext
from studio.tools.wand import WandTool

TOOLS: Mapping[str, Callable[[ToolContext], Tool]] = {
    "brush": functools.partial(PaintTool, BRUSH),
    "eraser": functools.partial(PaintTool, ERASER),
    "mask_brush": functools.partial(PaintTool, MASK_BRUSH),
    "mask_eraser": functools.partial(PaintTool, MASK_ERASER),
    "select_rectangle": functools.partial(MarqueeTool, RECTANGLE),
    "select_ellipse": functools.partial(MarqueeTool, ELLIPSE),
    "select_lasso": LassoTool,
    "select_polygon": PolygonTool,
    "select_wand": WandTool,
    "pan": PanTool,
    "frame": FrameTool,
    "fill": FillTool,
    "gradient": GradientTool,
    "color_picker": ColorPickerTool,
}
