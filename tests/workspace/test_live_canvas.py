"""The live canvas over the fake engine: after the pen, out of its way, and behind whatever the artist asks for."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import Rect, Size
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink, picture

SIDE = 512


class Desk:
    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(queue=self.queue, background=Inline(), canvas=Size(SIDE, SIDE))
        self.workspace.settings.set(prompt="a lake", is_seed_random=False, seed=3)
        self.live = self.workspace.live_canvas
        self.link.start()
        self.pump()

    def pump(self) -> None:
        self.link.pump(self.queue)

    def stroke(self, rect: Rect) -> None:
        """Within the first tile."""
        layer = self.workspace.document.active_layer
        assert layer is not None
        target = Target.pixels(layer.id)
        with self.workspace.history.transaction("Stroke") as transaction:
            rows, columns = rect.slices_in(Rect(0, 0, 256, 256))
            transaction.edit_tile(target, (0, 0))[rows, columns] = (200, 30, 30, 255)
            transaction.touch(target, rect)
            # Nothing begins while the hand is down, whoever says it rests.
            submitted = len(self.link.submitted)
            self.live.settle()
            assert len(self.link.submitted) == submitted

    def answer(self) -> None:
        self.link.begin()
        self.link.finish()
        self.pump()

    @property
    def shown(self) -> np.ndarray:
        shown = self.workspace.results.live_canvas
        assert shown is not None
        assert shown.image is not None
        return shown.image


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_turned_on_it_shows_the_whole_frame_worked_out(desk: Desk) -> None:
    desk.live.toggle()
    request = desk.link.submitted[-1]
    assert request.image is not None
    assert request.recipe.strength == desk.live.values.strength
    assert request.recipe.seed == 3
    assert not request.previews
    assert desk.live.is_working
    desk.answer()
    assert not desk.live.is_working
    assert desk.shown.shape == (SIDE, SIDE, 3)
    # It is a picture laid over, nothing in the document.
    assert not desk.workspace.history.can_undo


def test_it_is_not_seen_in_the_queue(desk: Desk) -> None:
    desk.live.toggle()
    assert desk.queue.jobs == ()
    assert desk.queue.running is None
    assert not desk.workspace.generating.is_busy
    desk.answer()
    assert desk.queue.jobs == ()


def test_after_a_stroke_only_its_surroundings_are_made_anew(desk: Desk) -> None:
    desk.live.toggle()
    desk.answer()
    before = desk.shown.copy()
    desk.stroke(Rect(20, 20, 40, 40))
    desk.live.settle()
    assert len(desk.link.submitted) == 2
    desk.link.begin()
    desk.link.finish(np.full_like(picture(desk.link.current), 9))
    desk.pump()
    assert desk.shown[40, 40].tolist() == [9, 9, 9]
    assert np.array_equal(desk.shown[300:, 300:], before[300:, 300:])


def test_a_stroke_takes_back_what_is_being_worked_out(desk: Desk) -> None:
    desk.live.toggle()
    first = desk.link.submitted[-1].job_id
    desk.link.begin()
    desk.pump()
    desk.stroke(Rect(20, 20, 40, 40))
    desk.live.settle()
    desk.pump()
    assert desk.link.cancelled_ids == [first]
    # The new one answers for both.
    assert len(desk.link.submitted) == 2
    desk.answer()
    assert desk.shown.shape == (SIDE, SIDE, 3)


def test_what_comes_while_a_stroke_is_down_waits_for_its_end(desk: Desk) -> None:
    desk.live.toggle()
    desk.answer()
    shown = desk.workspace.results.live_canvas
    desk.stroke(Rect(20, 20, 40, 40))
    desk.live.settle()
    with desk.workspace.history.transaction("Another stroke"):
        desk.answer()
        assert desk.workspace.results.live_canvas is shown
    desk.live.settle()
    assert desk.workspace.results.live_canvas is not shown


def test_it_makes_way_for_the_artist(desk: Desk) -> None:
    desk.live.toggle()
    quiet = desk.link.submitted[-1].job_id
    desk.link.begin()
    desk.pump()
    desk.workspace.generate()
    desk.pump()
    assert desk.link.cancelled_ids == [quiet]
    assert desk.link.submitted[1].recipe.strength == 1.0
    desk.answer()
    assert desk.workspace.results.current is not None


def test_opacity_and_split_only_change_what_is_seen(desk: Desk) -> None:
    desk.live.toggle()
    desk.answer()
    desk.live.set(opacity=0.5, split=0.25)
    assert len(desk.link.submitted) == 1
    shown = desk.workspace.results.live_canvas
    assert shown is not None
    assert shown.mask is not None
    assert shown.mask[0, 0] == 128
    assert shown.mask[0, SIDE // 4 - 1] == 128
    assert shown.mask[0, SIDE // 4] == 0
    desk.live.set(strength=0.9)
    assert desk.link.submitted[-1].recipe.strength == 0.9


def test_accepted_it_is_a_layer_in_one_step(desk: Desk) -> None:
    desk.live.toggle()
    desk.answer()
    made = desk.shown.copy()
    desk.live.accept()
    assert not desk.live.is_on
    assert desk.workspace.results.live_canvas is None
    assert np.array_equal(flatten(desk.workspace.document, Rect(0, 0, SIDE, SIDE))[..., :3], made)
    layer = desk.workspace.document.active_layer
    assert layer is not None
    assert layer.recipe is not None
    desk.workspace.undo()
    assert desk.workspace.is_blank


def test_ended_it_leaves_nothing(desk: Desk) -> None:
    desk.live.toggle()
    desk.live.toggle()
    desk.pump()
    assert desk.workspace.results.live_canvas is None
    desk.stroke(Rect(0, 0, 10, 10))
    desk.live.settle()
    assert len(desk.link.submitted) == 1


def test_a_model_that_cannot_ends_it_with_a_word(desk: Desk) -> None:
    said: list[str] = []
    desk.workspace.notices.subscribe(lambda notice: said.append(notice.message))
    desk.live.toggle()
    desk.link.fail("The model produced no valid picture.")
    desk.pump()
    assert not desk.live.is_on
    assert "no valid picture" in said[0]


def test_a_model_that_is_being_loaded_is_not_interrupted(desk: Desk) -> None:
    desk.live.toggle()
    first = desk.link.submitted[-1].job_id
    desk.link.load()
    desk.pump()
    desk.stroke(Rect(20, 20, 40, 40))
    desk.live.settle()
    assert desk.link.cancelled_ids == []
    desk.link.begin()
    desk.pump()
    assert desk.link.cancelled_ids == [first]
    assert len(desk.link.submitted) == 2
