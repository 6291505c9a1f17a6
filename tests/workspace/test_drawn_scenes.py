"""Scenes of the renderer: labelled as drawn from the wish to the file, and otherwise like any other result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.geometry import Rect, Size
from studio.generation.request import DRAWN, SCENE_RENDERER, Task
from studio.jobs.queue import JobQueue
from studio.project import metadata
from studio.project.journal import CandidateJournal
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink


class Desk:
    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(queue=self.queue, background=Inline(), canvas=Size(96, 64))
        self.notices: list[Notice] = []
        self.workspace.notices.subscribe(self.notices.append)

    def draw(self, prompt: str, *, seed: int = 7) -> None:
        self.workspace.settings.set(prompt=prompt, seed=seed, is_seed_random=False)
        self.workspace.draw_scene()
        self.link.pump(self.queue)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.link.start()
    desk.link.pump(desk.queue)
    return desk


def test_a_scene_fills_the_frame_and_becomes_a_layer_in_one_step(desk: Desk) -> None:
    desk.link.is_automatic = True
    desk.draw("a red house by a lake")
    request = desk.link.submitted[0]
    assert request.task is Task.scene
    assert (request.recipe.model, request.recipe.seed) == (SCENE_RENDERER, 7)
    assert request.recipe.size == Size(96, 64)
    before = len(desk.workspace.document.layers)
    candidate = desk.workspace.results.candidates[0]
    assert candidate.recipe.is_drawn
    layer_id = desk.workspace.accept()
    assert layer_id is not None
    layer = desk.workspace.document.layers.layer(layer_id)
    assert layer.properties.name == "Drawn: a red house by a lake"
    assert layer.recipe == candidate.recipe
    desk.workspace.undo()
    assert len(desk.workspace.document.layers) == before


def test_a_mask_keeps_everything_around_it(desk: Desk) -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:-2, 2:-2] = 255
    desk.workspace.set_mask(Rect(10, 10, 30, 20), mask, label="Mask")
    desk.link.is_automatic = True
    desk.draw("a lake")
    shown = desk.workspace.results.candidates[0].mask
    assert shown is not None
    rows, columns = np.nonzero(shown)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 27, 12, 37)


def test_a_huge_frame_is_drawn_smaller_and_placed_whole(desk: Desk) -> None:
    desk.workspace.set_frame(Rect(0, 0, 4096, 2048))
    desk.link.is_automatic = True
    desk.draw("a lake")
    assert desk.link.submitted[0].recipe.size == Size(2048, 1024)
    assert desk.workspace.results.candidates[0].rgb.shape == (2048, 4096, 3)


def test_a_batch_counts_seeds_and_can_be_cancelled(desk: Desk) -> None:
    desk.workspace.settings.set(batch_count=3)
    desk.draw("a lake")
    assert [job.label for job in desk.queue.jobs] == ["Drawn: a lake"] * 3
    assert [job.request.recipe.seed for job in desk.queue.jobs] == [7, 8, 9]
    desk.workspace.generating.cancel_all()
    desk.link.pump(desk.queue)
    assert not desk.workspace.generating.is_busy
    assert desk.workspace.results.candidates == ()


def test_it_waits_for_the_engine_but_for_no_model(desk: Desk) -> None:
    other = Desk()
    other.workspace.settings.set(model="gone")
    other.draw("a lake")
    assert other.workspace.generating.waits_for_engine
    other.link.start()
    other.link.pump(other.queue)
    assert [request.recipe.source for request in other.link.submitted] == [DRAWN]
    assert other.notices == []


def test_words_that_cannot_be_drawn_are_named(desk: Desk) -> None:
    desk.draw("a dragon over a lake")
    assert "“dragon”" in desk.notices[0].message
    assert not desk.notices[0].is_error


def test_its_recipe_brings_back_words_and_seed_and_leaves_the_model_alone(desk: Desk) -> None:
    desk.link.is_automatic = True
    desk.draw("a lake", seed=11)
    recipe = desk.workspace.results.candidates[0].recipe
    desk.workspace.settings.set(prompt="", seed=0, is_seed_random=True, steps=33)
    before = desk.workspace.settings.values
    found = metadata.find_recipe(metadata.texts_of(recipe))
    assert found is not None
    for take in (lambda: desk.workspace.use_recipe(recipe), lambda: desk.workspace.use_found_recipe(found)):
        desk.workspace.settings.set(prompt="", seed=0, is_seed_random=True)
        take()
        values = desk.workspace.settings.values
        assert (values.prompt, values.seed, values.is_seed_random) == ("a lake", 11, False)
        assert (values.model, values.steps, values.guidance_scale) == (
            before.model,
            33,
            before.guidance_scale,
        )


def test_project_and_journal_remember_that_it_was_drawn(desk: Desk, tmp_path: Path) -> None:
    desk.link.is_automatic = True
    desk.draw("a lake")
    candidate = desk.workspace.results.candidates[0]
    journal = CandidateJournal(tmp_path / "journal")
    journal.store(candidate)
    assert journal.load_all().records[0].recipe == candidate.recipe
    desk.workspace.accept()
    desk.workspace.files.save(tmp_path / "scene.ora")
    again = Desk()
    again.workspace.files.open(tmp_path / "scene.ora")
    layer = again.workspace.document.active_layer
    assert layer is not None
    assert layer.recipe == candidate.recipe
    assert layer.recipe.is_drawn


def test_other_studios_read_that_it_was_drawn(desk: Desk) -> None:
    desk.link.is_automatic = True
    desk.draw("a lake")
    text = metadata.parameters_text(desk.workspace.results.candidates[0].recipe)
    assert "Drawn, not generated" in text
    assert "Steps" not in text
