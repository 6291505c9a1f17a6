"""What a hand can do to the picture: state machines that see pointer events, never a toolkit.

A tool more is a file and a line in the table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from studio.tools.color_picker import ColorPickerTool
from studio.tools.frame import FrameTool
from studio.tools.paint import BRUSH, ERASER, MASK_BRUSH, MASK_ERASER, PaintTool
from studio.tools.pan import PanTool
from studio.tools.tool import Tool, ToolContext

TOOLS: Mapping[str, Callable[[ToolContext], Tool]] = {
    "brush": functools.partial(PaintTool, BRUSH),
    "eraser": functools.partial(PaintTool, ERASER),
    "mask_brush": functools.partial(PaintTool, MASK_BRUSH),
    "mask_eraser": functools.partial(PaintTool, MASK_ERASER),
    "pan": PanTool,
    "frame": FrameTool,
    "color_picker": ColorPickerTool,
}
