"""The brush led along the mask's edge, as a steady hand would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.core.geometry import Point, Rect
from studio.core.opencv import cv2
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import SwapTiles, clear_selection
from studio.document.history import History
from studio.document.paintable import paint_target
from studio.document.pixels import UInt8Array
from studio.document.surface import same_pixels
from studio.tools import TOOLS
from studio.tools.settings import ToolSettings
from studio.tools.tool import PointerEvent, ToolContext

SPEED_PX_S = 600.0
SMOOTHING = 5
"""The edge of a mask runs along pixels: so many of its points are averaged into one."""

SHORTEST_POINTS = 4


def trace_edge(document: Document, settings: ToolSettings, *, tool_id: str = "brush") -> SwapTiles:
    """What the tool's strokes along every edge of the mask change on the active layer, as one edit; on both sides of the
    edge. Works on a copy: any thread may do it. Raises DocumentError where the layer takes no paint."""
    target = paint_target(document)
    bounds = document.selection.bounds().expanded(2)
    paths = edge_paths(document.selection.read(bounds), bounds)
    sheet = copy_document(document)
    clear_selection(sheet).apply(sheet)
    context = ToolContext(
        document=sheet,
        history=History(sheet),
        settings=settings,
        get_frame=lambda: sheet.canvas,
        set_frame=lambda _frame: None,
        pick_color=lambda _color: None,
    )
    tool = TOOLS[tool_id](context)
    for path in paths:
        events = _events(path)
        tool.press(events[0])
        tool.move(events[1:])
        tool.release(events[-1])
    before, after = document.surface(target), sheet.surface(target)
    keys = before.keys() | after.keys()
    return SwapTiles(
        target,
        {key: after.frozen_tile(key) for key in keys if not same_pixels(before.tile(key), after.tile(key))},
    )


def edge_paths(mask: UInt8Array, rect: Rect) -> list[list[Point]]:
    """Closed paths along the edge of (h, w) `mask`, which fills `rect`; holes and islands have their own."""
    inside = np.where(mask >= 128, np.uint8(255), np.uint8(0))
    contours, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    paths: list[list[Point]] = []
    for contour in contours:
        points = np.asarray(contour, np.float64).reshape(-1, 2)
        if len(points) < SHORTEST_POINTS:
            continue
        reach = range(-(SMOOTHING // 2), SMOOTHING // 2 + 1)
        smooth = np.mean([np.roll(points, shift, axis=0) for shift in reach], axis=0)
        path = [Point(float(x) + rect.x + 0.5, float(y) + rect.y + 0.5) for x, y in smooth]
        paths.append([*path, path[0]])
    return paths


def _events(path: Sequence[Point]) -> list[PointerEvent]:
    events: list[PointerEvent] = []
    time_s, last = 0.0, path[0]
    for point in path:
        time_s += last.distance_to(point) / SPEED_PX_S
        last = point
        events.append(PointerEvent(position=point, time_s=time_s))
    return events
