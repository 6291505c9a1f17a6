"""What an engine can do, told by itself in its hello: the window never guesses."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.core.geometry import Size


@dataclass(frozen=True, kw_only=True)
class SamplerInfo:
    """identifier is stored in recipes and never changes; label is the name artists know.

    calls_per_step: denoiser evaluations per step (2 for second-order samplers).
    schedules: identifiers of the noise schedules it can follow.
    is_stochastic: draws noise while it runs. allows_mask: keeps masked areas exact at every step.
    """

    identifier: str
    label: str
    calls_per_step: int = 1
    schedules: tuple[str, ...] = ("automatic",)
    is_stochastic: bool = False
    allows_mask: bool = True
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ScheduleInfo:
    """How a sampler spaces its noise levels."""

    identifier: str
    label: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceInfo:
    """kind: cuda, mps or cpu. memory_bytes: of the accelerator, or of the machine for a CPU."""

    kind: str
    name: str
    memory_bytes: int = 0
    threads: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """One model the engine can load.

    identifier: stored in recipes ("starter" for the model that ships). Sizes in pixels of the picture.
    size_multiple: width and height must be multiples of it. refused_samplers, refused_schedules: identifier -> reason shown greyed.
    problem: why it cannot be used; empty when it can.
    vocabulary: words a small model knows, by group; empty for a model that reads free text.
    """

    identifier: str
    name: str
    family: str
    path: str
    native_size: int = 512
    min_size: int = 64
    max_size: int = 2048
    size_multiple: int = 8
    steps: int = 20
    guidance_scale: float = 7.0
    sampler: str = "dpmpp_2m"
    schedule: str = "automatic"
    uses_negative_prompt: bool = True
    refused_samplers: dict[str, str] = field(default_factory=dict)
    refused_schedules: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    vocabulary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    def fitting_size(self, size: Size) -> Size:
        """The nearest allowed size that keeps the aspect ratio as well as multiples permit; never smaller
        than `min_size` or larger than `max_size` a side."""
        scale = min(1.0, self.max_size / max(size.long_side, 1))
        scale = max(scale, self.min_size / max(min(size), 1))

        def fit(length: int) -> int:
            multiple = self.size_multiple
            rounded = round(length * scale / multiple) * multiple
            highest = self.max_size // multiple * multiple
            lowest = -(-self.min_size // multiple) * multiple
            return max(lowest, min(highest, rounded))

        return Size(fit(size.width), fit(size.height))


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Everything the engine can run."""

    device: DeviceInfo
    samplers: tuple[SamplerInfo, ...]
    schedules: tuple[ScheduleInfo, ...]
    models: tuple[ModelInfo, ...]

    def model(self, identifier: str) -> ModelInfo | None:
        return next((m for m in self.models if m.identifier == identifier), None)

    def sampler(self, identifier: str) -> SamplerInfo | None:
        return next((s for s in self.samplers if s.identifier == identifier), None)

    def refusal(self, model: str, sampler: str, schedule: str, *, masked: bool) -> str:
        """Why this combination cannot run, as a sentence; empty when it can."""
        info = self.model(model)
        if info is None:
            return f"The model “{model}” is not here."
        if info.problem:
            return info.problem
        entry = self.sampler(sampler)
        if entry is None:
            return f"The sampler “{sampler}” is unknown to this engine."
        if sampler in info.refused_samplers:
            return info.refused_samplers[sampler]
        if schedule in info.refused_schedules:
            return info.refused_schedules[schedule]
        if schedule not in entry.schedules:
            return f"{entry.label} cannot follow this schedule."
        if masked and not entry.allows_mask:
            return f"{entry.label} cannot keep masked areas exact; choose another sampler for masks."
        return ""
