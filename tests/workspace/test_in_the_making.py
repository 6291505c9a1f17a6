"""Steps looked at, forks, pauses, paint and changes on the way, driven event by event over the fake engine."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import GenerationError
from studio.core.geometry import Rect, Size
from studio.document.changes import Target
from studio.document.edits import fill_selection
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.timelines import KEPT_TIMELINES
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink

SIDE = 256
"""One tile of the document."""


class Desk:
    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(queue=self.queue, background=Inline(), canvas=Size(SIDE, SIDE))
        self.workspace.settings.set(prompt="a lake", steps=4, is_seed_random=False, seed=7)
        # The model sees all of this small canvas, and edges are as wide as the numbers say.
        self.workspace.settings.set(least_target_px=0, is_mask_automatic=False)
        self.making = self.workspace.in_the_making
        self.link.start()
        self.pump()

    def pump(self) -> None:
        self.link.pump(self.queue)

    def run_to(self, step: int) -> str:
        """Begins a picture and lets it come so far; its id."""
        self.workspace.generate()
        self.link.begin()
        for n in range(1, step + 1):
            self.link.preview(n)
        self.pump()
        return self.link.current.job_id

    def finished(self) -> str:
        job_id = self.run_to(4)
        self.link.finish()
        self.pump()
        return job_id

    def paint_red(self, rect: Rect) -> None:
        layer = self.workspace.document.active_layer
        assert layer is not None
        target = Target.pixels(layer.id)
        rows, columns = rect.slices_in(Rect(0, 0, SIDE, SIDE))
        with self.workspace.history.transaction("Paint") as transaction:
            transaction.edit_tile(target, (0, 0))[rows, columns] = (255, 0, 0, 255)
            transaction.touch(target, rect)

    def mask(self, rect: Rect) -> None:
        self.workspace.set_mask(rect, np.full((rect.height, rect.width), 255, np.uint8), label="Mask")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_every_step_can_be_looked_at_while_it_runs_and_afterwards(desk: Desk) -> None:
    job_id = desk.run_to(3)
    desk.making.look(2)
    look = desk.workspace.results.look
    assert look is not None
    assert (look.job_id, look.step) == (job_id, 2)
    timeline = desk.making.timeline
    assert timeline is not None
    assert look.image is timeline.pictures[2]
    # A new step does not take it away; the latest one is the picture itself.
    desk.link.preview(4)
    desk.pump()
    assert desk.making.looked_at == 2
    desk.making.look_further(2)
    assert desk.making.looked_at is None
    desk.link.finish()
    desk.pump()
    desk.making.look_further(-3)
    assert desk.making.looked_at == 1
    assert desk.workspace.results.current is not None
    # Another result has other steps.
    desk.workspace.results.show(None)
    assert desk.making.timeline is None
    assert desk.workspace.results.look is None


def test_a_fork_takes_what_is_set_now_and_tells_where_it_came_from(desk: Desk) -> None:
    job_id = desk.finished()
    desk.making.look(3)
    desk.workspace.settings.set(prompt="a lake at night", guidance_scale=6.0, sampler="euler", seed=99)
    desk.making.fork()
    request = desk.link.submitted[-1]
    assert request.fork is not None
    assert (request.fork.source_id, request.fork.step, request.fork.renews_noise) == (job_id, 3, False)
    recipe = request.recipe
    assert (recipe.prompt, recipe.sampler, recipe.guidance_scale) == ("a lake at night", "euler", 6.0)
    # The noise is its source's: only another seed would make it another.
    assert recipe.seed == 7
    (stage,) = recipe.stages
    assert (stage.job_id, stage.until, stage.prompt, stage.sampler) == (job_id, 3, "a lake", "dpmpp_2m")
    desk.link.begin(4)
    desk.link.preview(4)
    desk.link.finish()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.recipe.stages == recipe.stages
    # The fork's steps begin with those of its source.
    timeline = desk.making.timeline
    assert timeline is not None
    assert sorted(timeline.pictures) == [1, 2, 3, 4]


def test_another_seed_is_drawn_for_a_fork(desk: Desk) -> None:
    desk.finished()
    desk.making.look(2)
    desk.making.fork(renews_noise=True)
    request = desk.link.submitted[-1]
    assert request.fork is not None
    assert request.fork.renews_noise
    assert request.recipe.seed != 7


def test_a_fork_never_begins_between_two_evaluations_of_a_step(desk: Desk) -> None:
    desk.workspace.settings.set(sampler="dpm2", model="starter")
    desk.workspace.generate()
    desk.link.begin(7)
    for step in range(1, 8):
        desk.link.preview(step, 7)
    desk.link.finish()
    desk.pump()
    desk.making.look(5)
    desk.making.fork()
    fork = desk.link.submitted[-1].fork
    assert fork is not None
    assert fork.step == 4


def test_a_step_is_kept_in_full(desk: Desk) -> None:
    job_id = desk.finished()
    desk.making.look(2)
    desk.making.keep_step()
    request = desk.link.submitted[-1]
    assert request.recipe.last_step == 2
    assert request.fork is not None
    assert (request.fork.source_id, request.fork.step) == (job_id, 1)


def test_a_fork_of_a_masked_picture_follows_the_mask_of_now(desk: Desk) -> None:
    desk.paint_red(Rect(0, 0, SIDE, SIDE))
    desk.mask(Rect(64, 64, 64, 64))
    desk.finished()
    before = desk.link.submitted[-1]
    desk.workspace.clear_mask()
    desk.mask(Rect(96, 96, 64, 64))
    desk.making.look(2)
    desk.making.fork()
    after = desk.link.submitted[-1]
    assert before.mask is not None
    assert after.mask is not None
    assert after.image is before.image
    assert not np.array_equal(after.mask, before.mask)
    desk.link.begin(4)
    desk.link.finish()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.rect == Rect(96, 96, 64, 64)


def test_a_mask_on_a_finished_picture_makes_that_part_anew(desk: Desk) -> None:
    job_id = desk.finished()
    desk.mask(Rect(0, 0, 64, 64))
    desk.making.look(1)
    desk.making.fork()
    request = desk.link.submitted[-1]
    assert request.fork is not None
    assert request.fork.source_id == job_id
    assert request.image is None
    assert request.mask is not None
    assert request.mask[:56, :56].min() == 255
    assert request.mask[100:, 100:].max() == 0
    desk.link.begin(4)
    desk.link.preview(4)
    desk.link.finish()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.rect == Rect(0, 0, SIDE, SIDE)
    # The engine has steps of the part only: there is no going on from them.
    assert not desk.making.can_fork


def test_what_the_engine_no_longer_knows_cannot_be_forked(desk: Desk) -> None:
    desk.finished()
    assert desk.making.can_fork
    desk.link.crash()
    desk.pump()
    assert not desk.making.can_fork
    with pytest.raises(GenerationError, match="no longer"):
        desk.making.fork()


def test_only_the_latest_pictures_keep_their_steps(desk: Desk) -> None:
    ids = [desk.finished() for _ in range(KEPT_TIMELINES + 2)]
    timelines = desk.workspace.generating.timelines
    assert [timelines.find(job_id) is not None for job_id in ids] == [False] * 2 + [True] * KEPT_TIMELINES


def test_cancelled_pictures_leave_no_steps(desk: Desk) -> None:
    job_id = desk.run_to(2)
    desk.workspace.cancel()
    desk.pump()
    assert desk.workspace.generating.timelines.find(job_id) is None


def test_stopped_early_becomes_a_result_that_says_so(desk: Desk) -> None:
    desk.run_to(3)
    desk.making.end_early()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.recipe.last_step == 3


def test_changed_on_the_way(desk: Desk) -> None:
    job_id = desk.run_to(2)
    desk.workspace.settings.set(prompt="a lake in fog", guidance_scale=2.0)
    desk.making.steer()
    (steering,) = desk.link.steerings
    assert (steering.prompt, steering.guidance_scale, steering.mask) == ("a lake in fog", 2.0, None)
    desk.pump()
    desk.link.preview(3)
    desk.link.finish()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.recipe.prompt == "a lake in fog"
    assert [(s.job_id, s.until, s.prompt) for s in current.recipe.stages] == [(job_id, 2, "a lake")]


def test_a_mask_painted_on_the_way_locks_the_rest(desk: Desk) -> None:
    desk.run_to(2)
    desk.mask(Rect(0, 0, 128, SIDE))
    desk.making.steer()
    (steering,) = desk.link.steerings
    assert steering.image is None
    assert steering.mask is not None
    assert steering.mask[:, :120].min() == 255
    assert steering.mask[:, 180:].max() == 0


def test_the_mask_of_a_masked_picture_may_change_on_the_way(desk: Desk) -> None:
    desk.paint_red(Rect(0, 0, SIDE, SIDE))
    desk.mask(Rect(64, 64, 64, 64))
    desk.run_to(2)
    desk.workspace.clear_mask()
    desk.mask(Rect(32, 32, 128, 128))
    desk.making.steer()
    desk.pump()
    desk.link.preview(3)
    desk.pump()
    live = desk.workspace.results.live
    assert live is not None
    assert live.visible_rect == Rect(32, 32, 128, 128)
    desk.link.finish()
    desk.pump()
    current = desk.workspace.results.current
    assert current is not None
    assert current.rect == Rect(32, 32, 128, 128)


def test_painted_into_while_paused(desk: Desk) -> None:
    desk.run_to(2)
    desk.making.toggle_pause()
    desk.pump()
    assert desk.making.is_paused
    desk.paint_red(Rect(32, 32, 64, 64))
    live = desk.workspace.results.live
    assert live is not None
    assert live.mask is not None
    # The stroke shows through the estimate while it is painted.
    assert live.mask[64, 64] == 0
    assert live.mask[200, 200] == 255
    desk.making.toggle_pause()
    (steering,) = desk.link.steerings
    assert steering.is_paint
    assert steering.image is not None
    assert steering.mask is not None
    assert steering.mask[64, 64] == 255
    assert steering.mask[200, 200] == 0
    assert steering.image[64, 64].tolist() == [255, 0, 0]
    desk.pump()
    assert not desk.making.is_paused


def test_paint_taken_back_while_paused_is_no_paint(desk: Desk) -> None:
    desk.run_to(2)
    desk.making.toggle_pause()
    desk.pump()
    desk.paint_red(Rect(32, 32, 64, 64))
    desk.workspace.undo()
    desk.making.toggle_pause()
    assert desk.link.steerings == []


def test_a_drawn_scene_has_no_steps_to_steer(desk: Desk) -> None:
    desk.workspace.draw_scene()
    desk.link.begin(6)
    desk.link.preview(1, 6)
    desk.pump()
    assert desk.making.running is None
    assert desk.making.timeline is None
    desk.workspace.history.do(fill_selection(desk.workspace.document), "Mask everything")
    desk.making.steer()
    assert desk.link.steerings == []
