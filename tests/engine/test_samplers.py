"""Every sampler with every schedule it offers, for both kinds of prediction."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import Any

import pytest
import torch

from studio.core.errors import EngineError
from studio.engine.noise_levels import NoiseLevel, is_middle, level_at
from studio.engine.samplers import SAMPLERS, Sampler, sampler_infos
from studio.engine.scheduler_setup import prepare, steps_to_run
from studio.engine.schedules import SCHEDULES, schedule_infos
from studio.engine.step_tap import KeptArea, StepTap
from studio.generation.request import Recipe
from tests.engine.tiny import SD_NOISE, V_NOISE

CPU = torch.device("cpu")
STEPS = 8
COMBINATIONS = [
    pytest.param(identifier, schedule, id=f"{identifier}-{schedule}")
    for identifier, sampler in SAMPLERS.items()
    for schedule in sampler.schedules
]
# From a noise of 200 to almost none in one step: the middle of that step cannot be computed in float32.
TOO_FEW = {("dpm2_a", "karras", 2), ("dpm2_a", "exponential", 2)}
NOISES = [pytest.param(SD_NOISE, id="epsilon"), pytest.param(V_NOISE, id="v")]


def recipe(identifier: str, schedule: str = "automatic", **changes: Any) -> Recipe:
    return Recipe(model="m", sampler=identifier, schedule=schedule, **{"steps": STEPS, **changes})


def randn(seed: int) -> torch.Tensor:
    return torch.randn(1, 4, 6, 6, generator=torch.Generator().manual_seed(seed))


class Oracle:
    """A perfect denoiser: whatever the sample, its answer implies `clean`."""

    def __init__(self, clean: torch.Tensor) -> None:
        self.clean = clean

    def answer(self, level: NoiseLevel, sample: torch.Tensor, prediction_type: str) -> torch.Tensor:
        length = math.hypot(level.signal, level.noise)
        a, s, x = level.signal / length, level.noise / length, sample / length
        epsilon: torch.Tensor = (x - a * self.clean) / s
        velocity = a * epsilon - s * self.clean
        return epsilon if prediction_type == "epsilon" else velocity


def drive(
    scheduler: Any, sampler: Sampler, oracle: Oracle, sample: torch.Tensor
) -> tuple[torch.Tensor, list[Any]]:
    """The denoising loop of a pipeline; the final sample and what each step returned."""
    generator = torch.Generator().manual_seed(5)
    takes_generator = "generator" in inspect.signature(scheduler.step).parameters
    keywords: dict[str, Any] = {"generator": generator} if takes_generator else {}
    results = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="torchsde")
        for call, timestep in enumerate(scheduler.timesteps):
            scheduler.scale_model_input(sample, timestep)
            level = level_at(scheduler, sampler, call)
            output = oracle.answer(level, sample, scheduler.config.prediction_type)
            result = scheduler.step(output, timestep, sample, **keywords)
            results.append(result)
            sample = result.prev_sample
    return sample, results


def begin(scheduler: Any, sampler: Sampler, clean: torch.Tensor) -> torch.Tensor:
    return level_at(scheduler, sampler, 0).apply(clean, randn(1))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(("identifier", "schedule"), COMBINATIONS)
def test_finds_the_picture_a_perfect_model_sees(
    identifier: str, schedule: str, noise: dict[str, Any]
) -> None:
    sampler = SAMPLERS[identifier]
    scheduler = prepare(noise, recipe(identifier, schedule), CPU)
    clean = randn(0)
    seen: list[torch.Tensor] = []
    with StepTap(
        scheduler, sampler, check_cancelled=lambda: None, on_preview=lambda call, total, x0: seen.append(x0)
    ):
        final, results = drive(scheduler, sampler, Oracle(clean), begin(scheduler, sampler, clean))
    assert len(seen) == len(scheduler.timesteps)
    for estimate, result in zip(seen, results, strict=True):
        assert torch.allclose(estimate, clean, atol=2e-3)
        native = getattr(result, "pred_original_sample", None)
        if native is not None:
            assert torch.allclose(native, estimate, atol=2e-3)
    # DEIS, DDIM and PLMS end at the first noise level rather than at zero.
    assert (final - clean).abs().max() < 0.2


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("identifier", SAMPLERS)
def test_estimate_equals_the_sampler_s_own(identifier: str, noise: dict[str, Any]) -> None:
    """Not an oracle but any model: the sampler's own idea of the clean picture, where it tells one."""
    sampler = SAMPLERS[identifier]
    scheduler = prepare(noise, recipe(identifier), CPU)
    sample = randn(1) * scheduler.init_noise_sigma
    told = 0
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="torchsde")
        for call, timestep in enumerate(scheduler.timesteps):
            scheduler.scale_model_input(sample, timestep)
            output = randn(100 + call)
            level = level_at(scheduler, sampler, call)
            mine = level.clean_estimate(output, sample, scheduler.config.prediction_type)
            result = scheduler.step(output, timestep, sample)
            native = getattr(result, "pred_original_sample", None)
            if native is not None:
                told += 1
                assert torch.allclose(native, mine, rtol=1e-4, atol=1e-4)
            sample = result.prev_sample
    assert told in (0, len(scheduler.timesteps))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("strength", [0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("identifier", SAMPLERS)
def test_a_late_start_finds_the_same_picture(identifier: str, strength: float, noise: dict[str, Any]) -> None:
    sampler = SAMPLERS[identifier]
    scheduler = prepare(noise, recipe(identifier, strength=strength), CPU)
    run = steps_to_run(STEPS, strength)
    extra = 1 if identifier == "plms" and run > 1 else 0
    assert len(scheduler.timesteps) == run * sampler.calls_per_step - (sampler.calls_per_step - 1) + extra
    clean = randn(0)
    final, _ = drive(scheduler, sampler, Oracle(clean), begin(scheduler, sampler, clean))
    assert (final - clean).abs().max() < 0.2


@pytest.mark.parametrize("identifier", SAMPLERS)
def test_a_later_start_is_a_cleaner_start(identifier: str) -> None:
    levels = [
        level_at(prepare(V_NOISE, recipe(identifier, strength=strength), CPU), SAMPLERS[identifier], 0)
        for strength in (1.0, 0.75, 0.5, 0.25)
    ]
    ratios = [level.noise / level.signal for level in levels]
    assert ratios == sorted(ratios, reverse=True)
    assert len(set(ratios)) == 4


@pytest.mark.parametrize("strength", [0.5, 1.0])
@pytest.mark.parametrize(("identifier", "schedule"), COMBINATIONS)
def test_a_mask_keeps_exactly(identifier: str, schedule: str, strength: float) -> None:
    sampler = SAMPLERS[identifier]
    scheduler = prepare(V_NOISE, recipe(identifier, schedule, strength=strength), CPU)
    source, noise = randn(2), randn(1)
    freedom = torch.zeros(1, 1, 6, 6)
    freedom[..., 3:] = 1.0
    kept = KeptArea(source=source, noise=noise, freedom=freedom)
    level = level_at(scheduler, sampler, 0)
    start = kept.blend(level.apply(randn(0), noise), level, share_left=1.0)
    levels: list[float] = []

    def measure(call: int, total: int) -> None:
        """How noisy the kept half is when the model sees it."""
        if call < total and not is_middle(sampler, call):
            levels.append(call)

    with StepTap(scheduler, sampler, check_cancelled=lambda: None, on_step=measure, kept=kept):
        final, results = drive(scheduler, sampler, Oracle(randn(0)), start)
    assert torch.equal(final[..., :3], source[..., :3])
    assert not torch.allclose(final[..., 3:], source[..., 3:], atol=0.1)
    for call in levels:
        expected = level_at(scheduler, sampler, int(call)).apply(source, noise)
        assert torch.equal(results[int(call) - 1].prev_sample[..., :3], expected[..., :3])


def test_grey_is_free_for_a_share_of_the_steps() -> None:
    sampler, steps = SAMPLERS["euler"], 10
    scheduler = prepare(V_NOISE, recipe("euler", steps=steps), CPU)
    freedom = torch.tensor([0.0, 1 / 255, 0.25, 0.5, 0.95, 1.0]).view(1, 1, 1, 6).expand(1, 1, 6, 6)
    source, noise = randn(2), randn(1)
    kept = KeptArea(source=source, noise=noise, freedom=freedom)
    held: list[list[bool]] = []

    def note(call: int, total: int) -> None:
        level = level_at(scheduler, sampler, call) if call < total else NoiseLevel(signal=1.0, noise=0.0)
        same = scheduler_sample[-1] == level.apply(source, noise)
        held.append([bool(same[..., column].all()) for column in range(6)])

    scheduler_sample: list[torch.Tensor] = []
    with StepTap(scheduler, sampler, check_cancelled=lambda: None, kept=kept):
        original = scheduler.step

        def step(*args: Any, **keywords: Any) -> Any:
            result = original(*args, **keywords)
            scheduler_sample.append(result.prev_sample)
            note(len(scheduler_sample), steps)
            return result

        scheduler.__dict__["step"] = step
        drive(scheduler, sampler, Oracle(randn(0)), begin(scheduler, sampler, source))
    free_steps = [sum(1 for row in held if not row[column]) for column in range(6)]
    assert free_steps == [0, 1, 3, 6, 10, 10]


@pytest.mark.parametrize(("identifier", "schedule"), COMBINATIONS)
def test_many_and_few_steps_are_finite(identifier: str, schedule: str) -> None:
    sampler = SAMPLERS[identifier]
    for steps in (1, 2, 3, 30):
        if (identifier, schedule, steps) in TOO_FEW:
            with pytest.raises(EngineError, match="Take more steps"):
                prepare(V_NOISE, recipe(identifier, schedule, steps=steps), CPU)
            continue
        scheduler = prepare(V_NOISE, recipe(identifier, schedule, steps=steps), CPU)
        final, _ = drive(scheduler, sampler, Oracle(randn(0)), begin(scheduler, sampler, randn(0)))
        assert torch.isfinite(final).all(), steps


def test_the_tap_leaves_no_trace() -> None:
    scheduler = prepare(SD_NOISE, recipe("euler"), CPU)
    before = (scheduler.step, scheduler.set_timesteps, set(vars(scheduler)))
    timesteps = scheduler.timesteps
    with StepTap(scheduler, SAMPLERS["euler"], check_cancelled=lambda: None):
        scheduler.set_timesteps(3, device=CPU)
        assert scheduler.timesteps is timesteps
        assert "generator" in inspect.signature(scheduler.step).parameters
    assert (scheduler.step, scheduler.set_timesteps, set(vars(scheduler))) == before


def test_the_tap_leaves_no_trace_after_a_failure() -> None:
    scheduler = prepare(SD_NOISE, recipe("euler"), CPU)

    def stop() -> None:
        raise KeyboardInterrupt

    tap = StepTap(scheduler, SAMPLERS["euler"], check_cancelled=stop)
    with pytest.raises(KeyboardInterrupt), tap:
        scheduler.step(randn(0), scheduler.timesteps[0], randn(1))
    assert "step" not in vars(scheduler)


@pytest.mark.parametrize(
    ("steps", "strength", "expected"),
    [
        (20, 1.0, 20),
        (20, 0.99, 19),
        (20, 0.5, 10),
        (20, 0.55, 11),
        (100, 0.29, 29),
        (20, 0.01, 1),
        (1, 0.5, 1),
    ],
)
def test_steps_to_run(steps: int, strength: float, expected: int) -> None:
    assert steps_to_run(steps, strength) == expected


def test_what_does_not_exist_or_fit_is_refused() -> None:
    for bad in (recipe("nonsense"), recipe("euler", "nonsense"), recipe("ddim", "karras")):
        with pytest.raises(EngineError):
            prepare(SD_NOISE, bad, CPU)


def test_the_base_of_a_model_does_not_leak_tastes() -> None:
    tasted = {
        **SD_NOISE,
        "use_karras_sigmas": True,
        "clip_sample": True,
        "thresholding": True,
        "solver_order": 1,
    }
    for identifier in SAMPLERS:
        plain = prepare(SD_NOISE, recipe(identifier), CPU)
        other = prepare(tasted, recipe(identifier), CPU)
        assert torch.equal(plain.timesteps, other.timesteps)
        assert plain.config == other.config
        assert not plain.config.get("clip_sample")


def test_beta_and_ays_are_the_papers() -> None:
    beta = prepare(SD_NOISE, recipe("euler", "beta", steps=10), CPU)
    gaps = -torch.diff(beta.timesteps)
    assert gaps[0] < gaps[4] > gaps[-1]
    ays = prepare(SD_NOISE, recipe("euler", "ays", steps=10), CPU)
    published = torch.tensor([999, 850, 736, 645, 545, 455, 343, 233, 124, 24])
    assert (ays.timesteps - published).abs().max() < 4


def test_seeds_of_samplers_that_draw_their_own_noise() -> None:
    pictures = []
    for seed in (1, 1, 2):
        scheduler = prepare(SD_NOISE, recipe("dpmpp_sde", seed=seed), CPU)
        pictures.append(
            drive(scheduler, SAMPLERS["dpmpp_sde"], Oracle(randn(0)), randn(1) * 14)[1][2].prev_sample
        )
    assert torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])


def test_the_catalog_s_tables_agree() -> None:
    assert {info.identifier for info in sampler_infos()} == set(SAMPLERS)
    assert {info.identifier for info in schedule_infos()} == set(SCHEDULES)
    for sampler in SAMPLERS.values():
        assert set(sampler.schedules) <= set(SCHEDULES)
