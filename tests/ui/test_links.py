"""The threads behind the window: the engine's seat, the late link, the importer, the background."""

from __future__ import annotations

import builtins
import threading

import pytest
from pytestqt.qtbot import QtBot

from studio.core.errors import JobError
from studio.generation.events import EngineEvent, EngineStarting, EngineStopped, Hello
from studio.ui.background import WorkerBackground
from studio.ui.engine_thread import EngineThread
from studio.ui.importing import Importer, restore_import
from studio.ui.late_link import LateLink
from tests.fakes.link import FakeLink


def received(thread: EngineThread) -> list[EngineEvent]:
    events: list[EngineEvent] = []
    thread.event_received.connect(events.append)
    return events


def test_events_arrive_in_order_on_the_window_thread(qtbot: QtBot) -> None:
    link = FakeLink()
    thread = EngineThread(link)
    threads: list[threading.Thread] = []
    thread.event_received.connect(lambda _: threads.append(threading.current_thread()))
    events = received(thread)
    thread.start()
    qtbot.waitUntil(lambda: len(events) == 2)
    link.crash()
    qtbot.waitUntil(lambda: len(events) == 5)
    assert [type(event) for event in events] == [EngineStarting, Hello, EngineStopped, EngineStarting, Hello]
    assert set(threads) == {threading.main_thread()}
    thread.stop()
    thread.stop()
    assert thread.isFinished()


@pytest.mark.parametrize("error", [JobError("No.", remedy="Do this."), OSError("broken pipe")])
def test_a_link_that_breaks_is_told_and_ends(qtbot: QtBot, error: Exception) -> None:
    class Broken(FakeLink):
        def receive(self, timeout_s: float) -> EngineEvent | None:
            raise error

    thread = EngineThread(Broken())
    events = received(thread)
    thread.start()
    qtbot.waitUntil(lambda: len(events) == 1)
    stopped = events[0]
    assert isinstance(stopped, EngineStopped)
    assert not stopped.restarts
    assert stopped.message
    assert stopped.remedy
    thread.stop()


def test_a_late_link_does_nothing_before_it_starts() -> None:
    made: list[FakeLink] = []

    def make() -> FakeLink:
        made.append(FakeLink())
        return made[-1]

    link = LateLink(make)
    link.cancel("nobody")
    link.restart()
    assert link.receive(0.0) is None
    link.start()
    link.start()
    assert len(made) == 1
    assert isinstance(link.receive(1.0), EngineStarting)
    link.cancel("job")
    assert made[0].cancelled_ids == ["job"]
    link.close()
    assert made[0].is_closed


def test_a_late_link_closed_before_it_starts_stays_closed() -> None:
    link = LateLink(lambda: pytest.fail("made after it was closed"))
    link.close()
    link.start()


def test_the_importer_tells_what_is_there_and_what_is_broken(qtbot: QtBot) -> None:
    importer = Importer(("json", "studio.no_such_module"))
    with qtbot.waitSignal(importer.failed):
        importer.start()
        importer.start()
    importer.wait()
    assert importer.has("json")
    assert not importer.has("studio.no_such_module")
    assert "no_such_module" in importer.failure
    restore_import()
    assert builtins.__import__ is not getattr(builtins, "__feature_import__", None)


def test_the_background_keeps_the_order_and_brings_errors_home(qtbot: QtBot) -> None:
    background = WorkerBackground()
    seen: list[object] = []
    error = ValueError("bad")

    def fail() -> None:
        raise error

    worker: list[threading.Thread] = []
    background.run(
        lambda: worker.append(threading.current_thread()), done=lambda _: seen.append(1), failed=seen.append
    )
    background.run(fail, done=seen.append, failed=seen.append)
    background.run(lambda: 3, done=seen.append, failed=seen.append)
    assert not background.is_idle
    qtbot.waitUntil(lambda: background.is_idle)
    assert seen == [1, error, 3]
    assert worker[0] is not threading.main_thread()
    background.close()
    background.close()
