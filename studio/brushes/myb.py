"""MyPaint's brushes (`.myb`, JSON of version 3 and the older text of versions 1 and 2), as far as our engine reaches.

The meaning of the settings is that of libmypaint's `brushsettings.json`: a setting is its base value plus what its
inputs add; sizes are natural logarithms of radii.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from studio.brushes.brush import Brush, Dynamic, Input, Setting
from studio.brushes.brush_json import is_number
from studio.brushes.curve import curve_through
from studio.core.errors import SettingsError

MAX_BYTES = 1 << 20
MAX_SETTINGS = 400
MAX_POINTS = 64
LARGEST = 1e6

INPUT_NAMES: Mapping[str, tuple[Input, float, float]] = {
    "pressure": ("pressure", 0.0, 1.0),
    "speed1": ("speed", 0.0, 4.0),
    "speed2": ("speed", 0.0, 4.0),
    "random": ("random", 0.0, 1.0),
    "direction": ("direction", 0.0, 360.0),
    "direction_angle": ("direction", 0.0, 360.0),
    "tilt_declination": ("tilt", 90.0, 0.0),
    "tilt_ascension": ("tilt_direction", 0.0, 360.0),
}
"""Theirs to ours, and which of their values are our 0 and 1."""

PLAIN = {
    "opaque_linearize": 0.9,
    "pressure_gain_log": 0.0,
    "speed1_slowness": 0.04,
    "speed2_slowness": 0.8,
    "speed1_gamma": 4.0,
    "speed2_gamma": 4.0,
    "offset_by_speed_slowness": 1.0,
    "smudge_length": 0.5,
    "stroke_duration_logarithmic": 4.0,
    "direction_filter": 2.0,
    "anti_aliasing": 1.0,
    "paint_mode": 1.0,
    "posterize_num": 0.05,
    "gridmap_scale_x": 1.0,
    "gridmap_scale_y": 1.0,
    "restore_color": 0.0,
}
"""What settings we do not know are when they do nothing; the others are then 0."""

SILENT = frozenset(
    [
        "color_h",
        "color_s",
        "color_v",
        "slow_tracking_per_dab",
        "custom_input_slowness",
        "smudge_length",
        "stroke_threshold",
        "stroke_duration_logarithmic",
        "stroke_holdtime",
        "speed1_slowness",
        "speed2_slowness",
        "speed1_gamma",
        "speed2_gamma",
        "offset_by_speed_slowness",
        "direction_filter",
        "opaque_linearize",
        "version",
        "gridmap_scale",
        "gridmap_scale_x",
        "gridmap_scale_y",
        "smudge_length_log",
        "smudge_bucket",
        "smudge_transparency",
    ]
)
"""The colour is the studio's own, and helpers of other settings say nothing by themselves."""

KNOWN = frozenset(
    [
        "radius_logarithmic",
        "opaque",
        "opaque_multiply",
        "hardness",
        "dabs_per_second",
        "dabs_per_actual_radius",
        "dabs_per_basic_radius",
        "elliptical_dab_ratio",
        "elliptical_dab_angle",
        "offset_by_random",
        "radius_by_random",
        "slow_tracking",
        "eraser",
        "smudge",
        "anti_aliasing",
    ]
)


class Foreign(NamedTuple):
    """base: without any input. inputs: what each adds, (x, y) in MyPaint's units."""

    base: float
    inputs: dict[str, list[tuple[float, float]]]


@dataclass(frozen=True, kw_only=True)
class ReadBrush:
    """ignored: what it asks for and does not get here, in MyPaint's words."""

    brush: Brush
    tool_id: str
    ignored: tuple[str, ...]


def read_myb(data: bytes) -> ReadBrush:
    """Raises SettingsError for what is no MyPaint brush."""
    if len(data) > MAX_BYTES:
        raise SettingsError("The file is too large to be a brush.")
    try:
        text = data.decode("utf-8")
        settings = _json(text) if text.lstrip().startswith("{") else _lines(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise SettingsError("The file is no MyPaint brush.", details=str(error)) from error
    if "radius_logarithmic" not in settings:
        raise SettingsError("The file is no MyPaint brush.", details="it gives no size")
    return _Reader(settings).read()


def _json(text: str) -> dict[str, Foreign]:
    values: Any = json.loads(text)
    if not isinstance(values, Mapping) or not isinstance(values.get("settings"), Mapping):
        raise ValueError("no settings")
    found: dict[str, Foreign] = {}
    for name, entry in list(values["settings"].items())[:MAX_SETTINGS]:
        if not isinstance(entry, Mapping):
            continue
        inputs = entry.get("inputs")
        pairs = inputs.items() if isinstance(inputs, Mapping) else ()
        found[name] = Foreign(
            _number(entry.get("base_value", 0.0)),
            {source: _points(points) for source, points in list(pairs)[:MAX_SETTINGS] if points},
        )
    return found


def _lines(text: str) -> dict[str, Foreign]:
    """`name base | input x y, x y | input …`; in version 1 the points are without commas."""
    found: dict[str, Foreign] = {}
    for line in text.splitlines()[: 4 * MAX_SETTINGS]:
        name, _, rest = line.strip().partition(" ")
        if not name or name.startswith("#") or not rest or len(found) >= MAX_SETTINGS:
            continue
        base, *inputs = rest.split("|")
        try:
            value = _number(float(base))
        except ValueError:
            continue  # a name, a comment, a colour: not a number, so no setting
        curves: dict[str, list[tuple[float, float]]] = {}
        for entry in inputs:
            source, _, numbers = entry.strip().partition(" ")
            flat = [float(number) for number in numbers.replace(",", " ").split()]
            pairs = list(zip(flat[::2], flat[1::2], strict=True))
            if "," not in numbers:
                # Version 1 leaves the first point out: it is (0, 0).
                pairs = [(0.0, 0.0), *pairs]
            if source and pairs:
                curves[source] = _points(pairs)
        found[name] = Foreign(value, curves)
    return found


def _number(value: object) -> float:
    if not is_number(value):
        raise ValueError("a value is no number")
    assert isinstance(value, int | float)
    return min(max(float(value), -LARGEST), LARGEST)


def _points(points: Sequence[Any]) -> list[tuple[float, float]]:
    found = [(_number(x), _number(y)) for x, y in points[:MAX_POINTS]]
    if any(after[0] < before[0] for before, after in itertools.pairwise(found)):
        raise ValueError("the points of an input do not rise")
    return found


@dataclass
class _Reader:
    settings: dict[str, Foreign]
    dynamics: list[Dynamic] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def read(self) -> ReadBrush:
        radius = self._largest("radius_logarithmic")
        opaque = self._base("opaque", 1.0)
        multiply = self.settings.get("opaque_multiply")
        dabs = self._base("dabs_per_actual_radius", 2.0) + self._base("dabs_per_basic_radius", 0.0)
        eraser, smudge = self._base("eraser", 0.0), self._base("smudge", 0.0)
        is_pixel = self._base("anti_aliasing", 1.0) < 0.1 and self._base("hardness", 0.8) >= 0.95
        self._follow("radius_logarithmic", "size_px", lambda y: math.exp(y - radius))
        # Theirs lets pressure multiply the opacity; without an input it is a plain factor.
        if multiply is not None:
            top = max(self._largest("opaque_multiply"), 1e-3)
            opaque *= min(top, 2.0) if multiply.inputs else multiply.base or 1.0
            self._follow("opaque_multiply", "opacity", lambda y: y / top)
        self._follow("opaque", "opacity", lambda y: y / max(self._largest("opaque"), 1e-3))
        hardest = max(self._largest("hardness", 0.8), 1e-3)
        self._follow("hardness", "hardness", lambda y: y / hardest)
        ratio = max(self._least("elliptical_dab_ratio", 1.0), 1.0)
        self._follow("elliptical_dab_ratio", "roundness", lambda y: ratio / max(y, 1.0))
        base_angle = self._base("elliptical_dab_angle", 90.0)
        self._follow("elliptical_dab_angle", "angle_deg", lambda y: _turns(y - base_angle))
        self._add_random_size()
        if 0 < smudge < 0.5:
            self.ignored.append("smudge")
        brush = Brush(
            size_px=min(2 * math.exp(min(radius, 10.0)), LARGEST),
            hardness=min(hardest, 1.0),
            flow=min(max(opaque, 0.01), 1.0),
            spacing=0.5 / max(dabs, 0.125),
            angle_deg=base_angle % 180.0,
            roundness=1.0 / ratio,
            scatter=max(self._base("offset_by_random", 0.0), 0.0),
            smoothing=min(max(self._base("slow_tracking", 0.0) / 10.0, 0.0), 1.0),
            is_pixel=is_pixel,
            sprays=self._base("dabs_per_second", 0.0) >= 1.0,
            dynamics=tuple(self.dynamics),
        )
        tool_id = "eraser" if eraser >= 0.5 else "smudge" if smudge >= 0.5 else "brush"
        self._name_ignored()
        return ReadBrush(brush=brush.clamped(), tool_id=tool_id, ignored=tuple(dict.fromkeys(self.ignored)))

    def _base(self, name: str, default: float) -> float:
        setting = self.settings.get(name)
        return default if setting is None else setting.base

    def _largest(self, name: str, default: float = 0.0) -> float:
        return self._extreme(name, default, max)

    def _least(self, name: str, default: float) -> float:
        return self._extreme(name, default, min)

    def _extreme(self, name: str, default: float, choose: Callable[[Sequence[float]], float]) -> float:
        """The base with everything its known inputs may add: our curves only ever take away."""
        setting = self.settings.get(name)
        if setting is None:
            return default
        return setting.base + sum(
            choose([y for _, y in points])
            for source, points in setting.inputs.items()
            if source in INPUT_NAMES
        )

    def _follow(self, name: str, ours: Setting, factor: Callable[[float], float]) -> None:
        """One of our curves for each input. factor: from a value of the setting to what ours is multiplied by."""
        setting = self.settings.get(name)
        if setting is None:
            return
        for source, points in setting.inputs.items():
            known = INPUT_NAMES.get(source)
            if known is None:
                if any(y != 0 for _, y in points):
                    self.ignored.append(f"{name} by {source}")
                continue
            theirs_top = max(y for _, y in points)
            others = self._largest(name) - theirs_top if ours != "angle_deg" else setting.base
            if ours == "roundness":
                others = self._least(name, 1.0) - min(y for _, y in points)
            if source == "direction" and ours == "angle_deg" and points[-1][0] <= 180:
                # Theirs is the direction of a line without its sense, and an oval is the same after half a turn.
                points = [*points, *((x + 180, y + 180) for x, y in points)]
            _, zero, one = known
            curve = curve_through([((x - zero) / (one - zero), factor(others + y)) for x, y in points])
            if any(entry.setting == ours and entry.input == known[0] for entry in self.dynamics):
                self.ignored.append(f"{name} by {source}")
            elif len({point.y for point in curve.points}) > 1:
                self.dynamics.append(Dynamic(ours, known[0], curve))

    def _add_random_size(self) -> None:
        spread = self._base("radius_by_random", 0.0)
        if spread > 0 and not any(entry[:2] == ("size_px", "random") for entry in self.dynamics):
            curve = curve_through(((0.0, math.exp(-2 * min(spread, 1.5))), (1.0, 1.0)))
            self.dynamics.append(Dynamic("size_px", "random", curve))

    def _name_ignored(self) -> None:
        for name, setting in self.settings.items():
            if name in KNOWN:
                if name not in FOLLOWED and any(y for points in setting.inputs.values() for _, y in points):
                    self.ignored.extend(f"{name} by {source}" for source in setting.inputs)
            elif name not in SILENT and (
                setting.base != PLAIN.get(name, 0.0)
                or any(y for points in setting.inputs.values() for _, y in points)
            ):
                self.ignored.append(name)


def _turns(angle_deg: float) -> float:
    """0..1; a whole turn stays one, so that a curve that rises to it goes on rising."""
    turns = angle_deg / 360.0
    return turns if 0.0 <= turns <= 1.0 else turns % 1.0


FOLLOWED = frozenset(
    [
        "radius_logarithmic",
        "opaque_multiply",
        "opaque",
        "hardness",
        "elliptical_dab_ratio",
        "elliptical_dab_angle",
    ]
)
