"""Brushes as JSON, for settings, presets and whoever sends one: what makes no sense falls back to its default."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from studio.brushes.brush import INPUTS, LIMITS, SETTINGS, Brush, Dynamic
from studio.brushes.curve import curve_through

MAX_NAME = 40
MAX_DYNAMICS = len(INPUTS) * len(SETTINGS)


def brush_to_json(brush: Brush) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(brush, name) for name in (*LIMITS, "tip", "is_pixel", "sprays", "texture")
    }
    values["dynamics"] = [
        {
            "setting": entry.setting,
            "input": entry.input,
            "curve": [list(point) for point in entry.curve.points],
        }
        for entry in brush.dynamics
    ]
    return values


def brush_from_json(values: Mapping[str, Any], base: Brush | None = None) -> Brush:
    """base: keeps its value where `values` say nothing useful; a plain brush by default."""
    start = Brush() if base is None else base
    changes: dict[str, Any] = {name: float(values[name]) for name in LIMITS if is_number(values.get(name))}
    for name in ("tip", "texture"):
        value = values.get(name)
        if isinstance(value, str) and len(value) <= MAX_NAME:
            changes[name] = value
    for name in ("is_pixel", "sprays"):
        if isinstance(values.get(name), bool):
            changes[name] = values[name]
    dynamics = values.get("dynamics")
    if isinstance(dynamics, list):
        changes["dynamics"] = _dynamics(dynamics)
    return start.with_(**changes)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _dynamics(entries: list[Any]) -> tuple[Dynamic, ...]:
    found: dict[tuple[str, str], Dynamic] = {}
    for entry in entries[:MAX_DYNAMICS]:
        if not isinstance(entry, Mapping):
            continue
        setting, source, points = entry.get("setting"), entry.get("input"), entry.get("curve")
        if setting not in SETTINGS or source not in INPUTS or not isinstance(points, list):
            continue
        try:
            found[setting, source] = Dynamic(setting, source, curve_through(points))
        except (TypeError, ValueError):
            continue
    return tuple(found.values())
