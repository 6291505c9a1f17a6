"""What the engine remembers of its latest pictures, and that it is megabytes."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine.kept_steps import KeptRun, KeptRuns, Moment
from studio.generation.request import Recipe

RECIPE = Recipe(model="tiny")
MEGABYTE = 1024 * 1024


def moment(
    evaluation: int, shape: tuple[int, ...] = (1, 4, 8, 8), dtype: torch.dtype = torch.float32
) -> Moment:
    return Moment(
        recipe=RECIPE,
        skipped=0,
        begin=evaluation,
        done_before=0,
        latents=torch.full(shape, float(evaluation), dtype=dtype),
        solver={"model_outputs": [torch.zeros(shape, dtype=dtype)], "sigmas": torch.zeros(1000)},
        generator=torch.zeros(5056, dtype=torch.uint8),
    )


def test_thirty_steps_at_1024_with_sixteen_channels_fit_sixteen_megabytes() -> None:
    run = KeptRun()
    for n in range(30):
        run.add(moment(n, (1, 16, 128, 128), torch.float16))
    assert run.evaluations == tuple(range(30))
    assert run.nbytes <= 16 * MEGABYTE
    # Every latent is there, exact: they were half precision anyway.
    kept = run.at(17)
    assert kept is not None
    assert kept.latents.dtype == torch.float16
    assert bool((kept.latents == 17).all())


def test_within_the_budget_nothing_is_lost() -> None:
    run = KeptRun()
    moments = [moment(n) for n in range(20)]
    for each in moments:
        run.add(each)
    assert [run.at(n) for n in range(20)] == moments


@settings(deadline=None, max_examples=30)
@given(steps=st.integers(1, 60), budget=st.integers(8_000, 200_000))
def test_never_more_than_the_budget_and_the_nearest_earlier_step_is_found(steps: int, budget: int) -> None:
    run = KeptRun(budget)
    for n in range(steps):
        run.add(moment(n))
        assert run.nbytes <= budget
    found = run.at(steps)
    assert found is not None
    assert found.evaluation == max(run.evaluations)


def test_the_oldest_run_goes_first_and_asking_keeps_one() -> None:
    runs = KeptRuns(limit=2)
    first = runs.open("a")
    runs.open("b")
    assert runs.run("a") is first
    runs.open("c")
    assert runs.run("b") is None
    assert runs.run("a") is first
