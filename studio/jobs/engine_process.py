"""One life of the engine's process: its pipes, its threads, the pixels of its jobs."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import studio
from studio.core.errors import GenerationError
from studio.core.geometry import Size
from studio.generation import wire
from studio.generation.events import (
    Cancelled,
    EngineEvent,
    Failed,
    Finished,
    Hello,
    JobEvent,
    Preview,
)
from studio.generation.job_block import JobBlock
from studio.generation.request import GenerationRequest, Steering, Task

logger = logging.getLogger(__name__)

KEPT_ERROR_LINES = 40
END_GRACE_S = 1.0


def engine_environment(base: Mapping[str, str]) -> dict[str, str]:
    """The child's environment: offline, and quiet threads (they must be told before torch is imported)."""
    root = str(Path(studio.__file__).resolve().parents[1])
    python_path = os.pathsep.join([root, *filter(None, [base.get("PYTHONPATH")])])
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 2
    return {
        "OMP_NUM_THREADS": str(max(1, cores - 1)),
        **base,
        "PYTHONPATH": python_path,
        # Spinning OpenMP threads make a step 5x slower once any other program needs a core.
        "OMP_WAIT_POLICY": "PASSIVE",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "DIFFUSERS_VERBOSITY": "error",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTORCH_ENABLE_MPS_FALLBACK": "1",
        "PYTHONIOENCODING": "utf-8",
    }


class EngineProcess:
    """Three threads: one reads frames and hands on events, one writes, one keeps what the process says to stderr.

    on_event: called on the reading thread for everything but heartbeats. on_end: called once when the process ended,
    broke off or talked garbage; `fault` then says what was wrong with its last words (empty for a clean end).
    Raises OSError when the command cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        on_event: Callable[[EngineEvent], None],
        on_end: Callable[[], None],
    ) -> None:
        self.heard = threading.Event()
        self.has_ended = False
        self.hello_at: float | None = None
        self.has_finished_a_job = False
        self.fault = ""
        self._on_event = on_event
        self._on_end = on_end
        self._blocks: dict[str, JobBlock] = {}
        self._change_blocks: dict[str, list[JobBlock]] = {}
        self._blocks_lock = threading.Lock()
        self._outbox: queue.SimpleQueue[GenerationRequest | Steering | wire.Command | None] = (
            queue.SimpleQueue()
        )
        self._error_lines: deque[str] = deque(maxlen=KEPT_ERROR_LINES)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=engine_environment(os.environ),
            # Ctrl+C in the terminal is for the studio, which then ends the engine itself.
            start_new_session=sys.platform != "win32",
            creationflags=0x08000000 if sys.platform == "win32" else 0,
        )
        self._threads = [
            threading.Thread(target=target, name=f"engine-{target.__name__.strip('_')}", daemon=True)
            for target in (self._read, self._write, self._keep_errors)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def submit(self, request: GenerationRequest) -> None:
        self._outbox.put(request)

    def cancel(self, job_id: str) -> None:
        self._outbox.put(wire.Cancel(job_id=job_id))

    def pause(self, job_id: str, is_paused: bool) -> None:
        self._outbox.put(wire.Pause(job_id=job_id, is_paused=is_paused))

    def end_early(self, job_id: str) -> None:
        self._outbox.put(wire.EndEarly(job_id=job_id))

    def steer(self, steering: Steering) -> None:
        self._outbox.put(steering)

    def end(self, *, at_once: bool = False) -> int:
        """Ends the process (it leaves by itself when its input closes), frees everything; its exit code."""
        self._outbox.put(None)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.0 if at_once else END_GRACE_S)
        if self._process.poll() is None:
            self._process.kill()
        code = self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(END_GRACE_S)
        with self._blocks_lock:
            for job_id in list(self._blocks):
                self._drop_block(job_id)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return code

    def last_words(self) -> str:
        return "\n".join(self._error_lines)

    def _read(self) -> None:
        stream = _pipe(self._process.stdout)
        try:
            while (payload := wire.read_frame(stream)) is not None:
                self.heard.set()
                self._take(wire.decode_report(payload))
        except GenerationError as error:
            self.fault = f"{error.message} {error.details}".strip()
            logger.warning("the engine talks garbage: %s", self.fault)
        except OSError as error:
            self.fault = str(error)
        finally:
            self.has_ended = True
            self._on_end()

    def _take(self, report: wire.Report) -> None:
        match report:
            case wire.Heartbeat():
                return
            case wire.PreviewInBlock():
                event = self._preview(report)
                if event is not None:
                    self._on_event(event)
            case wire.FinishedInBlock():
                with self._blocks_lock:
                    block = self._blocks.get(report.job_id)
                    image = block.result() if block is not None else None
                    self._drop_block(report.job_id)
                if image is not None:
                    self.has_finished_a_job = True
                    self._on_event(Finished(job_id=report.job_id, image=image, elapsed_s=report.elapsed_s))
            case _:
                if isinstance(report, Hello):
                    self.hello_at = time.monotonic()
                if isinstance(report, Cancelled | Failed):
                    with self._blocks_lock:
                        self._drop_block(report.job_id)
                assert isinstance(report, Hello | JobEvent)
                self._on_event(report)

    def _preview(self, report: wire.PreviewInBlock) -> Preview | None:
        image = None
        if report.slot >= 0:
            with self._blocks_lock:
                block = self._blocks.get(report.job_id)
                if block is None:
                    return None
                image = block.preview(report.slot, Size(report.width, report.height))
            self._outbox.put(wire.ReleaseSlot(job_id=report.job_id, slot=report.slot))
        return Preview(job_id=report.job_id, step=report.step, total_steps=report.total_steps, image=image)

    def _write(self) -> None:
        stream = _pipe(self._process.stdin)
        # A broken pipe is noticed, with its reason, by the reading thread.
        with contextlib.suppress(OSError):
            while (message := self._outbox.get()) is not None:
                try:
                    data = memoryview(self._encoded(message))
                except GenerationError as error:
                    assert isinstance(message, GenerationRequest | Steering)
                    if isinstance(message, GenerationRequest):
                        self._refuse(message.job_id, error)
                    else:
                        logger.warning("a change on the way is left out: %s", error)
                    continue
                while data:
                    data = data[stream.write(data) :]
        with contextlib.suppress(OSError):
            stream.close()

    def _share(self, request: GenerationRequest) -> wire.Job:
        block = JobBlock.create(request)
        with self._blocks_lock:
            self._blocks[request.job_id] = block
        if request.task is Task.scene:
            return wire.DrawScene(
                job_id=request.job_id, recipe=request.recipe, previews=request.previews, block=block.name
            )
        return wire.Submit(
            job_id=request.job_id,
            recipe=request.recipe,
            previews=request.previews,
            block=block.name,
            has_image=request.image is not None,
            has_mask=request.mask is not None,
            fork=request.fork,
            has_regions=bool(request.region_masks),
        )

    def _share_change(self, steering: Steering) -> wire.Steer:
        pixels = steering.image if steering.image is not None else steering.mask
        height, width = (0, 0) if pixels is None else pixels.shape[:2]
        name = ""
        if pixels is not None:
            block = JobBlock.create_for(Size(width, height), image=steering.image, mask=steering.mask)
            with self._blocks_lock:
                self._change_blocks.setdefault(steering.job_id, []).append(block)
            name = block.name
        return wire.Steer(
            job_id=steering.job_id,
            prompt=steering.prompt,
            negative_prompt=steering.negative_prompt,
            guidance_scale=steering.guidance_scale,
            is_paint=steering.is_paint,
            block=name,
            width=width,
            height=height,
            has_image=steering.image is not None,
            has_mask=steering.mask is not None,
        )

    def _encoded(self, message: GenerationRequest | Steering | wire.Command) -> bytes:
        if isinstance(message, GenerationRequest):
            return wire.encode(self._share(message))
        return wire.encode(self._share_change(message) if isinstance(message, Steering) else message)

    def _refuse(self, job_id: str, error: GenerationError) -> None:
        with self._blocks_lock:
            self._drop_block(job_id)
        self._on_event(
            Failed(job_id=job_id, message=error.message, remedy=error.remedy, details=error.details)
        )

    def _drop_block(self, job_id: str) -> None:
        block = self._blocks.pop(job_id, None)
        for each in [*([] if block is None else [block]), *self._change_blocks.pop(job_id, [])]:
            each.close()
            each.unlink()

    def _keep_errors(self) -> None:
        stream = _pipe(self._process.stderr)
        with contextlib.suppress(OSError, ValueError):
            rest = b""
            while part := stream.read(65536):
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    text = line.decode("utf-8", "replace").rstrip()[:2000]
                    self._error_lines.append(text)
                    logger.info("engine: %s", text)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
