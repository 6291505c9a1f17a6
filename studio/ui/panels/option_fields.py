"""Fields for what the active tool can be set to, made from the table of options."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFontComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from studio.tools.options import (
    OPTIONS,
    ChoiceOption,
    ColorOption,
    FlagOption,
    FontOption,
    NumberOption,
    ToolOption,
)
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.theme import CONTROL_HEIGHT_PX
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.slider_spin import SliderSpin

NUMBER_MAX_PX = 150
FONT_MAX_PX = 170


class OptionFields(QScrollArea):
    """One row; where it does not fit, the keyboard and the wheel bring the rest into sight.

    fields: by tool and name of the option, made when the tool is first chosen.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._settings = context.workspace.tool_settings
        self._bindings = Bindings()
        self.fields: dict[tuple[str, str], QWidget] = {}
        self._shows: dict[tuple[str, str], Callable[[], None]] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._body = QWidget()
        self._row = QHBoxLayout(self._body)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setWidget(self._body)
        self._bindings.subscribe(self._settings.changed, self._show)
        self._show("active_tool_id")

    def sizeHint(self) -> QSize:
        return QSize(self._body.sizeHint().width(), CONTROL_HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, CONTROL_HEIGHT_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.x() or turned.y()) // 2)

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _show(self, changed: str) -> None:
        if changed == "active_tool_id":
            active_id = self._settings.active_tool_id
            for option in OPTIONS.get(active_id, ()):
                if (active_id, option.name) not in self.fields:
                    self._add(active_id, option)
            for (tool_id, _), field in self.fields.items():
                field.setVisible(tool_id == active_id)
            self.updateGeometry()
        if changed in ("active_tool_id", "options"):
            for show in self._shows.values():
                show()

    def _add(self, tool_id: str, option: ToolOption) -> None:
        field = self._field(tool_id, option)
        field.setToolTip(option.tip)
        self.fields[tool_id, option.name] = field
        share = 2 if isinstance(option, NumberOption) else 0
        self._row.insertWidget(self._row.count() - 1, field, share, Qt.AlignmentFlag.AlignVCenter)

    def _field(self, tool_id: str, option: ToolOption) -> QWidget:
        match option:
            case NumberOption():
                return self._number(tool_id, option)
            case FontOption():
                return self._font(tool_id, option)
            case FlagOption():
                return self._flag(tool_id, option)
            case ChoiceOption():
                return self._choice(tool_id, option)
            case ColorOption():
                return self._color(tool_id, option)

    def _number(self, tool_id: str, option: NumberOption) -> QWidget:
        spin = SliderSpin(
            option.label, option.lowest, option.highest, prefix=f"{option.label} ", suffix=option.suffix
        )
        spin.setMaximumWidth(NUMBER_MAX_PX)

        def show() -> None:
            with QSignalBlocker(spin):
                spin.setValue(self._settings.number(tool_id, option.name))
            spin.update()

        self._tie(tool_id, option, show)
        self._bindings.connect(spin.valueChanged, lambda value: self._store(tool_id, option, round(value)))
        return spin

    def _font(self, tool_id: str, option: FontOption) -> QWidget:
        box = QFontComboBox()
        box.setAccessibleName(option.label)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setMaximumWidth(FONT_MAX_PX)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

        def show() -> None:
            family = self._settings.choice(tool_id, option.name)
            with QSignalBlocker(box):
                box.setCurrentFont(QFont(family) if family else box.font())

        self._tie(tool_id, option, show)
        self._bindings.connect(
            box.currentFontChanged, lambda font: self._store(tool_id, option, font.family())
        )
        return box

    def _flag(self, tool_id: str, option: FlagOption) -> QWidget:
        box = QCheckBox(option.label)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)

        def show() -> None:
            with QSignalBlocker(box):
                box.setChecked(self._settings.flag(tool_id, option.name))

        self._tie(tool_id, option, show)
        self._bindings.connect(box.toggled, lambda value: self._store(tool_id, option, value))
        return box

    def _choice(self, tool_id: str, option: ChoiceOption) -> QWidget:
        box = ChoiceBox(option.label)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        choices = [Choice(identifier=value, label=label, note=option.tip) for value, label in option.choices]
        self._tie(
            tool_id, option, lambda: box.set_choices(choices, self._settings.choice(tool_id, option.name))
        )
        self._bindings.connect(box.chosen, lambda value: self._store(tool_id, option, value))
        return box

    def _color(self, tool_id: str, option: ColorOption) -> QWidget:
        button = ColorButton(option.label)
        self._tie(
            tool_id, option, lambda: button.show_color(*self._settings.color_option(tool_id, option.name))
        )
        self._bindings.connect(
            button.picked, lambda red, green, blue: self._store(tool_id, option, (red, green, blue))
        )
        return button

    def _tie(self, tool_id: str, option: ToolOption, show: Callable[[], None]) -> None:
        self._shows[tool_id, option.name] = show

    def _store(self, tool_id: str, option: ToolOption, value: object) -> None:
        self._settings.set_option(tool_id, option.name, value)
