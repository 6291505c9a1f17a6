"""The brushes: to choose one, to keep one, and what a hand wants to change most."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from studio.brushes.symmetry import MAX_TURNS, MIN_TURNS
from studio.tools.settings import DEFAULT_BRUSHES
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.panels.brush_list import BrushList, BrushModel
from studio.ui.widgets.labels import ElidedLabel
from studio.ui.widgets.slider_spin import SliderSpin

MENU = (("brush_edit",), ("brush_update", "brush_reset"), ("brush_save", "brush_delete", "brush_import"))

TURNS_PX = 84


class BrushesPanel(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shelf = context.workspace.brush_shelf
        self._settings = context.workspace.tool_settings
        self._bindings = Bindings()
        self._refresh = Later(lambda: context.actions.refresh(context.workspace), parent=self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search brushes")
        self.search.setAccessibleName("Search brushes")
        self.search.setClearButtonEnabled(True)
        self.model = BrushModel(context.workspace.background, self)
        self.list = BrushList(self.model)
        self.nothing = QLabel("No brush of this name.")
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state = ElidedLabel(role="muted")
        self.flow = SliderSpin("Flow", 1, 100, prefix="Flow ", suffix=" %")
        self.flow.setToolTip("How much each touch adds; below 100 % a stroke builds up to its opacity")
        self.smoothing = SliderSpin("Smoothing", 0, 100, prefix="Smooth ", suffix=" %")
        self.smoothing.setToolTip("How far the line trails behind the pen to become calm")
        self.turns = SliderSpin("Turns", MIN_TURNS, MAX_TURNS, suffix=" ×")
        self.turns.setFixedWidth(TURNS_PX)
        self.turns.setToolTip("How often a stroke is repeated around the center")
        self._lay_out()
        self._bindings.connect(self.search.textChanged, lambda _: self._show_presets())
        self._bindings.connect(self.list.chosen, self._shelf.choose)
        self._bindings.connect(self.list.customContextMenuRequested, self._show_menu)
        self._bindings.connect(self.flow.valueChanged, lambda value: self._set(flow=value / 100))
        self._bindings.connect(self.smoothing.valueChanged, lambda value: self._set(smoothing=value / 100))
        self._bindings.connect(self.turns.valueChanged, self._set_turns)
        self._bindings.subscribe(self._shelf.changed, lambda _: self._show_presets())
        self._bindings.subscribe(self._settings.changed, lambda _: self._show_brush())
        self._show_presets()

    def close_panel(self) -> None:
        self._bindings.disconnect()
        self._refresh.stop()
        self.model.close()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.search, 1)
        for action_id in ("brush_import", "brush_save"):
            head.addWidget(self._context.button(action_id))
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self.state, 1)
        state.addWidget(self.turns)
        sliders = QHBoxLayout()
        sliders.setSpacing(6)
        sliders.addWidget(self.flow, 1)
        sliders.addWidget(self.smoothing, 1)
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for action_id in ("brush_erasing", "mirror_vertical", "mirror_horizontal", "mirror_radial"):
            foot.addWidget(self._context.button(action_id))
        foot.addStretch(1)
        for action_id in ("brush_update", "brush_reset", "brush_delete", "brush_edit"):
            foot.addWidget(self._context.button(action_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        column.addLayout(state)
        column.addLayout(sliders)
        column.addLayout(foot)

    def _show_presets(self) -> None:
        wanted = self.search.text().casefold().split()
        found = [
            preset for preset in self._shelf.presets if all(word in preset.name.casefold() for word in wanted)
        ]
        self.model.show_presets(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self._show_brush()

    def _show_brush(self) -> None:
        tool_id = self._settings.active_tool_id
        brush, chosen = self._settings.brush_of(tool_id), self._shelf.chosen
        has_brush = tool_id in DEFAULT_BRUSHES
        self.list.show_chosen(chosen.id if chosen is not None else "")
        for spin, value in ((self.flow, brush.flow), (self.smoothing, brush.smoothing)):
            spin.setEnabled(has_brush)
            with QSignalBlocker(spin):
                spin.setValue(round(value * 100))
            spin.update()
        if not has_brush:
            self.state.setText("The tool in hand has no brush.")
        else:
            name = chosen.name if chosen is not None else "Brush"
            changed = ", changed" if self._shelf.is_changed else ""
            self.state.setText(f"{name} · {brush.size_px:.0f} px{changed}")
        symmetry = self._settings.symmetry
        self.turns.setVisible(symmetry.kind == "radial")
        with QSignalBlocker(self.turns):
            self.turns.setValue(symmetry.turns)
        self._refresh.schedule()

    def _set(self, **changes: float) -> None:
        tool_id = self._settings.active_tool_id
        self._settings.set_brush(tool_id, self._settings.brush_of(tool_id).with_(**changes))

    def _set_turns(self, turns: float) -> None:
        self._settings.symmetry = replace(self._settings.symmetry, turns=round(turns))

    def _show_menu(self, spot: QPoint) -> None:
        preset = self.list.preset_at(spot)
        if preset is not None:
            self._shelf.choose(preset.id)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in MENU:
            for action_id in group:
                menu.addAction(self._context.actions[action_id])
            menu.addSeparator()
        menu.popup(self.list.viewport().mapToGlobal(spot))
