"""What the engine tells the window: frozen values, pixels included, nothing alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.generation.request import UInt8Array

if TYPE_CHECKING:
    from studio.generation.catalog import Catalog


@dataclass(frozen=True, kw_only=True)
class EngineEvent:
    """Base of everything that comes back from an engine."""


@dataclass(frozen=True, kw_only=True)
class EngineStarting(EngineEvent):
    """A process was started; `attempt` counts from 1 and grows with every restart after a failure."""

    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class Hello(EngineEvent):
    """The engine is ready to take requests."""

    catalog: Catalog
    process_id: int


@dataclass(frozen=True, kw_only=True)
class EngineStopped(EngineEvent):
    """The process ended or was given up; the job that ran (if any) is failed, a restart follows when `restarts`."""

    message: str
    remedy: str = ""
    details: str = ""
    restarts: bool = True


@dataclass(frozen=True, kw_only=True)
class JobEvent(EngineEvent):
    """Something that happened to one job."""

    job_id: str


@dataclass(frozen=True, kw_only=True)
class Loading(JobEvent):
    """A model is being loaded for this job: what, in words."""

    what: str


@dataclass(frozen=True, kw_only=True)
class Started(JobEvent):
    """Denoising begins; it takes `total_steps` denoiser evaluations in all (more than steps for second-order
    samplers), of which a fork has done some already."""

    total_steps: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Preview(JobEvent):
    """The predicted clean image at one step, uint8 (h, w, 3) RGB, usually at latent size; the window scales it.

    step counts from 1 to total_steps. image None: progress only (previews switched off).
    """

    step: int
    total_steps: int
    image: UInt8Array | None


@dataclass(frozen=True, kw_only=True)
class Paused(JobEvent):
    """The job waits after evaluation `step`, until it is told to go on."""

    step: int


@dataclass(frozen=True, kw_only=True)
class Resumed(JobEvent):
    """The job goes on after evaluation `step`."""

    step: int


@dataclass(frozen=True, kw_only=True)
class Steered(JobEvent):
    """Everything asked for so far holds from the evaluation after `step` on."""

    step: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Finished(JobEvent):
    """image: uint8 (height, width, 3) RGB at the recipe's size. elapsed_s: denoising and decoding, no loading."""

    image: UInt8Array
    elapsed_s: float


@dataclass(frozen=True, kw_only=True)
class Cancelled(JobEvent):
    """The engine is idle again; nothing of the job is left."""


@dataclass(frozen=True, kw_only=True)
class Failed(JobEvent):
    """message, remedy: for the artist. details: for a report."""

    message: str
    remedy: str = ""
    details: str = ""
