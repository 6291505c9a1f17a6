"""The engine's process: `python -m studio.engine.worker`. Speaks `generation.wire` on its standard streams.

Three threads: the main one runs jobs, one reads commands (and ends the process when the studio's end closes), one
sends heartbeats. Whatever the libraries print goes to stderr; the frames have a descriptor of their own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
from typing import IO, TYPE_CHECKING

from studio.core.errors import GenerationError
from studio.core.geometry import Size
from studio.engine.helm import Helm
from studio.generation import wire
from studio.generation.events import (
    Cancelled,
    EngineEvent,
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
from studio.generation.job_block import PREVIEW_SLOTS, BlockLayout, JobBlock
from studio.generation.request import GenerationRequest, Steering

if TYPE_CHECKING:
    from studio.engine.engine import Engine

logger = logging.getLogger(__name__)

HEARTBEAT_S = 0.25
EARLY_WISH_S = 0.3
DEVICE_BROKEN_EXIT = 3


class Worker:
    """commands, reports: the two ends of the pipes. All sending goes through one lock: frames never interleave."""

    def __init__(self, commands: IO[bytes], reports: IO[bytes]) -> None:
        self._commands = commands
        self._reports = reports
        self._sending = threading.Lock()
        self._waiting: queue.SimpleQueue[wire.Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._cancelled: set[str] = set()
        self._helms: dict[str, Helm] = {}
        self._free_slots: set[int] = set()
        self._current_id = ""

    def start_threads(self) -> None:
        for target in (self._read, self._beat):
            threading.Thread(target=target, name=target.__name__.strip("_"), daemon=True).start()

    def serve(self, engine: Engine) -> int:
        """Says hello, draws what needs no model, warms up, runs jobs until the device breaks; the exit code."""
        catalog = engine.catalog()
        self.send(Hello(catalog=catalog, process_id=os.getpid()))
        usable = next((model for model in catalog.models if not model.problem), None)
        # A scene that was asked for before the engine was there must not wait for a model to load.
        first = self._next(EARLY_WISH_S)
        while isinstance(first, wire.DrawScene):
            self._run(engine, first)
            first = self._next(EARLY_WISH_S)
        if first is not None:
            self._run(engine, first)
        elif usable is not None:
            engine.warm_up(usable.identifier, lambda: not self._waiting.empty())
        while not engine.is_broken:
            self._run(engine, self._waiting.get())
        return DEVICE_BROKEN_EXIT

    def _next(self, timeout_s: float) -> wire.Job | None:
        with contextlib.suppress(queue.Empty):
            return self._waiting.get(timeout=timeout_s)
        return None

    def send(self, report: wire.Report) -> None:
        data = memoryview(wire.encode(report))
        with self._sending:
            while data:
                data = data[self._reports.write(data) :]

    def _run(self, engine: Engine, job: wire.Job) -> None:
        job_id = job.job_id
        with self._lock:
            self._current_id = job_id
            self._free_slots = set(range(PREVIEW_SLOTS))
        has_image, has_mask = (
            isinstance(job, wire.Submit) and job.has_image,
            isinstance(job, wire.Submit) and job.has_mask,
        )
        has_regions = isinstance(job, wire.Submit) and job.has_regions
        layout = BlockLayout(
            size=job.recipe.size,
            has_image=has_image,
            has_mask=has_mask,
            regions=len(job.recipe.regions) if has_regions else 0,
        )
        try:
            block = JobBlock.attach(job.block, layout)
        except GenerationError as error:
            self.send(Failed(job_id=job_id, message=error.message, details=error.details))
            return
        try:
            request = GenerationRequest(
                job_id=job_id,
                recipe=job.recipe,
                image=block.image(),
                mask=block.mask(),
                previews=job.previews,
                fork=job.fork if isinstance(job, wire.Submit) else None,
                region_masks=block.regions(),
            )
            engine.run(
                request,
                lambda: job_id in self._cancelled,
                lambda event: self._report(event, block),
                self._helms[job_id],
            )
        except GenerationError as error:
            self.send(Failed(job_id=job_id, message=error.message, details=error.details))
        finally:
            block.close()
            with self._lock:
                self._helms.pop(job_id, None)
                self._cancelled.discard(job_id)

    def _report(self, event: EngineEvent, block: JobBlock) -> None:
        match event:
            case Preview():
                self._report_preview(event, block)
            case Finished():
                block.put_result(event.image)
                self.send(wire.FinishedInBlock(job_id=event.job_id, elapsed_s=event.elapsed_s))
            case Loading() | Started() | Paused() | Resumed() | Steered() | Cancelled() | Failed():
                self.send(event)
            case _:
                raise AssertionError(f"an event nobody sends: {event!r}")

    def _report_preview(self, event: Preview, block: JobBlock) -> None:
        slot, height, width = -1, 0, 0
        if event.image is not None:
            with self._lock:
                slot = self._free_slots.pop() if self._free_slots else -1
            if slot >= 0:
                height, width = event.image.shape[:2]
                block.put_preview(slot, event.image)
        self.send(
            wire.PreviewInBlock(
                job_id=event.job_id,
                step=event.step,
                total_steps=event.total_steps,
                slot=slot,
                width=width,
                height=height,
            )
        )

    def _read(self) -> None:
        try:
            while (payload := wire.read_frame(self._commands)) is not None:
                self._obey(wire.decode_command(payload))
        except (GenerationError, OSError) as error:
            logger.error("the studio's message is not understood: %s", error)
        # The studio is gone or has closed the link: give the memory back at once, whatever is running.
        os._exit(0)

    def _obey(self, command: wire.Command) -> None:
        match command:
            case wire.Submit() | wire.DrawScene():
                with self._lock:
                    self._helms[command.job_id] = Helm()
                self._waiting.put(command)
            case wire.Cancel():
                with self._lock:
                    if command.job_id in self._helms:
                        self._cancelled.add(command.job_id)
            case wire.Pause() | wire.EndEarly() | wire.Steer():
                with self._lock:
                    helm = self._helms.get(command.job_id)
                if helm is not None:
                    self._steer(helm, command)
            case wire.ReleaseSlot():
                with self._lock:
                    if command.job_id == self._current_id and 0 <= command.slot < PREVIEW_SLOTS:
                        self._free_slots.add(command.slot)

    def _steer(self, helm: Helm, command: wire.Pause | wire.EndEarly | wire.Steer) -> None:
        match command:
            case wire.Pause():
                helm.set_paused(command.is_paused)
            case wire.EndEarly():
                helm.end_early()
            case wire.Steer():
                try:
                    helm.steer(_steering(command))
                except GenerationError as error:
                    # Its job has ended meanwhile, and its pixels with it.
                    logger.info("a change on the way came too late: %s", error)

    def _beat(self) -> None:
        beat = threading.Event()
        with contextlib.suppress(OSError):
            while not beat.wait(HEARTBEAT_S):
                self.send(wire.Heartbeat())


def _steering(command: wire.Steer) -> Steering:
    """With copies of its pixels. Raises GenerationError when they are gone or do not fit."""
    image = mask = None
    if command.block:
        size = Size(command.width, command.height)
        layout = BlockLayout(size=size, has_image=command.has_image, has_mask=command.has_mask)
        block = JobBlock.attach(command.block, layout)
        image, mask = block.image(), block.mask()
        block.close()
    return Steering(
        job_id=command.job_id,
        prompt=command.prompt,
        negative_prompt=command.negative_prompt,
        guidance_scale=command.guidance_scale,
        image=image,
        mask=mask,
        is_paint=command.is_paint,
    )


def main() -> int:
    commands, reports = _claim_streams()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    worker = Worker(commands, reports)
    worker.start_threads()
    # Only now: importing torch takes seconds, during which the heart already beats.
    from studio.engine import memory
    from studio.engine.engine import Engine

    placement = memory.place()
    memory.step_back(placement)
    return worker.serve(Engine(placement))


def _claim_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes for us alone; prints of any library, also native ones, end up in stderr."""
    commands = os.fdopen(os.dup(0), "rb", buffering=0)
    reports = os.fdopen(os.dup(1), "wb", buffering=0)
    if sys.platform == "win32":
        import msvcrt

        for stream in (commands, reports):
            msvcrt.setmode(stream.fileno(), os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return commands, reports


if __name__ == "__main__":
    sys.exit(main())
