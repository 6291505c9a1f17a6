"""The engine as it runs for an artist: its own process, through the real link, on a real tiny model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from studio.core.geometry import Size
from studio.engine.engine import Engine
from studio.engine.library import MODELS_VARIABLE
from studio.generation import wire
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    EngineStopped,
    Failed,
    Finished,
    Hello,
    Paused,
    Preview,
    Started,
    Steered,
)
from studio.generation.request import Fork, GenerationRequest, Recipe, Steering, scene_recipe
from studio.jobs.engine_process import engine_environment
from studio.jobs.process_link import ProcessLink, worker_command

PATIENCE_S = 120.0
E = TypeVar("E", bound=EngineEvent)


@pytest.fixture(scope="module")
def link(tiny_folder: Path) -> Iterator[ProcessLink]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MODELS_VARIABLE, str(tiny_folder))
        patch.setenv("OMP_NUM_THREADS", "1")
        link = ProcessLink()
        link.start()
        yield link
        link.close()


@pytest.fixture(scope="module")
def hello(link: ProcessLink) -> Hello:
    return wait_for(link, Hello)


@pytest.fixture
def recipe(tiny_folder: Path) -> Recipe:
    return Recipe(model=str(tiny_folder), prompt="a cat", steps=6, seed=3, width=64, height=64)


def wait_for(link: ProcessLink, kind: type[E], *, seen: list[EngineEvent] | None = None) -> E:
    while True:
        event = link.receive(PATIENCE_S)
        assert event is not None, f"no {kind.__name__} came"
        assert not isinstance(event, Failed) or kind is Failed, event
        if seen is not None:
            seen.append(event)
        if isinstance(event, kind):
            return event


def test_says_what_it_can_do(hello: Hello, tiny_folder: Path) -> None:
    assert hello.process_id != os.getpid()
    assert {model.identifier for model in hello.catalog.models} == {"starter", str(tiny_folder)}
    assert hello.catalog.device.kind in ("cpu", "cuda", "mps")


def test_the_same_bits_as_in_this_process(
    link: ProcessLink, hello: Hello, engine: Engine, recipe: Recipe
) -> None:
    here: list[EngineEvent] = []
    source = np.full((64, 64, 3), 90, np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[:32] = 255
    request = GenerationRequest(job_id="same", recipe=recipe, image=source, mask=mask)
    engine.run(request, bool, here.append)
    link.submit(request)
    seen: list[EngineEvent] = []
    there = wait_for(link, Finished, seen=seen)
    mine = here[-1]
    assert isinstance(mine, Finished)
    if hello.catalog.device.kind == "cpu":
        assert np.array_equal(there.image, mine.image)
    steps = [event.step for event in seen if isinstance(event, Preview)]
    assert steps == [1, 2, 3, 4, 5, 6]
    expected = [event.image for event in here if isinstance(event, Preview)]
    for event, image in zip([e for e in seen if isinstance(e, Preview)], expected, strict=True):
        if event.image is not None and image is not None and hello.catalog.device.kind == "cpu":
            assert np.array_equal(event.image, image)


def test_a_drawn_scene_comes_the_same_road(link: ProcessLink, hello: Hello, engine: Engine) -> None:
    request = GenerationRequest(job_id="scene", recipe=scene_recipe("a lake", seed=2, size=Size(96, 64)))
    here: list[EngineEvent] = []
    engine.run(request, bool, here.append)
    link.submit(request)
    there, mine = wait_for(link, Finished), here[-1]
    assert isinstance(mine, Finished)
    assert np.array_equal(there.image, mine.image)


def test_paused_steered_ended_early_and_forked(
    link: ProcessLink, hello: Hello, engine: Engine, recipe: Recipe
) -> None:
    recipe = replace(recipe, steps=40)
    link.submit(GenerationRequest(job_id="steered", recipe=recipe))
    link.pause("steered", True)
    paused = wait_for(link, Paused)
    mask = np.zeros((64, 64), np.uint8)
    mask[:32] = 255
    paint = np.full((64, 64, 3), (200, 30, 30), np.uint8)
    change = {"job_id": "steered", "prompt": "a dog", "negative_prompt": "", "guidance_scale": 2.0}
    link.steer(Steering(**change, image=paint, mask=mask, is_paint=True))
    link.pause("steered", False)
    steered = wait_for(link, Steered)
    assert steered.step == paused.step
    link.end_early("steered")
    seen: list[EngineEvent] = []
    early = wait_for(link, Finished, seen=seen)
    last = max([event.step for event in seen if isinstance(event, Preview)], default=paused.step)
    assert last < 40
    assert early.image.shape == (64, 64, 3)
    # What it was is gone on from, bit for bit.
    fork = replace(recipe, prompt="a dog", guidance_scale=2.0, last_step=last)
    link.submit(
        GenerationRequest(job_id="fork", recipe=fork, fork=Fork(source_id="steered", step=paused.step))
    )
    forked = wait_for(link, Finished)
    assert not np.array_equal(forked.image, early.image)  # the paint was put in after that step
    link.submit(GenerationRequest(job_id="again", recipe=fork, fork=Fork(source_id="steered", step=last - 1)))
    again = wait_for(link, Finished)
    if last - 1 > paused.step:
        assert np.array_equal(again.image, early.image)


def test_many_jobs_in_a_row(link: ProcessLink, hello: Hello, recipe: Recipe) -> None:
    pictures = []
    for number in range(3):
        link.submit(GenerationRequest(job_id=f"row-{number}", recipe=recipe.with_seed(number % 2)))
    for number in range(3):
        finished = wait_for(link, Finished)
        assert finished.job_id == f"row-{number}"
        pictures.append(finished.image)
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])


def test_cancel_running_and_waiting(link: ProcessLink, hello: Hello, recipe: Recipe) -> None:
    endless = GenerationRequest(
        job_id="endless", recipe=Recipe(model=recipe.model, steps=1000, width=64, height=64)
    )
    link.submit(endless)
    link.submit(GenerationRequest(job_id="behind", recipe=recipe))
    wait_for(link, Preview)
    link.cancel("behind")
    link.cancel("endless")
    assert wait_for(link, Cancelled).job_id == "endless"
    assert wait_for(link, Cancelled).job_id == "behind"
    link.submit(GenerationRequest(job_id="next", recipe=recipe))
    assert wait_for(link, Finished).job_id == "next"


def test_a_failure_fails_one_job(link: ProcessLink, hello: Hello, recipe: Recipe) -> None:
    bad = Recipe(model=recipe.model, width=72, height=20)
    link.submit(GenerationRequest(job_id="bad", recipe=bad))
    assert "cannot draw" in wait_for(link, Failed).message
    link.submit(GenerationRequest(job_id="good", recipe=recipe))
    assert wait_for(link, Finished).job_id == "good"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_killed_in_the_middle_it_comes_back(link: ProcessLink, hello: Hello, recipe: Recipe) -> None:
    endless = Recipe(model=recipe.model, steps=1000, width=64, height=64)
    link.submit(GenerationRequest(job_id="doomed", recipe=endless))
    wait_for(link, Preview)
    os.kill(hello.process_id, signal.SIGKILL)
    stopped = wait_for(link, EngineStopped)
    assert "memory" in stopped.message
    assert wait_for(link, Hello).process_id != hello.process_id
    link.submit(GenerationRequest(job_id="after", recipe=recipe))
    assert wait_for(link, Finished).job_id == "after"


def start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        worker_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=engine_environment(os.environ),
    )


def test_ends_when_the_studio_does() -> None:
    with start_worker() as process:
        assert process.stdout is not None
        assert process.stdin is not None
        frame = wire.read_frame(process.stdout)
        assert frame is not None
        assert wire.decode_report(frame) == wire.Heartbeat()
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_ends_when_it_is_told_nonsense() -> None:
    with start_worker() as process:
        assert process.stdin is not None
        process.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
        process.stdin.flush()
        assert process.wait(PATIENCE_S) == 0


def test_prints_of_libraries_do_not_reach_the_frames() -> None:
    program = (
        "import os\n"
        "from studio.engine import worker\n"
        "commands, reports = worker._claim_streams()\n"
        "print('from python')\n"
        "os.system('echo from a native library')\n"
        "os.write(1, b'from a descriptor')\n"
        "reports.write(b'frame')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=engine_environment(os.environ),
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout == b"frame"
    for words in (b"from python", b"from a native library", b"from a descriptor"):
        assert words in done.stderr


def test_never_imports_qt() -> None:
    program = (
        "import sys\n"
        "import studio.engine.worker, studio.engine.engine, studio.engine.families.sd\n"
        "sys.exit(any(name.startswith(('PySide6', 'shiboken6')) for name in sys.modules))\n"
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], check=True, env=engine_environment(os.environ)
    )


def test_started_comes_before_previews(link: ProcessLink, hello: Hello, recipe: Recipe) -> None:
    link.submit(GenerationRequest(job_id="quiet", recipe=recipe, previews=False))
    seen: list[EngineEvent] = []
    wait_for(link, Finished, seen=seen)
    kinds = [type(event) for event in seen if event.__class__ in (Started, Preview, Finished)]
    assert kinds == [Started, *[Preview] * 6, Finished]
    assert all(event.image is None for event in seen if isinstance(event, Preview))
