"""Masks with a prompt of their own: kept, undone, saved, and told to the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.geometry import Rect, Size
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink

SIDE = 256


class Desk:
    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(queue=self.queue, background=Inline(), canvas=Size(SIDE, SIDE))
        self.workspace.settings.set(prompt="a meadow", is_seed_random=False)
        self.link.start()
        self.link.pump(self.queue)

    def region(self, rect: Rect, prompt: str) -> str:
        self.workspace.set_mask(rect, np.full((rect.height, rect.width), 255, np.uint8), label="Mask")
        mask_id = self.workspace.saved_masks.save()
        self.workspace.saved_masks.tell(mask_id, prompt=prompt, feather_px=0.0)
        self.workspace.clear_mask()
        return mask_id


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_regions_go_with_every_request(desk: Desk) -> None:
    desk.region(Rect(0, 0, 128, SIDE), "a red house")
    second = desk.region(Rect(128, 0, 128, SIDE), "a tree")
    desk.workspace.saved_masks.tell(second, weight=0.5)
    desk.workspace.settings.set(batch_count=2)
    desk.workspace.generate()
    desk.link.run()
    desk.link.pump(desk.queue)
    assert len(desk.link.submitted) == 2
    for request in desk.link.submitted:
        assert [(r.prompt, r.weight) for r in request.recipe.regions] == [
            ("a red house", 1.0),
            ("a tree", 0.5),
        ]
        first, other = request.region_masks
        assert first[:, :120].min() == 255
        assert first[:, 140:].max() == 0
        assert other[:, 140:].min() == 255
        assert request.mask is None


def test_masks_without_a_prompt_and_regions_elsewhere_say_nothing(desk: Desk) -> None:
    desk.region(Rect(0, 0, 32, 32), "  ")
    desk.region(Rect(0, 0, 32, 32), "a boat")
    desk.workspace.set_frame(Rect(128, 128, 128, 128))
    desk.workspace.generate()
    assert desk.link.submitted[-1].recipe.regions == ()
    assert desk.link.submitted[-1].region_masks == ()


def test_each_change_of_a_region_is_a_step(desk: Desk) -> None:
    mask_id = desk.region(Rect(0, 0, 64, 64), "a boat")
    for weight in (0.9, 0.8, 0.7):
        desk.workspace.saved_masks.tell(mask_id, weight=weight)
    masks = desk.workspace.document.saved_masks
    assert masks[0].weight == 0.7
    # One drag, one step.
    desk.workspace.undo()
    (mask,) = desk.workspace.document.saved_masks
    assert (mask.weight, mask.prompt) == (1.0, "a boat")
    desk.workspace.redo()
    assert desk.workspace.document.saved_masks[0].weight == 0.7


def test_regions_are_saved_with_the_project(desk: Desk, tmp_path: Path) -> None:
    mask_id = desk.region(Rect(0, 0, 64, 64), "a boat \N{SAILBOAT}")
    desk.workspace.saved_masks.tell(mask_id, weight=0.4, feather_px=31.0)
    path = tmp_path / "regions.ora"
    desk.workspace.files.save(path)
    other = Desk()
    other.workspace.files.open(path)
    (mask,) = other.workspace.document.saved_masks
    assert mask.is_region
    assert (mask.prompt, mask.weight, mask.feather_px) == ("a boat \N{SAILBOAT}", 0.4, 31.0)


def test_the_live_canvas_knows_regions(desk: Desk) -> None:
    desk.region(Rect(0, 0, 128, 128), "a red house")
    desk.workspace.live_canvas.toggle()
    assert desk.link.submitted[-1].recipe.regions[0].prompt == "a red house"
