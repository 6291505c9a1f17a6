"""What a brush looks like: a stroke drawn by the tool itself, on a picture of a few hundred pixels."""

from __future__ import annotations

import math

import numpy as np

from studio.brushes.brush import Brush
from studio.core.geometry import Point, Rect, Size
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import RGB, UInt8Array
from studio.tools import TOOLS
from studio.tools.settings import ToolSettings
from studio.tools.tool import PointerEvent, ToolContext

POINTS = 48
BAND = RGB(214, 126, 64)
OTHER_BAND = RGB(64, 108, 158)
SPOT = RGB(40, 30, 34)
SMALLEST_PX = 2.0
WORKS_ON_PIXELS = frozenset({"smudge", "blur", "clone", "heal"})


def sample_stroke(brush: Brush, tool_id: str, size: Size, color: RGB) -> UInt8Array:
    """(height, width, 4) premultiplied. Large brushes are shown smaller, so that a wave fits; tools that bring no
    colour of their own get two to work on, erasers one to take away from."""
    canvas = Rect(0, 0, size.width, size.height)
    document = Document(canvas)
    layer = Layer(properties=LayerProperties(name="Sample"))
    # The larger the brush, the larger it looks, but by far not as much.
    largest = size.height * 0.62
    shown = min(brush.size_px, largest * (1 - math.exp(-brush.size_px / (0.9 * largest))) + SMALLEST_PX)
    path = _path(size, shown)
    works_on_pixels, erases = tool_id in WORKS_ON_PIXELS, tool_id.endswith("eraser")
    if works_on_pixels or erases:
        layer.surface.write(canvas, _ground(size, tool_id, color, path))
    AddLayer(layer, 0).apply(document)
    used = {"mask_brush": "brush", "mask_eraser": "eraser"}.get(tool_id, tool_id)
    settings = ToolSettings()
    settings.color = color
    settings.active_tool_id = used
    settings.set_brush(used, brush.with_(size_px=shown, smoothing=0.0))
    tool = TOOLS[used](
        ToolContext(
            document=document,
            history=History(document),
            settings=settings,
            get_frame=lambda: canvas,
            set_frame=lambda _: None,
            pick_color=lambda _: None,
        )
    )
    if used in ("clone", "heal"):
        start = path[0].position
        # A clone takes the ball; a heal takes what lies above the spots.
        across = size.width * 0.5 - start.x if used == "clone" else 0.0
        source = _event(start.x + across, start.y - size.height * 0.29, 1.0, 0.0, alt=True)
        tool.press(source)
        tool.release(source)
    tool.press(path[0])
    tool.move(path[1:])
    tool.release(path[-1])
    return layer.surface.read(canvas)


def _path(size: Size, brush_px: float) -> list[PointerEvent]:
    """A wave from left to right, pressed hardest in its middle."""
    margin = min(brush_px / 2 + 2, size.width / 5)
    swing = max(size.height / 2 - brush_px / 2 - 3, size.height * 0.1)
    events = []
    for index in range(POINTS):
        share = index / (POINTS - 1)
        x = margin + share * (size.width - 2 * margin)
        y = size.height / 2 - swing * math.sin(share * 2 * math.pi) * 0.8
        events.append(_event(x, y, math.sin(share * math.pi) ** 0.8, share))
    return events


def _event(x: float, y: float, pressure: float, share: float, *, alt: bool = False) -> PointerEvent:
    # Some 600 px a second: a calm hand.
    return PointerEvent(position=Point(x, y), pressure=max(pressure, 0.02), time_s=share * 0.25, alt=alt)


def _ground(size: Size, tool_id: str, color: RGB, path: list[PointerEvent]) -> UInt8Array:
    """Premultiplied (height, width, 4): a sheet to erase from, a ball to copy, blemishes to heal, or stripes."""
    x, y = np.meshgrid(
        (np.arange(size.width) + 0.5) / size.width, (np.arange(size.height) + 0.5) / size.height
    )
    ratio = size.width / size.height
    pixels = np.empty((size.height, size.width, 4), np.uint8)
    pixels[..., 3] = 255
    if tool_id.endswith("eraser"):
        pixels[..., :3] = color
        return pixels
    if tool_id == "clone":
        edge = (0.24 - np.hypot((x - 0.78) * ratio, y - 0.34)) * size.height
        cover = np.clip(edge + 0.5, 0, 1)[..., None]
        return np.rint(np.array((*BAND, 255)) * cover).astype(np.uint8)
    if tool_id == "heal":
        pixels[..., :3] = np.rint(np.array(BAND) + (np.array(OTHER_BAND) - BAND) * y[..., None])
        # Two under the stroke, one beside it that stays.
        for index, off in ((21, 0.0), (31, 0.0), (10, 0.42)):
            spot = path[index].position
            distance = np.hypot(x * size.width - spot.x, y * size.height - spot.y - off * size.height)
            pixels[distance < 0.06 * size.height, :3] = SPOT
        return pixels
    stripes = (np.arange(size.width) * 6 // size.width) % 2 == 0
    pixels[:, :, :3] = np.where(stripes[None, :, None], np.array(BAND), np.array(OTHER_BAND))
    return pixels
