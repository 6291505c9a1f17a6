"""The link against real child processes, scripted to fail in every way a process can; the real engine's own tests are
in tests/engine/test_worker.py."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import pytest

from studio.generation.events import (
    Cancelled,
    EngineEvent,
    EngineStarting,
    EngineStopped,
    Failed,
    Finished,
    Hello,
    Preview,
    Started,
)
from studio.generation.request import GenerationRequest, Recipe
from studio.jobs.process_link import ProcessLink

PATIENCE_S = 60.0
E = TypeVar("E", bound=EngineEvent)
MakeLink = Callable[..., ProcessLink]

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture
def make_link() -> Iterator[MakeLink]:
    links: list[ProcessLink] = []

    def make(mode: str, cancel_limit_s: float = 15.0) -> ProcessLink:
        command = [sys.executable, "-m", "tests.jobs.scripted_worker", mode]
        links.append(ProcessLink(command, cancel_limit_s=cancel_limit_s))
        links[-1].start()
        return links[-1]

    yield make
    for link in links:
        link.close()


def wait_for(link: ProcessLink, kind: type[E], *, seen: list[EngineEvent] | None = None) -> E:
    while True:
        event = link.receive(PATIENCE_S)
        assert event is not None, f"no {kind.__name__} came"
        if seen is not None:
            seen.append(event)
        if isinstance(event, kind):
            return event


def request(job_id: str = "j", *, masked: bool = False) -> GenerationRequest:
    recipe = Recipe(model="starter", width=16, height=8)
    if not masked:
        return GenerationRequest(job_id=job_id, recipe=recipe)
    mask = np.zeros((8, 16), np.uint8)
    mask[:, 8:] = 255
    return GenerationRequest(job_id=job_id, recipe=recipe, image=np.full((8, 16, 3), 9, np.uint8), mask=mask)


def test_a_job_and_its_pixels(make_link: MakeLink) -> None:
    link = make_link("works")
    seen: list[EngineEvent] = []
    hello = wait_for(link, Hello, seen=seen)
    assert hello.catalog.model("starter") is not None
    link.submit(request(masked=True))
    finished = wait_for(link, Finished, seen=seen)
    assert [type(event) for event in seen] == [EngineStarting, Hello, Started, Preview, Finished]
    assert finished.image.shape == (8, 16, 3)
    assert (finished.image[:, :8] == 9).all()
    assert (finished.image[:, 8:] == 200).all()
    preview = seen[3]
    assert isinstance(preview, Preview)
    assert preview.image is not None
    assert (preview.image == 50).all()


def test_cancel_is_answered(make_link: MakeLink) -> None:
    link = make_link("waits")
    wait_for(link, Hello)
    link.submit(request())
    wait_for(link, Preview)
    link.cancel("somebody else's")
    link.cancel("j")
    assert wait_for(link, Cancelled).job_id == "j"


@posix_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGSTOP])
def test_a_killed_or_stopped_engine_comes_back(make_link: MakeLink, number: signal.Signals) -> None:
    link = make_link("waits")
    first = wait_for(link, Hello)
    link.submit(request())
    wait_for(link, Preview)
    os.kill(first.process_id, number)
    stopped = wait_for(link, EngineStopped)
    assert stopped.restarts
    assert "Your picture is unchanged" in stopped.remedy
    second = wait_for(link, Hello)
    assert second.process_id != first.process_id
    with pytest.raises(ProcessLookupError):
        os.kill(first.process_id, 0)


@pytest.mark.parametrize("mode", ["talks garbage", "breaks off", "lies about a preview"])
def test_an_engine_that_talks_nonsense_is_replaced(make_link: MakeLink, mode: str) -> None:
    link = make_link(mode)
    first = wait_for(link, Hello)
    link.submit(request())
    assert wait_for(link, EngineStopped).restarts
    assert wait_for(link, Hello).process_id != first.process_id


def test_a_job_that_ignores_cancel_costs_its_process(make_link: MakeLink) -> None:
    link = make_link("ignores cancel", cancel_limit_s=0.2)
    first = wait_for(link, Hello)
    link.submit(request())
    wait_for(link, Preview)
    link.cancel("j")
    assert "did not react to Cancel" in wait_for(link, EngineStopped).message
    assert wait_for(link, Hello).process_id != first.process_id


def test_gives_up_after_three_failures_and_tries_again_when_asked(make_link: MakeLink) -> None:
    link = make_link("dies at once")
    for attempt in (1, 2, 3):
        assert wait_for(link, EngineStarting).attempt == attempt
        stopped = wait_for(link, EngineStopped)
        assert stopped.restarts == (attempt < 3)
        assert "code 7" in stopped.message
        assert "cannot find the graphics driver" in stopped.details
    assert "3 times in a row" in stopped.message
    assert link.receive(0.3) is None
    link.submit(request())
    assert wait_for(link, Failed).message == "The image engine is not running."
    link.restart()
    assert wait_for(link, EngineStarting).attempt == 1


def test_a_program_that_does_not_exist_is_told(caplog: pytest.LogCaptureFixture) -> None:
    link = ProcessLink(["/nowhere/to/be/found"])
    with caplog.at_level(logging.ERROR):
        link.start()
        assert wait_for(link, EngineStopped).message == "The image engine could not be started."
        link.close()


def test_restart_on_request(make_link: MakeLink) -> None:
    link = make_link("waits")
    first = wait_for(link, Hello)
    link.submit(request())
    wait_for(link, Preview)
    link.restart()
    assert wait_for(link, EngineStopped).message == "The image engine was restarted."
    assert wait_for(link, Hello).process_id != first.process_id


@posix_only
def test_close_ends_the_process_and_frees_its_blocks(make_link: MakeLink) -> None:
    link = make_link("waits")
    hello = wait_for(link, Hello)
    link.submit(request())
    wait_for(link, Preview)
    link.close()
    link.close()
    assert link.receive(0) is None
    with pytest.raises(ProcessLookupError):
        os.kill(hello.process_id, 0)


def test_close_without_start() -> None:
    ProcessLink(["unused"]).close()


def test_starting_twice_starts_once(make_link: MakeLink) -> None:
    link = make_link("works")
    link.start()
    wait_for(link, Hello)
    link.submit(request())
    seen: list[EngineEvent] = []
    wait_for(link, Finished, seen=seen)
    assert not any(isinstance(event, EngineStarting | Hello) for event in seen)
