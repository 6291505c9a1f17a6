"""CPU of a stroke in tool and document, without a view: `python tests/tools/measure_stroke.py`, one table."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from studio.core.geometry import Point, Rect
from studio.document.changes import Target, TilesChanged
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.history import History
from studio.document.layer import layer_from_image
from studio.document.surface import TiledSurface
from studio.tools import TOOLS
from studio.tools.settings import ToolSettings
from studio.tools.tool import PointerEvent, ToolContext

EVENTS = 400


def path(side_px: int, hz: float, px_per_s: float) -> list[PointerEvent]:
    """A curling line at constant speed, reflected at the edges."""
    x, y, angle = side_px * 0.3, side_px * 0.4, 0.3
    step = px_per_s / hz
    events = []
    for index in range(EVENTS):
        angle += 0.15 * math.sin(index / 9)
        x += math.cos(angle) * step
        y += math.sin(angle) * step
        if not 20 < x < side_px - 20:
            angle, x = math.pi - angle, min(max(x, 20), side_px - 20)
        if not 20 < y < side_px - 20:
            angle, y = -angle, min(max(y, 20), side_px - 20)
        events.append(PointerEvent(position=Point(x, y), time_s=index / hz))
    return events


def measure(tool_id: str, side_px: int, size_px: float, hz: float, px_per_s: float, batch: int) -> str:
    document = Document(Rect(0, 0, side_px, side_px))
    history = History(document)
    opaque = np.full((side_px, side_px, 4), 255, np.uint8)
    history.do(AddLayer(layer_from_image("Photo", opaque), 0), "Import")
    settings = ToolSettings()
    settings.set(active_tool_id=tool_id, size_px=size_px)
    context = ToolContext(
        document=document,
        history=history,
        settings=settings,
        get_frame=lambda: document.canvas,
        set_frame=lambda _: None,
        pick_color=lambda _: None,
    )
    tool = TOOLS[tool_id](context)
    notices: list[Rect] = []
    document.changed.subscribe(
        lambda change: notices.append(change.rect) if isinstance(change, TilesChanged) else None
    )
    events = path(side_px, hz, px_per_s)
    calls = []
    began = time.process_time()
    tool.press(events[0])
    for index in range(1, EVENTS, batch):
        group = events[index : index + batch]
        at = time.perf_counter()
        tool.move(group)
        calls.append((time.perf_counter() - at) * 1e3)
    tool.release(events[-1])
    cpu = time.process_time() - began
    # Dark paint on a white picture: what was not touched is 255 in every channel.
    target = Target.SELECTION if tool_id.startswith("mask") else Target("pixels", document.active_layer_id)
    surface = document.surface(target)
    untouched = 0 if tool_id.startswith("mask") else 255
    inked = sum(_channel(surface, event.position) != untouched for event in events)
    calls.sort()
    return (
        f"{tool_id:10} {side_px:5} px  brush {size_px:5.0f}  {hz:4.0f} Hz  {px_per_s:6.0f} px/s  batch {batch}  "
        f"inked {inked / EVENTS:.2f}  cpu {cpu:.3f} s  move p50 {calls[len(calls) // 2]:.2f} "
        f"p99 {calls[len(calls) * 99 // 100]:.2f} ms  notices {len(notices)}  undo {history.byte_size >> 10} KiB"
    )


def _channel(surface: TiledSurface, position: Point) -> int:
    return int(surface.read(Rect(math.floor(position.x), math.floor(position.y), 1, 1)).reshape(-1)[0])


if __name__ == "__main__":
    for tool_id, side_px, size_px, hz, px_per_s, batch in (
        ("mask_brush", 2048, 40, 125, 1500, 1),
        ("mask_brush", 2048, 40, 250, 1500, 1),
        ("mask_brush", 2048, 40, 250, 1500, 2),
        ("mask_brush", 2048, 40, 125, 6000, 1),
        ("brush", 2048, 40, 125, 1500, 1),
        ("brush", 2048, 40, 250, 1500, 1),
        ("eraser", 2048, 40, 125, 1500, 1),
        ("brush", 8192, 256, 125, 16000, 1),
        ("mask_brush", 8192, 256, 125, 16000, 1),
        ("brush", 8192, 1024, 125, 16000, 1),
    ):
        print(measure(tool_id, side_px, size_px, hz, px_per_s, batch), flush=True)
