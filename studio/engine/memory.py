"""Where a model runs and in which precision, and what running out of memory means: all decided here."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from studio.core.errors import EngineError
from studio.core.geometry import Size
from studio.generation.catalog import DeviceInfo

DEVICE_VARIABLE = "UNDERPAINT_DEVICE"
CPU_NICENESS = 5
# Above this a decoder works tile by tile: its largest layer would need gigabytes.
TILED_DECODE_AREA = 1536 * 1536


@dataclass(frozen=True, kw_only=True)
class Placement:
    """dtype: of text encoder and denoiser; the autoencoder always runs in float32 (half precision overflows in it)."""

    device: torch.device
    dtype: torch.dtype
    info: DeviceInfo


def place() -> Placement:
    """CUDA, then Apple's Metal, then the processor; UNDERPAINT_DEVICE=cpu|mps|cuda overrules.

    Raises EngineError for a device that is not there.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    wanted = os.environ.get(DEVICE_VARIABLE, "")
    if wanted and not available.get(wanted, False):
        raise EngineError(
            f"There is no device “{wanted}” here.", remedy=f"Unset {DEVICE_VARIABLE} and start again."
        )
    kind = wanted or next(kind for kind, there in available.items() if there)
    if kind == "cuda":
        properties = torch.cuda.get_device_properties(0)
        torch.backends.cudnn.deterministic = True
        info = DeviceInfo(kind=kind, name=properties.name, memory_bytes=properties.total_memory)
        return Placement(device=torch.device("cuda", 0), dtype=torch.float16, info=info)
    if kind == "mps":
        info = DeviceInfo(kind=kind, name="Apple GPU", memory_bytes=_machine_memory())
        return Placement(device=torch.device("mps"), dtype=torch.float32, info=info)
    threads = max(1, min(torch.get_num_threads(), (os.cpu_count() or 2) - 1))
    info = DeviceInfo(kind=kind, name=_processor_name(), memory_bytes=_machine_memory(), threads=threads)
    return Placement(device=torch.device("cpu"), dtype=torch.float32, info=info)


def step_back(placement: Placement) -> None:
    """On a processor: leaves one core and the right of way to the hand that paints. Affects the whole process."""
    if placement.info.kind != "cpu":
        return
    torch.set_num_threads(placement.info.threads)
    if sys.platform != "win32":
        os.nice(CPU_NICENESS)


def out_of_memory(error: BaseException, size: Size, info: DeviceInfo) -> EngineError | None:
    """What to tell the artist when `error` means that memory ran out; None when it means something else."""
    is_allocator = isinstance(error, RuntimeError) and (
        "not enough memory" in str(error) or "can't allocate memory" in str(error)
    )
    if not (is_allocator or isinstance(error, torch.OutOfMemoryError | MemoryError)):
        return None
    where = f"{info.name} has {info.memory_bytes / 2**30:.1f} GiB" if info.memory_bytes else info.name
    return EngineError(
        f"There is not enough memory for {size.width} × {size.height} pixels ({where}).",
        remedy="Make the frame smaller, or close other programs.",
        details=str(error),
    )


def is_device_broken(error: BaseException) -> bool:
    """An accelerator error after which nothing in this process can be trusted any more."""
    if isinstance(error, torch.OutOfMemoryError):
        return False
    return isinstance(error, torch.AcceleratorError) or "CUDA error" in str(error)


def release_unused() -> None:
    """Hands cached accelerator memory back to the system."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def _machine_memory() -> int:
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _processor_name() -> str:
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or platform.machine() or "Processor"
