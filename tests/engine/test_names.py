"""The names a picture's metadata carries are the names of what the engine has."""

from __future__ import annotations

from studio.engine.samplers import sampler_infos
from studio.engine.schedules import schedule_infos
from studio.project.metadata import SAMPLER_NAMES, SCHEDULE_NAMES


def test_every_sampler_and_schedule_has_its_word_for_other_studios() -> None:
    assert set(SAMPLER_NAMES) == {info.identifier for info in sampler_infos()}
    assert set(SCHEDULE_NAMES) == {info.identifier for info in schedule_infos()}
