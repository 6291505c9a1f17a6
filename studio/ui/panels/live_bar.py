"""The live canvas' own bar, over the upper edge of the canvas while it is on: how much, how it is shown, keep, end."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin

MARGIN_PX = 12
REST_MS = 180
"""The hand rests this long before the model begins: the next stroke of a hatching comes sooner."""


class LiveBar(QFrame):
    """The widget it lies on calls `place` when that widget is resized."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._live = context.workspace.live_canvas
        self._bindings = Bindings()
        self.setProperty("role", "card")
        self.setAccessibleName("Live canvas")
        self._state = plain_label("", role="small")
        self._state.setMinimumWidth(self._state.fontMetrics().horizontalAdvance("Live · working…"))
        self.strength = SliderSpin("Strength", 1, 100, prefix="Strength ", suffix=" %")
        self.strength.setToolTip("How much the model makes of what you painted")
        self.opacity = SliderSpin("Opacity", 0, 100, prefix="Opacity ", suffix=" %")
        self.opacity.setToolTip("How strongly its picture lies over yours")
        self.split = SliderSpin("Split", 0, 100, prefix="Split ", suffix=" %")
        self.split.setToolTip("How far from the left its picture shows; your own is on the right")
        self.keep = QPushButton("Keep")
        self.keep.setProperty("role", "primary")
        self.keep.setToolTip(context.actions["live_accept"].toolTip())
        self.keep.clicked.connect(context.actions["live_accept"].trigger)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 4, 8, 4)
        self._row.setSpacing(6)
        for widget in (self._state, self.strength, self.opacity, self.split, self.keep):
            self._row.addWidget(widget)
        self._row.addWidget(context.button("live_end"))
        self._fields = {"strength": self.strength, "opacity": self.opacity, "split": self.split}
        for name, field in self._fields.items():
            field.setFixedWidth(132)
            field.valueChanged.connect(lambda value, name=name: self._live.set(**{name: value / 100.0}))
        rest = Later(self._live.settle, pause_ms=REST_MS, parent=self)
        anew = Later(self._live.refresh, pause_ms=2 * REST_MS, parent=self)
        workspace = context.workspace
        self._bindings.subscribe(workspace.history.changed, rest.schedule)
        self._bindings.subscribe(workspace.queue.changed, rest.schedule)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._bindings.subscribe(workspace.frame_changed, anew.schedule)
        self._bindings.subscribe(workspace.settings.changed, anew.schedule)
        self._bindings.subscribe(self._live.changed, Later(self._refresh, parent=self).schedule)
        self._rest = rest
        self._workspace = workspace
        self._toggle = context.actions["live_canvas"]
        self._refresh()

    @property
    def text(self) -> str:
        return self._state.text()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        room = parent.width() - 2 * MARGIN_PX
        # In a narrow window the ways to look at it go first.
        for field, least in ((self.split, 700), (self.opacity, 560)):
            field.setVisible(room >= least)
        hint = self.sizeHint()
        width = min(hint.width(), room)
        self.setGeometry((parent.width() - width) // 2, MARGIN_PX, width, hint.height())
        self.raise_()

    def _on_document_replaced(self, _: object) -> None:
        self._bindings.subscribe(self._workspace.history.changed, self._rest.schedule)

    def _refresh(self) -> None:
        live = self._live
        self.setVisible(live.is_on)
        self._toggle.setChecked(live.is_on)
        self._state.setText("Live · working…" if live.is_working else "Live")
        self.keep.setEnabled(live.can_accept)
        for name, field in self._fields.items():
            shown = round(getattr(live.values, name) * 100)
            if round(field.value()) != shown:
                field.blockSignals(True)
                field.setValue(shown)
                field.blockSignals(False)
        self._row.activate()
        self.place()
