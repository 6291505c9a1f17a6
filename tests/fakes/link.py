"""A scriptable engine for tests of everything above it: no process, no model, every event on demand."""

from __future__ import annotations

import queue
from dataclasses import replace

import numpy as np

from studio.generation.catalog import Catalog, DeviceInfo, ModelInfo, SamplerInfo, ScheduleInfo
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    EngineStarting,
    EngineStopped,
    Failed,
    Finished,
    Hello,
    Loading,
    Paused,
    Preview,
    Resumed,
    Started,
    Steered,
)
from studio.generation.request import GenerationRequest, Steering, UInt8Array
from studio.jobs.queue import JobQueue


def make_catalog() -> Catalog:
    """Two models (one refusing DPM2), four samplers, two schedules."""
    model = ModelInfo(
        identifier="starter",
        name="Starter",
        family="sd",
        path="",
        native_size=256,
        min_size=64,
        max_size=768,
        steps=20,
        guidance_scale=4.0,
        vocabulary={"place": ("meadow", "lake"), "time": ("sunset", "night")},
        examples=("a meadow at sunset",),
    )
    other = replace(
        model,
        identifier="/models/other",
        name="Other",
        path="/models/other",
        native_size=512,
        refused_samplers={"dpm2": "DPM2 does not suit this model."},
        vocabulary={},
    )
    both = ("automatic", "karras")
    return Catalog(
        device=DeviceInfo(kind="cpu", name="Test processor", threads=1),
        samplers=(
            SamplerInfo(identifier="euler", label="Euler", schedules=both),
            SamplerInfo(identifier="euler_a", label="Euler a", is_stochastic=True),
            SamplerInfo(identifier="dpmpp_2m", label="DPM++ 2M", schedules=both),
            SamplerInfo(identifier="dpm2", label="DPM2", calls_per_step=2, allows_mask=False),
        ),
        schedules=(
            ScheduleInfo(identifier="automatic", label="Automatic"),
            ScheduleInfo(identifier="karras", label="Karras"),
        ),
        models=(model, other),
    )


def picture(request: GenerationRequest) -> UInt8Array:
    """A deterministic (height, width, 3) picture that differs from seed to seed; keeps what a mask keeps."""
    recipe = request.recipe
    rows = np.linspace(0, 255, recipe.height, dtype=np.uint8)[:, None]
    columns = np.linspace(0, 255, recipe.width, dtype=np.uint8)[None, :]
    shape = (recipe.height, recipe.width)
    channels = [np.broadcast_to(rows, shape), np.broadcast_to(columns, shape)]
    made = np.stack([*channels, np.full(shape, recipe.seed * 37 % 256, np.uint8)], axis=-1)
    if request.mask is None or request.image is None:
        return made
    return np.where(request.mask[..., None] > 0, made, request.image)


def preview_picture(request: GenerationRequest, step: int, total_steps: int) -> UInt8Array:
    """An eighth of the size, brighter with every step."""
    height, width = request.recipe.height // 8, request.recipe.width // 8
    return np.full((height, width, 3), 255 * step // total_steps, np.uint8)


class FakeLink:
    """Implements EngineLink. Events wait until someone takes them: `receive` (a thread) or `pump` (a test).

    is_automatic: every submitted job runs by itself, `previews` of them and then Finished; otherwise the test says
    `begin`, `preview`, `finish`, `fail`, `crash` when it likes. Those act on the oldest open job.
    """

    def __init__(
        self, *, catalog: Catalog | None = None, is_automatic: bool = False, previews: int = 3
    ) -> None:
        self.catalog = catalog or make_catalog()
        self.is_automatic = is_automatic
        self.previews = previews
        self.submitted: list[GenerationRequest] = []
        self.cancelled_ids: list[str] = []
        self.steerings: list[Steering] = []
        self.is_paused = False
        self.starts = 0
        self.is_closed = False
        self.step = 0
        self._open: list[GenerationRequest] = []
        self._events: queue.Queue[EngineEvent | None] = queue.Queue()

    def start(self) -> None:
        if not self.starts:
            self._launch()

    def submit(self, request: GenerationRequest) -> None:
        self.submitted.append(request)
        self._open.append(request)
        if self.is_automatic:
            self.run()

    def cancel(self, job_id: str) -> None:
        self.cancelled_ids.append(job_id)
        if any(request.job_id == job_id for request in self._open):
            self._close(job_id)
            self.send(Cancelled(job_id=job_id))

    def pause(self, job_id: str, is_paused: bool) -> None:
        """Answered at once, as if a step had just ended."""
        self.is_paused = is_paused
        self.send((Paused if is_paused else Resumed)(job_id=job_id, step=self.step))

    def end_early(self, job_id: str) -> None:
        self.is_paused = False
        self.finish()

    def steer(self, steering: Steering) -> None:
        self.steerings.append(steering)
        self.send(Steered(job_id=steering.job_id, step=self.step))

    def receive(self, timeout_s: float) -> EngineEvent | None:
        if self.is_closed:
            return None
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def restart(self) -> None:
        self.crash("The image engine was restarted.")

    def close(self) -> None:
        self.is_closed = True
        self._events.put(None)

    def send(self, event: EngineEvent) -> None:
        self._events.put(event)

    def say_hello(self, catalog: Catalog | None = None) -> None:
        self.catalog = catalog or self.catalog
        self.send(Hello(catalog=self.catalog, process_id=1000 + self.starts))

    def load(self, what: str = "Starter") -> None:
        self.send(Loading(job_id=self.current.job_id, what=what))

    def begin(self, total_steps: int | None = None) -> None:
        self.send(Started(job_id=self.current.job_id, total_steps=total_steps or self.current.recipe.steps))

    def preview(self, step: int, total_steps: int | None = None, image: UInt8Array | None = None) -> None:
        total = total_steps or self.current.recipe.steps
        self.step = step
        if image is None and self.current.previews:
            image = preview_picture(self.current, step, total)
        self.send(Preview(job_id=self.current.job_id, step=step, total_steps=total, image=image))

    def finish(self, image: UInt8Array | None = None) -> None:
        request = self.current
        self._close(request.job_id)
        self.send(
            Finished(job_id=request.job_id, image=picture(request) if image is None else image, elapsed_s=1.0)
        )

    def fail(self, message: str = "The model produced no valid picture.", remedy: str = "Try again.") -> None:
        job_id = self.current.job_id
        self._close(job_id)
        self.send(Failed(job_id=job_id, message=message, remedy=remedy))

    def crash(self, message: str = "The image engine stopped.", *, restarts: bool = True) -> None:
        """What a killed process looks like from here; says hello again when it `restarts`."""
        self._open.clear()
        self.send(EngineStopped(message=message, remedy="Your canvas is unchanged.", restarts=restarts))
        if restarts:
            self._launch()

    def run(self) -> None:
        """The whole of the oldest open job."""
        self.begin(self.previews)
        for step in range(1, self.previews + 1):
            self.preview(step, self.previews)
        self.finish()

    def pump(self, jobs: JobQueue) -> None:
        """Hands everything that waits to `jobs`, also what that causes, on this thread."""
        while not self._events.empty():
            event = self._events.get()
            if event is not None:
                jobs.handle(event)

    @property
    def current(self) -> GenerationRequest:
        return self._open[0]

    def _launch(self) -> None:
        self.starts += 1
        self.send(EngineStarting(attempt=self.starts))
        self.say_hello()

    def _close(self, job_id: str) -> None:
        self._open = [request for request in self._open if request.job_id != job_id]
