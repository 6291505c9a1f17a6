"""A scene as a job of the engine: no model, the same road."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.geometry import Size
from studio.engine.engine import Engine
from studio.engine.memory import Placement
from studio.engine.scenes.render import LAYER_COUNT
from studio.generation.events import Cancelled, EngineEvent, Finished, Preview, Started
from studio.generation.request import GenerationRequest, scene_recipe

SIZE = Size(96, 64)


@pytest.fixture
def empty_engine(placement: Placement) -> Engine:
    return Engine(placement)


def draw(
    engine: Engine, prompt: str, *, seed: int = 3, size: Size = SIZE, cancel_at: int = 99
) -> list[EngineEvent]:
    events: list[EngineEvent] = []
    request = GenerationRequest(job_id="s", recipe=scene_recipe(prompt, seed=seed, size=size))
    engine.run(request, lambda: len(events) > cancel_at, events.append)
    return events


def test_layer_by_layer_to_a_finished_picture_without_a_model(empty_engine: Engine) -> None:
    events = draw(empty_engine, "a red house by a lake")
    assert [type(event) for event in events] == [Started, *[Preview] * LAYER_COUNT, Finished]
    finished, preview = events[-1], events[-2]
    assert isinstance(finished, Finished)
    assert isinstance(preview, Preview)
    assert finished.image.shape == (64, 96, 3)
    assert preview.image is not None
    assert np.array_equal(preview.image, finished.image[::4, ::4])


def test_the_same_words_and_seed_are_the_same_picture(empty_engine: Engine) -> None:
    pictures = [draw(empty_engine, "a lake", seed=seed)[-1] for seed in (5, 5, 6)]
    images = [event.image for event in pictures if isinstance(event, Finished)]
    assert np.array_equal(images[0], images[1])
    assert not np.array_equal(images[0], images[2])


def test_it_stops_between_two_layers(empty_engine: Engine) -> None:
    events = draw(empty_engine, "a lake", cancel_at=3)
    assert isinstance(events[-1], Cancelled)
    assert len(events) == 5


@pytest.mark.parametrize(
    "size", [Size(8, 8), Size(64, 96), Size(96, 64), Size(200, 12), Size(12, 200), Size(61, 47)]
)
def test_any_size(empty_engine: Engine, size: Size) -> None:
    finished = draw(empty_engine, "", size=size)[-1]
    assert isinstance(finished, Finished)
    assert finished.image.shape == (size.height, size.width, 3)


def test_the_largest_seed(empty_engine: Engine) -> None:
    assert isinstance(draw(empty_engine, "a lake", seed=2**63 - 1)[-1], Finished)
