"""How figures read in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.jobs.queue import EnginePhase, EngineState

if TYPE_CHECKING:
    from studio.generation.catalog import DeviceInfo


def seconds_left(seconds: float | None) -> str:
    """ "3 s left", "2 min left"; empty while nothing is known."""
    if seconds is None:
        return ""
    if seconds < 1:
        return "1 s left"
    if seconds < 90:
        return f"{round(seconds)} s left"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min left"
    return f"{seconds / 3600:.1f} h left"


def device(info: DeviceInfo) -> str:
    """ "CPU · 1 thread", "NVIDIA H200 · 139 GB"."""
    if info.kind == "cpu":
        return f"CPU · {info.threads} thread{'' if info.threads == 1 else 's'}"
    memory = f" · {info.memory_bytes / 1e9:.0f} GB" if info.memory_bytes else ""
    return f"{info.name}{memory}"


def engine_state(state: EngineState) -> str:
    if state.is_ready:
        return "Ready"
    if state.phase is EnginePhase.starting:
        return "Restarting the engine…" if state.message else "Starting the engine…"
    return "The engine has stopped."
