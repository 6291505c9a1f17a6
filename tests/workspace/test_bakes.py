"""Generated layers that notice when what they were made from has changed, and can be made again."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import GenerationError
from studio.core.geometry import Rect, Size
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.generation.request import Recipe
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink

SIDE = 256
"""One tile."""


class Desk:
    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(queue=self.queue, background=Inline(), canvas=Size(SIDE, SIDE))
        self.workspace.settings.set(prompt="a house", steps=3, is_seed_random=False, seed=5)
        self.bakes = self.workspace.bakes
        self.base = self.workspace.document.active_layer_id
        self.link.start()
        self.pump()

    def pump(self) -> None:
        self.link.pump(self.queue)

    def paint(self, rect: Rect, color: tuple[int, int, int], layer_id: str | None = None) -> None:
        layer_id = layer_id or self.base
        assert layer_id is not None
        target = Target.pixels(layer_id)
        with self.workspace.history.transaction("Paint") as transaction:
            rows, columns = rect.slices_in(Rect(0, 0, SIDE, SIDE))
            transaction.edit_tile(target, (0, 0))[rows, columns] = (*color, 255)
            transaction.touch(target, rect)
        self.bakes.look()

    def generated(self, rect: Rect) -> str:
        """A layer that changed a part of the picture."""
        self.workspace.set_mask(rect, np.full((rect.height, rect.width), 255, np.uint8), label="Mask")
        self.workspace.generate()
        self.link.begin()
        self.link.finish()
        self.pump()
        layer_id = self.workspace.accept()
        assert layer_id is not None
        self.workspace.clear_mask()
        self.bakes.look()
        return layer_id

    def finish(self) -> None:
        self.link.begin()
        self.link.finish()
        self.pump()

    def recipe(self, layer_id: str) -> Recipe:
        recipe = self.workspace.document.layers.layer(layer_id).recipe
        assert recipe is not None
        return recipe

    def picture(self) -> np.ndarray:
        return flatten(self.workspace.document, Rect(0, 0, SIDE, SIDE))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.paint(Rect(0, 0, SIDE, SIDE), (90, 140, 60))
    return desk


def test_a_fresh_layer_is_not_stale_and_a_change_below_makes_it_so(desk: Desk) -> None:
    layer_id = desk.generated(Rect(80, 80, 64, 64))
    assert desk.bakes.stale == frozenset()
    assert desk.bakes.can_bake(layer_id)
    assert not desk.bakes.can_bake(desk.base)
    desk.paint(Rect(60, 60, 30, 30), (200, 20, 20))
    assert desk.bakes.stale == {layer_id}
    # Taken back, everything is as it was made from.
    desk.workspace.undo()
    desk.bakes.look()
    assert desk.bakes.stale == frozenset()


def test_a_change_above_or_far_away_does_not_matter(desk: Desk) -> None:
    desk.generated(Rect(80, 80, 64, 64))
    above = desk.workspace.add_layer()
    desk.paint(Rect(0, 0, SIDE, SIDE), (10, 10, 10), above)
    assert desk.bakes.stale == frozenset()


def test_baked_again_it_is_made_from_what_lies_below_now_in_one_step(desk: Desk) -> None:
    layer_id = desk.generated(Rect(80, 80, 64, 64))
    first = desk.link.submitted[-1]
    desk.paint(Rect(0, 0, SIDE, SIDE), (200, 20, 20))
    before = desk.picture()
    desk.bakes.bake(layer_id)
    request = desk.link.submitted[-1]
    assert (request.recipe.prompt, request.recipe.seed) == (first.recipe.prompt, first.recipe.seed)
    assert request.image is not None
    assert request.image[0, 0].tolist() == [200, 20, 20]
    assert request.mask is not None
    desk.finish()
    assert desk.bakes.stale == frozenset()
    assert not np.array_equal(desk.picture(), before)
    # Before and after are one step apart.
    desk.workspace.undo()
    assert np.array_equal(desk.picture(), before)
    desk.bakes.look()
    assert desk.bakes.stale == {layer_id}


def test_all_are_baked_from_the_lowest_up(desk: Desk) -> None:
    low = desk.generated(Rect(80, 80, 64, 64))
    high = desk.generated(Rect(90, 90, 64, 64))
    desk.paint(Rect(0, 0, SIDE, SIDE), (200, 20, 20))
    assert desk.bakes.stale == {low, high}
    count = len(desk.link.submitted)
    desk.bakes.bake_all()
    assert len(desk.link.submitted) == count + 1
    desk.finish()
    assert len(desk.link.submitted) == count + 2
    desk.finish()
    assert desk.bakes.stale == frozenset()


def test_another_prompt_makes_it_stale(desk: Desk) -> None:
    layer_id = desk.generated(Rect(80, 80, 64, 64))
    desk.bakes.take_prompt(layer_id, "a windmill")
    assert desk.bakes.stale == {layer_id}
    assert desk.workspace.document.active_layer_id == layer_id
    desk.bakes.bake(layer_id)
    assert desk.link.submitted[-1].recipe.prompt == "a windmill"
    desk.finish()
    assert desk.bakes.stale == frozenset()
    assert desk.recipe(layer_id).prompt == "a windmill"


def test_what_was_made_from_nothing_or_moved_says_so(desk: Desk) -> None:
    said: list[str] = []
    desk.workspace.notices.subscribe(lambda notice: said.append(notice.message))
    desk.bakes.bake(str(desk.base))
    assert "not made from what lies below" in said[0]
    with pytest.raises(GenerationError):
        desk.bakes.take_prompt(str(desk.base), "a house")


def test_cancelled_it_stays_as_it_was(desk: Desk) -> None:
    layer_id = desk.generated(Rect(80, 80, 64, 64))
    desk.paint(Rect(0, 0, SIDE, SIDE), (200, 20, 20))
    before = desk.picture()
    desk.bakes.bake(layer_id)
    desk.workspace.cancel()
    desk.pump()
    assert np.array_equal(desk.picture(), before)
    assert desk.bakes.stale == {layer_id}
