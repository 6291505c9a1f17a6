from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from studio.core.errors import JobError
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    Failed,
    Finished,
    JobEvent,
    Loading,
    Preview,
    Started,
)
from studio.generation.request import GenerationRequest, Recipe, Steering
from studio.jobs.job import JobState
from studio.jobs.queue import KEPT_ENDED_JOBS, EnginePhase, JobQueue
from tests.fakes.link import FakeLink


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A queue on a fake engine, with everything it announced."""

    def __init__(self, *, started: bool = True) -> None:
        self.link = FakeLink()
        self.clock = Clock()
        self.queue = JobQueue(self.link, self.clock)
        self.events: list[JobEvent] = []
        self.queue.event_handled.subscribe(self.events.append)
        if started:
            self.link.start()
            self.pump()

    def pump(self) -> None:
        self.link.pump(self.queue)

    def submit(self, job_id: str, **recipe: Any) -> None:
        request = GenerationRequest(job_id=job_id, recipe=replace(Recipe(model="starter", steps=4), **recipe))
        self.queue.submit(request, f"job {job_id}")

    def states(self) -> dict[str, JobState]:
        return {job.id: job.state for job in self.queue.jobs}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_job_from_line_to_picture(desk: Desk) -> None:
    desk.submit("a")
    assert desk.states() == {"a": JobState.loading}
    desk.link.load()
    desk.link.begin()
    desk.link.preview(1)
    desk.pump()
    running = desk.queue.running
    assert running is not None
    assert (running.step, running.total_steps, running.label) == (1, 4, "job a")
    desk.link.finish()
    desk.pump()
    assert desk.states() == {"a": JobState.finished}
    assert [type(event) for event in desk.events] == [Loading, Started, Preview, Finished]


def test_jobs_wait_until_the_engine_is_there() -> None:
    desk = Desk(started=False)
    desk.submit("a")
    assert desk.states() == {"a": JobState.waiting}
    assert desk.link.submitted == []
    desk.link.start()
    desk.pump()
    assert desk.states() == {"a": JobState.loading}
    assert desk.queue.catalog == desk.link.catalog


def test_one_at_a_time_in_order(desk: Desk) -> None:
    for job_id in "abc":
        desk.submit(job_id)
    assert [request.job_id for request in desk.link.submitted] == ["a"]
    desk.link.finish()
    desk.pump()
    assert [request.job_id for request in desk.link.submitted] == ["a", "b"]


def test_cancelling_a_waiting_job_is_immediate(desk: Desk) -> None:
    desk.submit("a")
    desk.submit("b")
    desk.queue.cancel("b")
    assert desk.states()["b"] is JobState.cancelled
    assert isinstance(desk.events[-1], Cancelled)
    assert desk.link.cancelled_ids == []


def test_nothing_appears_after_cancel(desk: Desk) -> None:
    desk.submit("a")
    desk.link.begin()
    desk.pump()
    desk.link.preview(1)
    desk.link.finish()
    desk.queue.cancel_running()
    desk.queue.cancel("a")
    assert desk.queue.running is not None
    assert desk.queue.running.is_cancelling
    assert desk.link.cancelled_ids == ["a"]
    desk.pump()
    assert desk.states() == {"a": JobState.cancelled}
    assert [type(event) for event in desk.events] == [Started, Cancelled]


def test_cancel_all_leaves_nothing(desk: Desk) -> None:
    for job_id in "abc":
        desk.submit(job_id)
    desk.queue.cancel_all()
    desk.pump()
    assert set(desk.states().values()) == {JobState.cancelled}
    assert len(desk.link.submitted) == 1


def test_a_crash_fails_the_running_job_and_keeps_the_line(desk: Desk) -> None:
    for job_id in "abc":
        desk.submit(job_id)
    desk.link.crash("The image engine stopped.", restarts=False)
    desk.pump()
    assert desk.states() == {"a": JobState.failed, "b": JobState.waiting, "c": JobState.waiting}
    failed = desk.queue.job("a")
    assert failed is not None
    assert failed.error == "The image engine stopped."
    assert desk.queue.engine_state.phase is EnginePhase.stopped
    desk.link.say_hello()
    desk.pump()
    assert desk.states()["b"] is JobState.loading
    assert desk.queue.engine_state.is_ready


def test_the_reason_of_a_crash_stays_until_the_engine_is_back(desk: Desk) -> None:
    desk.link.crash("It fell over.", restarts=False)
    desk.pump()
    assert desk.queue.engine_state.message == "It fell over."
    desk.queue.restart_engine()
    desk.pump()
    assert desk.queue.engine_state.message == ""


def test_a_crash_during_cancel_is_a_cancel(desk: Desk) -> None:
    desk.submit("a")
    desk.link.begin()
    desk.pump()
    desk.queue.cancel("a")
    desk.link.crash()
    desk.pump()
    assert desk.states() == {"a": JobState.cancelled}


def test_events_of_strangers_and_of_the_past_are_dropped(desk: Desk) -> None:
    desk.submit("a")
    desk.link.finish()
    desk.pump()
    before = len(desk.events)
    for event in (
        Preview(job_id="a", step=1, total_steps=4, image=None),
        Started(job_id="unknown", total_steps=3),
        Failed(job_id="unknown", message="?"),
    ):
        desk.queue.handle(event)
    assert len(desk.events) == before
    assert desk.states() == {"a": JobState.finished}


def test_retry_runs_the_same_request_under_a_new_name(desk: Desk) -> None:
    desk.submit("a")
    desk.link.fail("Out of memory.", "Make it smaller.")
    desk.pump()
    failed = desk.queue.job("a")
    assert failed is not None
    assert (failed.error, failed.remedy) == ("Out of memory.", "Make it smaller.")
    again = desk.queue.retry("a")
    assert again.id != "a"
    assert again.request.recipe == failed.request.recipe
    assert desk.queue.job("a") is None
    with pytest.raises(JobError):
        desk.queue.retry(again.id)


def test_the_same_id_twice_is_refused(desk: Desk) -> None:
    desk.submit("a")
    with pytest.raises(JobError):
        desk.submit("a")


def test_moving_in_the_line(desk: Desk) -> None:
    for job_id in "abcd":
        desk.submit(job_id)
    desk.queue.move("d", 0)
    assert [job.id for job in desk.queue.waiting] == ["d", "b", "c"]
    desk.queue.move("d", 99)
    desk.queue.move("a", 2)
    assert [job.id for job in desk.queue.waiting] == ["b", "c", "d"]


def test_time_left_is_learnt(desk: Desk) -> None:
    desk.submit("a")
    desk.submit("b", width=512)
    assert desk.queue.jobs[0].seconds_left is None
    desk.link.begin()
    desk.pump()
    for step in (1, 2):
        desk.clock.now += 2.0
        desk.link.preview(step)
        desk.pump()
    assert desk.queue.jobs[0].seconds_left == pytest.approx(4.0)
    desk.clock.now += 4.0
    desk.link.finish()
    desk.pump()
    # Eight seconds for the first picture, twice the pixels in the second.
    assert desk.queue.jobs[-1].seconds_left == pytest.approx(16.0)


def test_ended_jobs_do_not_pile_up(desk: Desk) -> None:
    for index in range(KEPT_ENDED_JOBS + 5):
        desk.submit(str(index))
        desk.link.finish()
        desk.pump()
    assert len(desk.queue.jobs) == KEPT_ENDED_JOBS
    desk.queue.forget_ended()
    assert desk.queue.jobs == ()


@given(st.integers(1, 30), st.integers(0, 40))
def test_estimates_are_never_negative(total: int, step: int) -> None:
    desk = Desk()
    desk.submit("a")
    desk.link.begin(total)
    desk.clock.now += 1.0
    desk.link.preview(min(step, total), total)
    desk.pump()
    left = desk.queue.jobs[0].seconds_left
    assert left is None or left >= 0.0


class QueueMachine(RuleBasedStateMachine):
    """Whatever the engine and the artist do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.count = 0
        self.ended: dict[str, JobState] = {}

    @rule()
    def submit(self) -> None:
        self.count += 1
        self.desk.submit(str(self.count))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.count:
            self.desk.queue.cancel(str(data.draw(st.integers(1, self.count))))

    @rule(index=st.integers(-1, 4), data=st.data())
    def move(self, index: int, data: st.DataObject) -> None:
        if self.count:
            self.desk.queue.move(str(data.draw(st.integers(1, self.count))), index)

    @rule(what=st.sampled_from(["begin", "preview", "finish", "fail"]))
    def engine(self, what: str) -> None:
        if self.desk.link._open:
            getattr(self.desk.link, what)(*([1] if what == "preview" else []))

    @rule()
    def crash(self) -> None:
        self.desk.link.crash()

    @rule()
    def pump(self) -> None:
        self.desk.pump()

    @invariant()
    def at_most_one_runs(self) -> None:
        active = [job for job in self.desk.queue.jobs if job.state in (JobState.loading, JobState.running)]
        assert len(active) <= 1

    @invariant()
    def nobody_waits_for_an_idle_engine(self) -> None:
        queue = self.desk.queue
        assert not (queue.waiting and queue.running is None and queue.engine_state.is_ready)

    @invariant()
    def what_has_ended_stays_ended(self) -> None:
        for job in self.desk.queue.jobs:
            if job.id in self.ended:
                assert job.state is self.ended[job.id]
            elif job.has_ended:
                self.ended[job.id] = job.state

    @invariant()
    def order_is_ended_running_waiting(self) -> None:
        ranks = [
            0 if job.has_ended else 2 if job.state is JobState.waiting else 1 for job in self.desk.queue.jobs
        ]
        assert ranks == sorted(ranks)


TestQueueMachine = QueueMachine.TestCase


def test_an_unknown_event_is_a_bug(desk: Desk) -> None:
    with pytest.raises(AssertionError):
        desk.queue.handle(EngineEvent())


def test_paused_and_let_go_on(desk: Desk) -> None:
    desk.submit("a")
    desk.queue.pause_running(True)
    desk.link.begin()
    desk.link.preview(1)
    desk.pump()
    job = desk.queue.running
    assert job is not None
    assert job.is_paused
    # An hour's pause is no slow step.
    desk.clock.now += 3600.0
    desk.queue.pause_running(False)
    desk.pump()
    desk.clock.now += 2.0
    desk.link.preview(2)
    desk.pump()
    job = desk.queue.running
    assert job is not None
    assert not job.is_paused
    assert job.seconds_left is not None
    assert job.seconds_left < 60.0


def test_ended_early_is_finished_where_it_was(desk: Desk) -> None:
    desk.submit("a")
    desk.submit("b")
    desk.link.begin(4)
    desk.link.preview(2, 4)
    desk.pump()
    desk.queue.end_running_early()
    desk.pump()
    ended = desk.queue.jobs[0]
    assert ended.state is JobState.finished
    assert (ended.step, ended.total_steps) == (2, 4)
    # The line goes on.
    assert desk.queue.running is not None
    assert desk.queue.running.id == "b"


def test_only_the_running_job_is_steered(desk: Desk) -> None:
    desk.submit("a")
    desk.submit("b")
    for job_id in ("b", "a", "never"):
        desk.queue.steer(Steering(job_id=job_id, prompt="", negative_prompt="", guidance_scale=1.0))
    assert [steering.job_id for steering in desk.link.steerings] == ["a"]
