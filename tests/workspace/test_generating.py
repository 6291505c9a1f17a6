"""A generation's life, from the wish to the candidate, driven event by event."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.jobs.job import JobState
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.build_request import Capture
from studio.workspace.generating import Generating
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate, Results
from tests.fakes.link import FakeLink, picture

CANVAS = Rect(0, 0, 256, 256)


class Desk:
    """The smallest studio that can generate."""

    def __init__(self) -> None:
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.settings = GenerationSettings()
        self.results = Results()
        self.document = Document(CANVAS)
        self.notices: list[Notice] = []
        self.safe: list[Candidate] = []
        notices: Event[Notice] = Event()
        notices.subscribe(self.notices.append)
        self.generating = Generating(
            queue=self.queue,
            settings=self.settings,
            results=self.results,
            background=Inline(),
            take_capture=self.capture,
            notices=notices,
        )
        self.generating.candidate_finished.subscribe(self.safe.append)

    def capture(self, seed: int) -> Capture:
        return Capture(
            document=copy_document(self.document), frame=CANVAS, values=self.settings.values, seed=seed
        )

    def pump(self) -> None:
        self.link.pump(self.queue)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.link.start()
    desk.pump()
    return desk


def test_previews_stream_and_the_result_becomes_the_shown_candidate(desk: Desk) -> None:
    desk.settings.set(prompt="a lake", steps=3)
    desk.generating.generate()
    desk.link.begin()
    desk.link.preview(1)
    desk.pump()
    live = desk.results.live
    assert live is not None
    assert (live.step, live.total_steps) == (1, 3)
    assert live.rect == CANVAS
    assert live.image is not None
    assert desk.generating.is_busy
    desk.link.finish()
    desk.pump()
    assert desk.results.live is None
    assert desk.results.current is not None
    assert np.array_equal(desk.results.current.rgb, picture(desk.link.submitted[0]))
    assert desk.safe == [desk.results.current]
    assert not desk.generating.is_busy


def test_the_document_is_untouched_until_the_artist_accepts(desk: Desk) -> None:
    desk.generating.generate()
    desk.link.run()
    desk.pump()
    assert len(desk.document.layers) == 0


def test_a_wish_before_the_engine_is_ready_is_kept_and_runs_as_it_was(desk: Desk) -> None:
    early = Desk()
    early.settings.set(prompt="first")
    early.generating.generate()
    early.settings.set(prompt="second")
    assert early.generating.waits_for_engine
    early.link.start()
    early.pump()
    assert [request.recipe.prompt for request in early.link.submitted] == ["first"]


def test_cancelling_before_the_engine_is_ready_forgets_the_wish() -> None:
    early = Desk()
    early.generating.generate()
    early.generating.cancel()
    early.link.start()
    early.pump()
    assert not early.link.submitted
    assert not early.generating.is_busy


def test_cancel_clears_the_preview_and_keeps_earlier_candidates(desk: Desk) -> None:
    desk.generating.generate()
    desk.link.run()
    desk.pump()
    first = desk.results.current
    desk.generating.generate()
    desk.link.begin()
    desk.link.preview(1)
    desk.pump()
    desk.generating.cancel()
    desk.pump()
    assert desk.results.live is None
    assert desk.results.candidates == (first,)
    assert not desk.notices


def test_a_crash_is_a_sentence_and_the_job_can_run_again(desk: Desk) -> None:
    desk.generating.generate()
    desk.link.begin()
    desk.pump()
    desk.link.crash()
    desk.pump()
    assert desk.notices[0].is_error
    (failed,) = desk.queue.jobs
    assert failed.state is JobState.failed
    desk.generating.retry(failed.id)
    desk.link.run()
    desk.pump()
    assert desk.results.current is not None
    assert len(desk.link.submitted) == 2


def test_random_seeds_differ_and_are_shown_fixed_ones_stay(desk: Desk) -> None:
    desk.generating.generate()
    first = desk.settings.values.seed
    desk.generating.generate()
    assert desk.settings.values.seed != first
    desk.settings.set(is_seed_random=False, seed=11)
    desk.generating.generate()
    assert [job.request.recipe.seed for job in desk.queue.jobs][-1] == 11


def test_a_refusal_is_a_notice_and_no_job(desk: Desk) -> None:
    desk.settings.set(sampler="nonsense")
    desk.generating.generate()
    assert not desk.queue.jobs
    assert "unknown" in desk.notices[0].message
    assert not desk.generating.is_busy


def test_three_jobs_in_a_row_each_keep_their_own_place(desk: Desk) -> None:
    for prompt in ("one", "two", "three"):
        desk.settings.set(prompt=prompt)
        desk.generating.generate()
    for _ in range(3):
        desk.link.run()
        desk.pump()
    assert [candidate.recipe.prompt for candidate in desk.results.candidates] == ["one", "two", "three"]
