"""What the button says must be what happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.generation.request import Task
from studio.workspace import intent as intent_module
from studio.workspace.build_request import Capture, prepare
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.intent import MAX_TILES, Intent, intended
from tests.fakes.link import make_catalog

CANVAS = Rect(0, 0, 300, 280)
WIDE = Rect(0, 0, 364, 280)


def blank() -> Document:
    return Document(CANVAS)


def full() -> Document:
    document = blank()
    AddLayer(layer_from_image("Full", np.full((280, 300, 4), 255, np.uint8)), 0).apply(document)
    return document


def sketch() -> Document:
    document = blank()
    AddLayer(layer_from_image("Stroke", np.full((40, 200, 4), 255, np.uint8), (30, 90)), 0).apply(document)
    return document


def masked() -> Document:
    document = full()
    document.selection.write(Rect(50, 50, 80, 80), np.full((80, 80), 255, np.uint8))
    return document


@pytest.mark.parametrize(
    ("document", "frame", "strength", "intent"),
    [
        (blank(), CANVAS, 1.0, Intent.new_picture),
        (blank(), CANVAS, 0.5, Intent.new_picture),
        (full(), CANVAS, 1.0, Intent.new_picture),
        (full(), CANVAS, 0.5, Intent.image_to_image),
        (full(), WIDE, 0.5, Intent.fill_empty),
        (sketch(), CANVAS, 1.0, Intent.fill_empty),
        (sketch(), CANVAS, 0.5, Intent.image_to_image),
        (masked(), CANVAS, 0.5, Intent.inpaint),
    ],
)
def test_the_words_match_the_deed(document: Document, frame: Rect, strength: float, intent: Intent) -> None:
    assert intended(document, frame, strength) is intent
    values = replace(SettingsValues(), strength=strength)
    preparation = prepare(Capture(document=document, frame=frame, values=values, seed=1), make_catalog())
    task = preparation.requests[0].task
    assert preparation.goes_below == (intent is Intent.fill_empty)
    expected = {Intent.new_picture: Task.text_to_image, Intent.image_to_image: Task.image_to_image}
    assert task is expected.get(intent, Task.inpaint)


def test_a_large_frame_is_judged_by_a_part_of_its_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = intent_module.pixel_tile

    def pixel_tile(layer: Layer, key: tuple[int, int]) -> object:
        looked.append(key)
        return real(layer, key)

    monkeypatch.setattr(intent_module, "pixel_tile", pixel_tile)
    document = Document(Rect(0, 0, 8192, 8192))
    layer = Layer(properties=LayerProperties(name="Ground"))
    opaque = np.full((256, 256, 4), 255, np.uint8)
    layer.surface.put_tiles({(x, y): opaque for x in range(32) for y in range(32)})
    AddLayer(layer, 0).apply(document)
    assert intended(document, document.canvas, 0.5) is Intent.image_to_image
    assert len(looked) <= MAX_TILES
