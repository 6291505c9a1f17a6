"""How the tools are set: which one is active, its size, hardness and opacity, and the painting colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.brushes.brush import Brush, pressure_dynamics
from studio.brushes.brush_json import brush_from_json, brush_to_json, is_number
from studio.brushes.symmetry import MAX_TURNS, MIN_TURNS, NO_SYMMETRY, Symmetry
from studio.core.events import Event
from studio.document.pixels import RGB
from studio.tools.adjusting import Adjusting
from studio.tools.options import OPTIONS, OptionValue, tool_option

DEFAULT_TOOL_ID = "mask_brush"
DEFAULT_COLOR = RGB(30, 30, 30)
DEFAULT_BACKGROUND = RGB(255, 255, 255)
_PAINT = pressure_dynamics(size=0.6, opacity=0.6)
_MASK = pressure_dynamics(size=0.5)
DEFAULT_BRUSHES: Mapping[str, Brush] = {
    "brush": Brush(size_px=24.0, dynamics=_PAINT),
    "eraser": Brush(size_px=40.0, dynamics=_PAINT),
    "smudge": Brush(
        size_px=44.0, hardness=0.25, opacity=0.8, spacing=0.06, dynamics=pressure_dynamics(opacity=0.75)
    ),
    "blur": Brush(size_px=60.0, hardness=0.2, dynamics=pressure_dynamics(opacity=0.7)),
    "clone": Brush(size_px=60.0),
    "heal": Brush(size_px=40.0, hardness=0.7),
    "mix_brush": Brush(size_px=64.0, hardness=0.6, dynamics=_MASK),
    "mask_brush": Brush(size_px=64.0, hardness=0.8, dynamics=_MASK),
    "mask_eraser": Brush(size_px=64.0, hardness=0.8, dynamics=_MASK),
}
"""By tool; a tool that is not here has no brush."""

SHOWN = ("size_px", "hardness", "opacity")
"""What has a slider of its own; a change of anything else of a brush is told as "brush"."""


class ToolSettings:
    """Every tool that paints has a brush of its own; `size_px` and its like are those of the active one. What else a
    tool can be set to stands in `options.OPTIONS`.

    changed: tells the name of the field: "active_tool_id", "color", "background", "size_px", "hardness", "opacity", "brush" (more of
    it, or all), "is_erasing", "symmetry" or "options"; after a change of tool only "active_tool_id", though the others
    may differ too. adjusting: what is being transformed or cropped, in numbers.
    """

    def __init__(self) -> None:
        self._active_tool_id = DEFAULT_TOOL_ID
        self._color = DEFAULT_COLOR
        self._background = DEFAULT_BACKGROUND
        self._brushes = dict(DEFAULT_BRUSHES)
        self._is_erasing = False
        self._symmetry = NO_SYMMETRY
        self._options: dict[tuple[str, str], OptionValue] = {}
        self.changed: Event[str] = Event()
        self.adjusting = Adjusting()

    @property
    def active_tool_id(self) -> str:
        return self._active_tool_id

    @active_tool_id.setter
    def active_tool_id(self, tool_id: str) -> None:
        if tool_id != self._active_tool_id:
            self._active_tool_id = tool_id
            self.changed.emit("active_tool_id")

    @property
    def color(self) -> RGB:
        return self._color

    @color.setter
    def color(self, color: tuple[int, int, int]) -> None:
        """Each channel is cut to 0..255."""
        made = _cut(color)
        if made != self._color:
            self._color = made
            self.changed.emit("color")

    @property
    def background(self) -> RGB:
        """The colour in waiting: `swap_colors` exchanges it with the painting colour."""
        return self._background

    @background.setter
    def background(self, color: tuple[int, int, int]) -> None:
        made = _cut(color)
        if made != self._background:
            self._background = made
            self.changed.emit("background")

    def swap_colors(self) -> None:
        self.color, self.background = self._background, self._color

    def default_colors(self) -> None:
        self.color, self.background = DEFAULT_COLOR, DEFAULT_BACKGROUND

    @property
    def size_px(self) -> float:
        return self.brush_of(self._active_tool_id).size_px

    @size_px.setter
    def size_px(self, size_px: float) -> None:
        self._set("size_px", size_px)

    @property
    def hardness(self) -> float:
        return self.brush_of(self._active_tool_id).hardness

    @hardness.setter
    def hardness(self, hardness: float) -> None:
        self._set("hardness", hardness)

    @property
    def opacity(self) -> float:
        return self.brush_of(self._active_tool_id).opacity

    @opacity.setter
    def opacity(self, opacity: float) -> None:
        self._set("opacity", opacity)

    def set(self, **changes: Any) -> None:
        """Several fields by name, as the setters take them."""
        for name, value in changes.items():
            assert name in ("active_tool_id", "color", "size_px", "hardness", "opacity"), name
            setattr(self, name, value)

    def brush_of(self, tool_id: str) -> Brush:
        """A plain one for a tool that has none."""
        return self._brushes.get(tool_id, Brush())

    def set_brush(self, tool_id: str, brush: Brush) -> None:
        """Cut to its limits; nothing for a tool that has no brush."""
        before, after = self._brushes.get(tool_id), brush.clamped()
        if before is None or after == before:
            return
        self._brushes[tool_id] = after
        if tool_id != self._active_tool_id:
            return
        differing = [name for name in SHOWN if getattr(after, name) != getattr(before, name)]
        if replace(before, **{name: getattr(after, name) for name in differing}) != after:
            differing.append("brush")
        for name in differing:
            self.changed.emit(name)

    @property
    def is_erasing(self) -> bool:
        """The painting brush takes away instead, as the other end of a pen does."""
        return self._is_erasing

    @is_erasing.setter
    def is_erasing(self, is_erasing: bool) -> None:
        if is_erasing != self._is_erasing:
            self._is_erasing = is_erasing
            self.changed.emit("is_erasing")

    @property
    def symmetry(self) -> Symmetry:
        return self._symmetry

    @symmetry.setter
    def symmetry(self, symmetry: Symmetry) -> None:
        turns = min(max(symmetry.turns, MIN_TURNS), MAX_TURNS)
        symmetry = replace(symmetry, turns=turns)
        if symmetry != self._symmetry:
            self._symmetry = symmetry
            self.changed.emit("symmetry")

    def option(self, tool_id: str, name: str) -> OptionValue:
        """Raises KeyError for an option the tool does not have."""
        return self._options.get((tool_id, name), tool_option(tool_id, name).default)

    def number(self, tool_id: str, name: str) -> int:
        value = self.option(tool_id, name)
        assert isinstance(value, int), f"{name} of {tool_id} is no number"
        return value

    def flag(self, tool_id: str, name: str) -> bool:
        return self.option(tool_id, name) is True

    def choice(self, tool_id: str, name: str) -> str:
        return str(self.option(tool_id, name))

    def color_option(self, tool_id: str, name: str) -> RGB:
        value = self.option(tool_id, name)
        assert isinstance(value, RGB), f"{name} of {tool_id} is no color"
        return value

    def set_option(self, tool_id: str, name: str, value: object) -> None:
        """Cut to what the option allows; what is no value for it changes nothing."""
        cleaned = tool_option(tool_id, name).cleaned(value)
        if cleaned is not None and cleaned != self.option(tool_id, name):
            self._options[tool_id, name] = cleaned
            self.changed.emit("options")

    def to_json(self) -> dict[str, Any]:
        return {
            "active_tool_id": self._active_tool_id,
            "color": list(self._color),
            "background": list(self._background),
            "brushes": {tool_id: brush_to_json(brush) for tool_id, brush in self._brushes.items()},
            "options": {
                tool_id: {option.name: _plain(self.option(tool_id, option.name)) for option in options}
                for tool_id, options in OPTIONS.items()
            },
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes what makes sense from `to_json`'s answer, from whatever hands it comes; the rest keeps its value.
        A tool it does not know is passed over, and the active tool is not restored."""
        for name in ("color", "background"):
            color = saved.get(name)
            if isinstance(color, list) and len(color) == 3 and all(is_number(channel) for channel in color):
                setattr(self, name, (color[0], color[1], color[2]))
        brushes = saved.get("brushes")
        for tool_id, fields in brushes.items() if isinstance(brushes, Mapping) else ():
            if tool_id in DEFAULT_BRUSHES and isinstance(fields, Mapping):
                self.set_brush(tool_id, brush_from_json(fields, self._brushes[tool_id]))
        chosen = saved.get("options")
        for tool_id, options in OPTIONS.items():
            fields = chosen.get(tool_id) if isinstance(chosen, Mapping) else None
            if isinstance(fields, Mapping):
                for option in options:
                    self.set_option(tool_id, option.name, fields.get(option.name))

    def _set(self, name: str, value: float) -> None:
        tool_id = self._active_tool_id
        self.set_brush(tool_id, self.brush_of(tool_id).with_(**{name: float(value)}))


def _cut(color: tuple[int, int, int]) -> RGB:
    return RGB(*(min(max(round(channel), 0), 255) for channel in color))


def _plain(value: OptionValue) -> object:
    return list(value) if isinstance(value, RGB) else value
