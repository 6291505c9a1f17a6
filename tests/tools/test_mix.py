"""The candidate brush: whichever result is painted in is the one that shows there, for ever editable."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer, SetActiveLayer
from studio.document.history import History
from studio.document.layer import layer_from_image
from studio.document.mixing import is_mix, mix_group
from studio.tools import TOOLS
from studio.tools.settings import ToolSettings
from studio.tools.tool import PointerEvent, ToolContext

CANVAS = Rect(0, 0, 300, 280)
COLORS = ((200, 0, 0), (0, 200, 0), (0, 0, 200))


class Desk:
    def __init__(self, count: int = 3) -> None:
        self.document = Document(CANVAS)
        layers = []
        for color in COLORS[:count]:
            pixels = np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8)
            pixels[..., :3] = color
            layers.append(layer_from_image("Result", pixels))
        self.group = mix_group("Mix", layers, None)
        AddLayer(self.group, 0).apply(self.document)
        self.history = History(self.document)
        self.settings = ToolSettings()
        self.settings.active_tool_id = "mix_brush"
        self.settings.size_px, self.settings.hardness = 40, 1.0
        self.tool = TOOLS["mix_brush"](
            ToolContext(
                document=self.document,
                history=self.history,
                settings=self.settings,
                get_frame=lambda: CANVAS,
                set_frame=lambda rect: None,
                pick_color=lambda color: None,
            )
        )

    def stroke(self, index: int, x: int, y: int = 100) -> None:
        SetActiveLayer(self.group.members[index].id).apply(self.document)
        self.tool.press(PointerEvent(position=Point(x, y)))
        self.tool.move([PointerEvent(position=Point(x + 20, y))])
        self.tool.release(PointerEvent(position=Point(x + 20, y)))

    def at(self, x: int, y: int = 100) -> tuple[int, ...]:
        return tuple(int(value) for value in flatten(self.document, CANVAS)[y, x, :3])


def test_the_first_shows_until_another_is_painted_in() -> None:
    desk = Desk()
    assert is_mix(desk.group)
    assert desk.at(100) == COLORS[0]
    desk.stroke(1, 100)
    assert desk.at(110) == COLORS[1]
    assert desk.at(200) == COLORS[0]


def test_every_one_of_three_can_be_painted_over_every_other() -> None:
    desk = Desk()
    for index in (2, 0, 1, 2, 1, 0, 2):
        desk.stroke(index, 100)
        assert desk.at(110) == COLORS[index], index
        assert desk.at(250) == COLORS[0]
    assert (flatten(desk.document, CANVAS)[..., 3] == 255).all()


def test_a_stroke_is_one_step_and_comes_back() -> None:
    desk = Desk()
    desk.stroke(2, 100)
    before = flatten(desk.document, CANVAS)
    steps = len(desk.history.labels())
    desk.stroke(1, 110)
    assert len(desk.history.labels()) == steps + 1
    assert desk.history.undo_label == "Mix Results"
    desk.history.undo()
    assert np.array_equal(flatten(desk.document, CANVAS), before)
    desk.history.redo()
    assert desk.at(115) == COLORS[1]
    SetActiveLayer(desk.group.members[0].id).apply(desk.document)
    now = flatten(desk.document, CANVAS)
    desk.tool.press(PointerEvent(position=Point(110, 100)))
    desk.tool.move([PointerEvent(position=Point(150, 100))])
    assert not np.array_equal(flatten(desk.document, CANVAS), now)
    desk.tool.cancel()
    assert np.array_equal(flatten(desk.document, CANVAS), now)


def test_undo_in_the_middle_of_a_stroke_is_safe() -> None:
    desk = Desk()
    before = flatten(desk.document, CANVAS)
    SetActiveLayer(desk.group.members[1].id).apply(desk.document)
    desk.tool.move([PointerEvent(position=Point(5, 5))])
    desk.tool.press(PointerEvent(position=Point(110, 100)))
    desk.history.undo()
    desk.tool.move([PointerEvent(position=Point(150, 100))])
    desk.tool.release(PointerEvent(position=Point(150, 100)))
    assert np.array_equal(flatten(desk.document, CANVAS), before)


def test_elsewhere_it_says_why_not() -> None:
    desk = Desk()
    SetActiveLayer(desk.group.id).apply(desk.document)
    assert desk.tool.cursor() == "forbidden"
    with pytest.raises(DocumentError, match="not part of a mix"):
        desk.tool.press(PointerEvent(position=Point(100, 100)))
    assert not desk.history.can_undo
