"""Samplers by the names artists know: which diffusers class each one is, and what it can follow.

A new sampler is one line of SAMPLERS. Every class was read for how it handles v-prediction, custom timesteps and a
start in the middle (strength below 1); what the library has no sampler for is absent: "DPM++ 2S a", "Euler a Karras".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.generation.catalog import SamplerInfo


class Space(enum.Enum):
    """How a sampler scales its sample x from the clean latent and unit noise, and where it keeps the noise level.

    variance_exploding: x = clean + sigma * noise (Karras et al. 2022), sigma in `sigmas`.
    variance_preserving: x = a * clean + s * noise with a² + s² = 1 and s / a = sigma in `sigmas`.
    timestep: the same, with a² in `alphas_cumprod` of the timestep.
    """

    variance_exploding = "variance exploding"
    variance_preserving = "variance preserving"
    timestep = "timestep"


class Middle(enum.Enum):
    """Where the second evaluation of a second-order step sits."""

    none = "none"
    step_end = "step end"
    interpolated = "sigmas_interpol, this call"
    interpolated_before = "sigmas_interpol, call before"
    geometric = "geometric mean of both ends"


# Schedules by what the diffusers class accepts: a spacing of timesteps, noise levels of one's own.
SPACED = ("automatic", "sgm_uniform")
SIGMAS = ("karras", "exponential", "beta", "ays")


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """scheduler_class: name in diffusers. keywords: of its configuration. schedules: identifiers it can follow.

    seed_keyword: configuration entry that wants the seed, for classes that draw their own noise.
    """

    label: str
    scheduler_class: str
    keywords: Mapping[str, Any] = field(default_factory=dict)
    space: Space
    middle: Middle = Middle.none
    schedules: tuple[str, ...]
    is_stochastic: bool = False
    seed_keyword: str = ""
    note: str = ""

    @property
    def calls_per_step(self) -> int:
        return 1 if self.middle is Middle.none else 2


_MULTISTEP = "DPMSolverMultistepScheduler"
_SDE = {"algorithm_type": "sde-dpmsolver++"}
_VE, _VP, _T = Space.variance_exploding, Space.variance_preserving, Space.timestep

SAMPLERS: dict[str, Sampler] = {
    "euler": Sampler(
        label="Euler",
        scheduler_class="EulerDiscreteScheduler",
        space=_VE,
        schedules=(*SPACED, *SIGMAS),
    ),
    "euler_a": Sampler(
        label="Euler a",
        scheduler_class="EulerAncestralDiscreteScheduler",
        space=_VE,
        schedules=SPACED,
        is_stochastic=True,
    ),
    "heun": Sampler(
        label="Heun",
        scheduler_class="HeunDiscreteScheduler",
        space=_VE,
        middle=Middle.step_end,
        schedules=(*SPACED, *SIGMAS),
    ),
    "dpm2": Sampler(
        label="DPM2",
        scheduler_class="KDPM2DiscreteScheduler",
        space=_VE,
        middle=Middle.interpolated,
        schedules=(*SPACED, *SIGMAS),
    ),
    "dpm2_a": Sampler(
        label="DPM2 a",
        scheduler_class="KDPM2AncestralDiscreteScheduler",
        space=_VE,
        middle=Middle.interpolated_before,
        schedules=(*SPACED, *SIGMAS),
        is_stochastic=True,
    ),
    "dpmpp_2m": Sampler(
        label="DPM++ 2M",
        scheduler_class=_MULTISTEP,
        space=_VP,
        schedules=(*SPACED, *SIGMAS),
    ),
    "dpmpp_2m_sde": Sampler(
        label="DPM++ 2M SDE",
        scheduler_class=_MULTISTEP,
        keywords=_SDE,
        space=_VP,
        schedules=(*SPACED, *SIGMAS),
        is_stochastic=True,
    ),
    "dpmpp_2s": Sampler(
        label="DPM++ 2S",
        scheduler_class="DPMSolverSinglestepScheduler",
        keywords={"lower_order_final": True},
        space=_VP,
        schedules=("automatic", *SIGMAS),
        note="Singlestep; its ancestral sister “2S a” is not in the library.",
    ),
    "dpmpp_sde": Sampler(
        label="DPM++ SDE",
        scheduler_class="DPMSolverSDEScheduler",
        space=_VE,
        middle=Middle.geometric,
        schedules=(*SPACED, *SIGMAS),
        is_stochastic=True,
        seed_keyword="noise_sampler_seed",
    ),
    "dpmpp_3m_sde": Sampler(
        label="DPM++ 3M SDE",
        scheduler_class=_MULTISTEP,
        keywords={**_SDE, "solver_order": 3},
        space=_VP,
        schedules=(*SPACED, *SIGMAS),
        is_stochastic=True,
    ),
    "lms": Sampler(
        label="LMS",
        scheduler_class="LMSDiscreteScheduler",
        space=_VE,
        schedules=(*SPACED, *SIGMAS),
    ),
    "ddim": Sampler(label="DDIM", scheduler_class="DDIMScheduler", space=_T, schedules=SPACED),
    "plms": Sampler(
        label="PLMS",
        scheduler_class="PNDMScheduler",
        keywords={"skip_prk_steps": True},
        space=_T,
        schedules=SPACED,
        note="Evaluates the model once more than the number of steps.",
    ),
    "deis": Sampler(
        label="DEIS",
        scheduler_class="DEISMultistepScheduler",
        space=_VP,
        schedules=(*SPACED, *SIGMAS),
    ),
    "unipc": Sampler(
        label="UniPC",
        scheduler_class="UniPCMultistepScheduler",
        space=_VP,
        schedules=(*SPACED, *SIGMAS),
    ),
    "lcm": Sampler(
        label="LCM",
        scheduler_class="LCMScheduler",
        space=_T,
        schedules=("automatic",),
        is_stochastic=True,
        note="For models or LoRAs made for it; 4 to 8 steps.",
    ),
    "ddpm": Sampler(
        label="DDPM",
        scheduler_class="DDPMScheduler",
        space=_T,
        schedules=SPACED,
        is_stochastic=True,
    ),
}


def sampler_infos() -> tuple[SamplerInfo, ...]:
    return tuple(
        SamplerInfo(
            identifier=identifier,
            label=sampler.label,
            calls_per_step=sampler.calls_per_step,
            schedules=sampler.schedules,
            is_stochastic=sampler.is_stochastic,
            note=sampler.note,
        )
        for identifier, sampler in SAMPLERS.items()
    )
