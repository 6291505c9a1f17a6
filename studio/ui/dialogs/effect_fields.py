"""The controls of each kind of adjustment: they show its settings and say when the artist changes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.document.effects import (
    CHANNELS,
    STRAIGHT,
    BrightnessContrast,
    Curves,
    Effect,
    HueSaturation,
    LevelRange,
    Levels,
    SolidColor,
)
from studio.document.histogram import Histogram
from studio.document.pixels import RGB
from studio.ui.theme import Theme
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.curve_editor import CurveEditor, paint_histogram
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin

T = TypeVar("T")
CHANNEL_LABELS = {"rgb": "All channels", "red": "Red", "green": "Green", "blue": "Blue"}
CHANNEL_COLORS = {"red": "#e0605a", "green": "#58b368", "blue": "#5b8fe0"}


class EffectFields(QWidget):
    """edited: (settings as they are now, what was changed, by name: one drag of it is one step)."""

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def show_effect(self, effect: Effect) -> None:
        raise NotImplementedError


class NumberFields(EffectFields):
    """A slider for every number of a flat adjustment."""

    def __init__(self, effect: BrightnessContrast | HueSaturation) -> None:
        super().__init__()
        self._effect = effect
        ranges = (
            {"brightness": 100, "contrast": 100}
            if isinstance(effect, BrightnessContrast)
            else {"hue": 180, "saturation": 100, "lightness": 100}
        )
        self.sliders: dict[str, SliderSpin] = {}
        for name, most in ranges.items():
            label = name.capitalize()
            slider = SliderSpin(label, -most, most, prefix=f"{label} ", suffix="°" if name == "hue" else "")
            slider.setToolTip(f"{label}: 0 changes nothing")
            slider.valueChanged.connect(lambda value, name=name: self._on_edited(name, value))
            self.sliders[name] = slider
            self.column.addWidget(slider)

    def show_effect(self, effect: Effect) -> None:
        if isinstance(effect, BrightnessContrast | HueSaturation):
            self._effect = effect
            for name, slider in self.sliders.items():
                with QSignalBlocker(slider):
                    slider.setValue(getattr(effect, name))

    def _on_edited(self, name: str, value: float) -> None:
        changes: dict[str, Any] = {name: float(value)}
        self.edited.emit(replace(self._effect, **changes), name)


class _ChannelFields(EffectFields):
    """A choice of channel over the controls of one."""

    def __init__(self, histogram: Histogram) -> None:
        super().__init__()
        self._histogram = histogram
        self.channel = "rgb"
        self.choice = ChoiceBox("Channel")
        self.choice.set_choices(
            [Choice(identifier=name, label=label) for name, label in CHANNEL_LABELS.items()], self.channel
        )
        self.choice.chosen.connect(self._on_channel_chosen)
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("This channel as it was")
        self.reset.setAutoDefault(False)
        row.addWidget(self.reset)
        self.column.addLayout(row)

    @property
    def counts(self) -> Histogram:
        return np.asarray(self._histogram[CHANNELS.index(self.channel)], np.int64)

    def _on_channel_chosen(self, channel: str) -> None:
        self.channel = channel
        self._show_channel()

    def _show_channel(self) -> None:
        raise NotImplementedError


class _HistogramView(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts = np.zeros(256, np.int64)
        self.setAccessibleName("How often each level occurs")

    def sizeHint(self) -> QSize:
        return QSize(280, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 80)

    def show_counts(self, counts: Histogram) -> None:
        self._counts = counts
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(self._theme.field))
        paint_histogram(painter, area, self._counts, self._theme.text_muted)
        painter.end()


class LevelsFields(_ChannelFields):
    def __init__(self, theme: Theme, histogram: Histogram) -> None:
        super().__init__(histogram)
        self._effect = Levels()
        self._view = _HistogramView(theme)
        self.column.addWidget(self._view, 1)
        self.sliders = {
            "black": SliderSpin("Black point", 0, 254, prefix="Black "),
            "gamma": SliderSpin("Middle", 0.1, 10, decimals=2, step=0.05, curve=3.0, prefix="Middle "),
            "white": SliderSpin("White point", 1, 255, prefix="White "),
            "out_black": SliderSpin("Black becomes", 0, 255, prefix="Black becomes "),
            "out_white": SliderSpin("White becomes", 0, 255, prefix="White becomes "),
        }
        for name, slider in self.sliders.items():
            slider.valueChanged.connect(lambda value, name=name: self._on_edited(name, value))
            self.column.addWidget(slider)
        self.reset.clicked.connect(lambda: self._put(LevelRange(), ""))

    def show_effect(self, effect: Effect) -> None:
        if isinstance(effect, Levels):
            self._effect = effect
            self._show_channel()

    @property
    def _levels(self) -> LevelRange:
        return self._effect.channels.get(self.channel, LevelRange())

    def _show_channel(self) -> None:
        self._view.show_counts(self.counts)
        for name, slider in self.sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(getattr(self._levels, name))

    def _on_edited(self, name: str, value: float) -> None:
        number = float(value) if name == "gamma" else round(value)
        before = self._levels
        if name == "black":
            number = min(number, before.white - 1)
        elif name == "white":
            number = max(number, before.black + 1)
        changes: dict[str, Any] = {name: number}
        self._put(replace(before, **changes), f"{self.channel}-{name}")

    def _put(self, levels: LevelRange, drag: str) -> None:
        self.edited.emit(
            Levels(channels=_with(self._effect.channels, self.channel, levels, LevelRange())), drag
        )


class CurvesFields(_ChannelFields):
    def __init__(self, theme: Theme, histogram: Histogram) -> None:
        super().__init__(histogram)
        self._theme = theme
        self._effect = Curves()
        self.editor = CurveEditor(theme)
        self.column.addWidget(self.editor, 1)
        self.editor.edited.connect(lambda: self._put(self.editor.points, f"{self.channel}-curve"))
        self.reset.clicked.connect(lambda: self._put(STRAIGHT, ""))

    def show_effect(self, effect: Effect) -> None:
        if isinstance(effect, Curves):
            self._effect = effect
            self._show_channel()

    def _show_channel(self) -> None:
        points = self._effect.channels.get(self.channel, STRAIGHT)
        self.editor.show_points(points, self.counts, CHANNEL_COLORS.get(self.channel, self._theme.text))

    def _put(self, points: tuple[tuple[int, int], ...], drag: str) -> None:
        self.edited.emit(Curves(channels=_with(self._effect.channels, self.channel, points, STRAIGHT)), drag)


class FillFields(EffectFields):
    def __init__(self) -> None:
        super().__init__()
        self.color = ColorButton("Fill color")
        row = QHBoxLayout()
        row.addWidget(plain_label("&Color", buddy=self.color))
        row.addWidget(self.color)
        row.addStretch(1)
        self.column.addLayout(row)
        self.color.picked.connect(
            lambda red, green, blue: self.edited.emit(SolidColor(color=RGB(red, green, blue)), "color")
        )

    def show_effect(self, effect: Effect) -> None:
        if isinstance(effect, SolidColor):
            self.color.show_color(*effect.color)


def fields_for(effect: Effect, theme: Theme, histogram: Histogram) -> EffectFields:
    match effect:
        case Levels():
            return LevelsFields(theme, histogram)
        case Curves():
            return CurvesFields(theme, histogram)
        case SolidColor():
            return FillFields()
    return NumberFields(effect)


def _with(channels: Mapping[str, T], channel: str, value: T, neutral: T) -> dict[str, T]:
    """A channel that changes nothing is not written down."""
    others = {name: kept for name, kept in channels.items() if name != channel}
    return others if value == neutral else {**others, channel: value}
