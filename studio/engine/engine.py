"""Runs requests, one at a time, on the model they name; keeps it loaded for the next."""

from __future__ import annotations

import gc
import logging
import time
import traceback
from collections.abc import Callable

from studio.core.errors import EngineError, StudioError
from studio.engine import library, memory
from studio.engine.cancel import JobCancelled
from studio.engine.detect import ModelFolder
from studio.engine.helm import Helm
from studio.engine.kept_steps import KeptRuns
from studio.engine.loader import load_model
from studio.engine.memory import Placement
from studio.engine.model import Listener, Model
from studio.engine.samplers import sampler_infos
from studio.engine.scenes.drawing import draw_scene
from studio.engine.schedules import schedule_infos
from studio.generation.catalog import Catalog
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    Failed,
    Finished,
    Loading,
    Paused,
    Preview,
    Resumed,
    Started,
    Steered,
)
from studio.generation.request import GenerationRequest, Recipe, Task, UInt8Array

logger = logging.getLogger(__name__)

WARM_UP_MAX_PX = 256

Emit = Callable[[EngineEvent], None]


class Engine:
    """Not thread-safe: one thread runs everything; `is_cancelled` may be answered from another.

    Events go to a callback: the loop belongs to the diffusers pipeline, which calls us at every step, and turning
    that inside out into a generator would take a second thread for nothing.
    """

    def __init__(self, placement: Placement) -> None:
        self._placement = placement
        self._folder: ModelFolder | None = None
        self._model: Model | None = None
        self._runs = KeptRuns()
        self.is_broken = False

    def catalog(self) -> Catalog:
        """Looks at the disk."""
        return Catalog(
            device=self._placement.info,
            samplers=sampler_infos(),
            schedules=schedule_infos(),
            models=library.find_models(),
        )

    def warm_up(self, identifier: str, is_cancelled: Callable[[], bool]) -> None:
        """Loads a model and runs a step, so that the first picture pays for nothing. Failures are only logged:
        whoever asks for a picture hears about them then."""
        try:
            info = self._load(identifier)[0].info
            side = min(info.native_size, WARM_UP_MAX_PX) // info.size_multiple * info.size_multiple
            side = max(side, info.min_size)
            recipe = Recipe(
                model=identifier, steps=2, width=side, height=side, sampler=info.sampler, guidance_scale=2.0
            )
            request = GenerationRequest(job_id="", recipe=recipe)
            self._draw(request, is_cancelled, lambda event: None, Helm(), KeptRuns())
        except JobCancelled:
            logger.info("warming up was interrupted by a job")
        except (StudioError, RuntimeError, MemoryError) as error:
            logger.warning("warming up failed: %s", error)
        # 400 000 objects of the libraries need not be looked at by every collection: 250 ms each time.
        gc.collect()
        gc.freeze()

    def run(
        self,
        request: GenerationRequest,
        is_cancelled: Callable[[], bool],
        emit: Emit,
        helm: Helm | None = None,
    ) -> None:
        """Emits Loading?, Started, Preview per evaluation, with Paused, Resumed and Steered between, then one of
        Finished, Cancelled, Failed; raises nothing. helm: what steers it; None: nobody does.

        After an error that leaves the device unusable `is_broken` is set: end the process.
        """
        job_id = request.job_id
        try:
            if is_cancelled():
                raise JobCancelled
            if request.task is Task.scene:
                started_at = time.perf_counter()
                image = draw_scene(request, is_cancelled, _listener(job_id, emit))
            else:
                self._load(request.recipe.model, lambda what: emit(Loading(job_id=job_id, what=what)))
                started_at = time.perf_counter()
                image = self._draw(request, is_cancelled, emit, helm or Helm(), self._runs)
            elapsed_s = time.perf_counter() - started_at
            emit(Finished(job_id=job_id, image=image, elapsed_s=elapsed_s))
        except JobCancelled:
            emit(Cancelled(job_id=job_id))
        except Exception as error:  # the last line of defence: any failure fails one job only
            details = traceback.format_exc()
            logger.exception("job %s failed", job_id)
            emit(_failed(job_id, self._explain(error, request), details))

    def _draw(
        self,
        request: GenerationRequest,
        is_cancelled: Callable[[], bool],
        emit: Emit,
        helm: Helm,
        runs: KeptRuns,
    ) -> UInt8Array:
        model = self._model
        assert model is not None
        listener = _listener(request.job_id, emit)
        return model.draw(request, is_cancelled=is_cancelled, listener=listener, helm=helm, runs=runs)

    def _load(
        self, identifier: str, on_loading: Callable[[str], None] = lambda what: None
    ) -> tuple[ModelFolder, Model]:
        folder, model = self._folder, self._model
        is_loaded = folder is not None and folder.info.identifier == identifier and folder.is_unchanged()
        if is_loaded and folder is not None and model is not None:
            return folder, model
        folder = library.open_model(identifier)
        on_loading(folder.info.name)
        # The old one first: two models rarely fit.
        self._folder = self._model = None
        gc.unfreeze()
        gc.collect()
        memory.release_unused()
        started_at = time.perf_counter()
        model = load_model(folder, self._placement)
        logger.info("loaded %s in %.1f s", folder.path, time.perf_counter() - started_at)
        self._folder, self._model = folder, model
        return folder, model

    def _explain(self, error: Exception, request: GenerationRequest) -> StudioError:
        if isinstance(error, StudioError):
            return error
        size, info = request.recipe.size, self._placement.info
        without_memory = memory.out_of_memory(error, size, info)
        if without_memory is not None:
            memory.release_unused()
            return without_memory
        if memory.is_device_broken(error):
            self.is_broken = True
            return EngineError(
                f"{info.name} reported an error and has to be started afresh.",
                remedy="Your picture is unchanged; try again in a moment.",
                details=str(error),
            )
        return EngineError(
            "The image engine met an unexpected error.",
            remedy="Try other settings; the details say what happened.",
            details=str(error),
        )


def _listener(job_id: str, emit: Emit) -> Listener:
    def stepped(step: int, total_steps: int, image: UInt8Array | None) -> None:
        emit(Preview(job_id=job_id, step=step, total_steps=total_steps, image=image))

    return Listener(
        started=lambda total_steps: emit(Started(job_id=job_id, total_steps=total_steps)),
        stepped=stepped,
        paused=lambda step: emit(Paused(job_id=job_id, step=step)),
        resumed=lambda step: emit(Resumed(job_id=job_id, step=step)),
        steered=lambda step: emit(Steered(job_id=job_id, step=step)),
    )


def _failed(job_id: str, error: StudioError, details: str) -> Failed:
    parts = [part for part in (error.details, details) if part]
    return Failed(
        job_id=job_id, message=error.message, remedy=error.remedy, details="\n\n".join(parts)[-20_000:]
    )
