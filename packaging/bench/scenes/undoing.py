"""What a thousand strokes leave behind, and whether ten thousand operations can all be taken back. No window.

python -m bench.scenes.undoing strokes|operations
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.processes import pss_mib
from studio.core import memory
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.edits import (
    AddLayer,
    MoveLayer,
    RemoveLayer,
    SetCanvas,
    SetLayerMask,
    SetProperties,
    clear_selection,
    fill_selection,
    invert_selection,
)
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import RGB, TILE_PX, over_color
from studio.document.resting import Spill
from studio.document.surface import empty_tile, tile_rect
from studio.workspace.background import Inline
from studio.workspace.history_keeper import HistoryKeeper

SIDE_PX = 8192
STROKES = 1000
OPERATIONS = 10_000
SMALL_PX = 1024
MODES = ("normal", "multiply", "screen", "overlay")


def strokes(folder: Path) -> dict[str, Any]:
    """Strokes of 20 to 300 pixels' width over the whole canvas; memory before, after, and after a rest."""
    document = _document(SIDE_PX, 1)
    history = _history(document, folder)
    random = np.random.default_rng(4)
    target = Target.pixels(document.layers.ids[0])
    gc.collect()
    before = pss_mib(os.getpid())
    changed_bytes = 0
    for _ in range(STROKES):
        changed_bytes += _stroke(document, history, target, random, int(random.integers(20, 300)))
    picture = document.layers[0].surface.byte_size
    gc.collect()
    raw = pss_mib(os.getpid()) - before - picture / 2**20
    began = time.perf_counter()
    history.rest()
    rest_s = time.perf_counter() - began
    memory.release()
    gc.collect()
    rested_bytes, disk_bytes = history.byte_size, history.disk_size
    rested = pss_mib(os.getpid()) - before - picture / 2**20
    undo_ms: list[float] = []
    kept = len(history.labels())
    while history.can_undo:
        began = time.perf_counter()
        history.undo()
        undo_ms.append((time.perf_counter() - began) * 1000)
    is_blank = not any(tile.any() for tile in document.layers[0].surface.snapshot().values())
    return {
        "changed_mib": changed_bytes / 2**20,
        "raw_mib": raw,
        "rested_mib": rested,
        "rest_s": rest_s,
        "kept_steps": kept,
        "is_blank": is_blank,
        "first_undo_ms": undo_ms[0],
        "slowest_undo_ms": max(undo_ms),
        "rested_bytes": rested_bytes,
        "disk_bytes": disk_bytes,
    }


def _stroke(
    document: Document, history: History, target: Target, random: np.random.Generator, width_px: int
) -> int:
    """A band of paint from one place to another, a tile at a time; bytes of the tiles it changed."""
    start, end = random.integers(0, SIDE_PX, (2, 2))
    end = start + np.clip(end - start, -1500, 1500)
    color = RGB(*(int(value) for value in random.integers(0, 256, 3)))
    with history.transaction("Stroke") as gesture:
        keys = set()
        for share in np.linspace(0, 1, 40):
            x, y = (start + (end - start) * share).astype(int)
            spot = Rect(int(x) - width_px // 2, int(y) - width_px // 2, width_px, width_px)
            for key in spot.intersected(document.canvas).tiles(TILE_PX):
                box = tile_rect(key)
                part = spot.intersected(box).slices_in(box)
                coverage = np.full((part[0].stop - part[0].start, part[1].stop - part[1].start), 60, np.uint8)
                tile = gesture.edit_tile(target, key)
                tile[part] = over_color(np.ascontiguousarray(tile[part]), coverage, color, 1.0)
                keys.add(key)
    return len(keys) * TILE_PX * TILE_PX * 4


def operations(folder: Path) -> dict[str, Any]:
    """Random operations of every kind, some taken back and done again on the way, then all taken back."""
    document = _document(SMALL_PX, 3)
    history = _history(document, folder)
    random = np.random.default_rng(7)
    start = fingerprint(document)
    began = time.perf_counter()
    for count in range(OPERATIONS):
        _operate(document, history, random, count)
        if count % 2500 == 0:
            history.rest()
    steps = history.position
    states = 0
    while history.can_undo:
        history.undo()
        states += 1
    return {
        "differences": sum(a != b for a, b in zip(start, fingerprint(document), strict=True)),
        "steps": steps,
        "undone": states,
        "seconds": time.perf_counter() - began,
    }


def _operate(document: Document, history: History, random: np.random.Generator, count: int) -> None:
    layers = document.layers
    layer = layers.layer(layers.ids[int(random.integers(len(layers.ids)))])
    match int(random.integers(14)):
        case 0 | 1 | 2 | 3:
            _touch(history, Target.pixels(layer.id), random, 4)
        case 4 | 5:
            _touch(history, Target.SELECTION, random, 1)
        case 6 if len(layers.ids) < 8:
            copy = layer.duplicate(f"Copy {count}")
            history.do(AddLayer(copy, int(random.integers(len(layers.ids) + 1))), "Duplicate")
        case 7 if len(layers.ids) > 2:
            history.do(RemoveLayer(layer.id), "Delete")
        case 8:
            history.do(MoveLayer(layer.id, int(random.integers(len(layers.ids)))), "Move")
        case 9:
            changes = {"opacity": float(random.random()), "blend_mode": str(random.choice(MODES))}
            key = f"properties {layer.id}"
            history.do(SetProperties(layer.id, layer.properties.with_(**changes)), "Layer", merge_key=key)
        case 10:
            tiles = (
                None if layer.mask is not None else {(0, 0): random.integers(0, 256, (256, 256), np.uint8)}
            )
            history.do(SetLayerMask(layer.id, tiles), "Layer mask")
        case 11:
            makers = (fill_selection, clear_selection, invert_selection)
            history.do(makers[int(random.integers(3))](document), "Mask")
        case 12:
            left, top = (int(value) for value in random.integers(-64, 64, 2))
            history.do(SetCanvas(Rect(left, top, SMALL_PX, SMALL_PX)), "Canvas")
        case _:
            for _ in range(int(random.integers(1, 4))):
                history.undo()
            for _ in range(int(random.integers(0, 3))):
                history.redo()


def _touch(history: History, target: Target, random: np.random.Generator, channels: int) -> None:
    with history.transaction("Stroke") as gesture:
        for _ in range(int(random.integers(1, 4))):
            key = (int(random.integers(4)), int(random.integers(4)))
            top, left = (int(value) for value in random.integers(0, 200, 2))
            tile = gesture.edit_tile(target, key)
            block = tile[top : top + 48, left : left + 48]
            block[:] = random.integers(0, 256, block.shape, np.uint8)
            if channels == 4:
                np.minimum(block[..., :3], block[..., 3:], out=block[..., :3])
    if random.random() < 0.1:
        with history.transaction("Given up") as gesture:
            gesture.edit_tile(target, (0, 0))[:8] = 1
            gesture.cancel()


def fingerprint(document: Document) -> list[object]:
    """Everything undo must bring back, pixels byte for byte."""
    found: list[object] = [document.canvas, document.layers.ids, _bytes(document.selection.snapshot())]
    for layer in document.layers:
        mask = None if layer.mask is None else _bytes(layer.mask.snapshot())
        found.append((layer.id, layer.properties, _bytes(layer.surface.snapshot()), mask))
    return found


def _bytes(tiles: Any) -> dict[object, bytes]:
    blank = {1: empty_tile(1).tobytes(), 4: empty_tile(4).tobytes()}
    packed = {key: tile.tobytes() for key, tile in tiles.items()}
    return {key: data for key, data in packed.items() if data not in blank.values()}


def _history(document: Document, folder: Path) -> History:
    """Packed as in the studio, but without waiting for another thread."""
    history = History(document, spill=Spill(folder))
    HistoryKeeper(Inline()).follow(history)
    return history


def _document(side_px: int, layers: int) -> Document:
    document = Document(Rect(0, 0, side_px, side_px))
    for index in range(layers):
        layer = Layer(properties=LayerProperties(name=f"Layer {index}"))
        AddLayer(layer, index).apply(document)
    return document


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="underpaint-bench-") as scratch:
        found = {"strokes": strokes, "operations": operations}[sys.argv[1]](Path(scratch))
    print(json.dumps(found), flush=True)
