"""How the tools are set: which one is active, its size, hardness and opacity, and the painting colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from studio.core.events import Event
from studio.document.pixels import RGB
from studio.tools.adjusting import Adjusting
from studio.tools.options import OPTIONS, OptionValue, tool_option

MIN_SIZE_PX = 1.0
MAX_SIZE_PX = 2000.0


@dataclass(frozen=True, kw_only=True)
class BrushValues:
    """size_px: diameter, 1..2000 canvas pixels. hardness, opacity: 0..1."""

    size_px: float = 40.0
    hardness: float = 0.6
    opacity: float = 1.0

    def clamped(self) -> BrushValues:
        return BrushValues(
            size_px=min(max(self.size_px, MIN_SIZE_PX), MAX_SIZE_PX),
            hardness=min(max(self.hardness, 0.0), 1.0),
            opacity=min(max(self.opacity, 0.0), 1.0),
        )


DEFAULT_TOOL_ID = "mask_brush"
DEFAULT_COLOR = RGB(30, 30, 30)
DEFAULT_VALUES: Mapping[str, BrushValues] = {
    "brush": BrushValues(size_px=24.0, hardness=0.6),
    "eraser": BrushValues(size_px=40.0, hardness=0.6),
    "mask_brush": BrushValues(size_px=64.0, hardness=0.8),
    "mask_eraser": BrushValues(size_px=64.0, hardness=0.8),
}


class ToolSettings:
    """Size, hardness and opacity are kept per tool; `size_px` and its like are those of the active one. What else a
    tool can be set to stands in `options.OPTIONS`.

    changed: tells the name of the field: "active_tool_id", "color", "size_px", "hardness", "opacity" or "options";
    after a change of tool only "active_tool_id", though the others may differ too. adjusting: what is being transformed
    or cropped, in numbers.
    """

    def __init__(self) -> None:
        self._active_tool_id = DEFAULT_TOOL_ID
        self._color = DEFAULT_COLOR
        self._values = dict(DEFAULT_VALUES)
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
        red, green, blue = (min(max(round(channel), 0), 255) for channel in color)
        if (red, green, blue) != self._color:
            self._color = RGB(red, green, blue)
            self.changed.emit("color")

    @property
    def size_px(self) -> float:
        return self.values_of(self._active_tool_id).size_px

    @size_px.setter
    def size_px(self, size_px: float) -> None:
        self._set("size_px", size_px)

    @property
    def hardness(self) -> float:
        return self.values_of(self._active_tool_id).hardness

    @hardness.setter
    def hardness(self, hardness: float) -> None:
        self._set("hardness", hardness)

    @property
    def opacity(self) -> float:
        return self.values_of(self._active_tool_id).opacity

    @opacity.setter
    def opacity(self, opacity: float) -> None:
        self._set("opacity", opacity)

    def set(self, **changes: Any) -> None:
        """Several fields by name, as the setters take them."""
        for name, value in changes.items():
            assert name in ("active_tool_id", "color", "size_px", "hardness", "opacity"), name
            setattr(self, name, value)

    def values_of(self, tool_id: str) -> BrushValues:
        """Defaults for a tool that has no brush."""
        return self._values.get(tool_id, BrushValues())

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
            "brushes": {
                tool_id: {"size_px": values.size_px, "hardness": values.hardness, "opacity": values.opacity}
                for tool_id, values in self._values.items()
            },
            "options": {
                tool_id: {option.name: _plain(self.option(tool_id, option.name)) for option in options}
                for tool_id, options in OPTIONS.items()
            },
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes what makes sense from `to_json`'s answer, from whatever hands it comes; the rest keeps its value.
        A tool it does not know is passed over, and the active tool is not restored."""
        color = saved.get("color")
        if isinstance(color, list) and len(color) == 3 and all(_is_number(channel) for channel in color):
            self.color = (color[0], color[1], color[2])
        brushes = saved.get("brushes")
        for tool_id, fields in brushes.items() if isinstance(brushes, Mapping) else ():
            if tool_id in DEFAULT_VALUES and isinstance(fields, Mapping):
                self._restore_values(tool_id, fields)
        chosen = saved.get("options")
        for tool_id, options in OPTIONS.items():
            fields = chosen.get(tool_id) if isinstance(chosen, Mapping) else None
            if isinstance(fields, Mapping):
                for option in options:
                    self.set_option(tool_id, option.name, fields.get(option.name))

    def _restore_values(self, tool_id: str, fields: Mapping[str, Any]) -> None:
        known = {
            name: float(fields[name])
            for name in ("size_px", "hardness", "opacity")
            if _is_number(fields.get(name))
        }
        before = self._values[tool_id]
        after = self._values[tool_id] = replace(before, **known).clamped()
        if tool_id == self._active_tool_id:
            for name in known:
                if getattr(after, name) != getattr(before, name):
                    self.changed.emit(name)

    def _set(self, name: str, value: float) -> None:
        before = self.values_of(self._active_tool_id)
        after = replace(before, **{name: float(value)}).clamped()
        if after != before:
            self._values[self._active_tool_id] = after
            self.changed.emit(name)


def _plain(value: OptionValue) -> object:
    return list(value) if isinstance(value, RGB) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
