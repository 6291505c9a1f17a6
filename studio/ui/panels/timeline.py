"""The denoising timeline, under the canvas: the steps of the running picture or of the shown result, and what can be
done from one of them. Hidden when there are none."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.film_strip import FilmStrip
from studio.ui.widgets.labels import plain_label

MARGIN_PX = 12
MAX_WIDTH_PX = 900


class TimelineBar(QFrame):
    """The widget it lies on calls `place` when that widget is resized. height_changed: how much of its lower edge is
    taken."""

    height_changed = Signal(int)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._making = context.workspace.in_the_making
        self._bindings = Bindings()
        self._taken_px = 0
        self.setProperty("role", "card")
        self.setAccessibleName("Denoising timeline")
        self.strip = FilmStrip()
        self.strip.setToolTip("Drag to see the picture at any of its steps (Alt+, and Alt+.)")
        self.strip.looked.connect(self._making.look)
        pause = context.actions["making_pause"]
        self.pause = icon_button(context.icons, "pause", pause.toolTip())
        self.pause.clicked.connect(pause.trigger)
        self._label = plain_label("", role="small")
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance("Paused at 000 of 000"))
        self._running: list[QWidget] = [
            self.pause,
            context.button("making_end"),
            context.button("making_steer"),
        ]
        self._kept: list[QWidget] = [
            context.button("making_fork"),
            context.button("making_fork_seed"),
            context.button("making_keep_step"),
        ]
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(4)
        for widget in self._running:
            self._row.addWidget(widget)
        self._row.addWidget(self.strip, 1)
        self._row.addWidget(self._label)
        for widget in self._kept:
            self._row.addWidget(widget)
        refresh = Later(self._refresh, parent=self)
        self._bindings.subscribe(self._making.changed, refresh.schedule)
        self._refresh()

    @property
    def text(self) -> str:
        return self._label.text()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def place(self) -> None:
        """Puts it at the lower edge of its parent, centred."""
        parent = self.parentWidget()
        if parent is None:
            return
        room = parent.width() - 2 * MARGIN_PX
        # In a narrow window the numbers go before the pictures do.
        self._label.setVisible(room >= 480)
        width = min(self.sizeHint().width(), room, MAX_WIDTH_PX)
        height = self.sizeHint().height()
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - MARGIN_PX, width, height)
        self.raise_()
        taken = height + MARGIN_PX // 2 if not self.isHidden() else 0
        if taken != self._taken_px:
            self._taken_px = taken
            self.height_changed.emit(taken)

    def _refresh(self) -> None:
        making, timeline = self._making, self._making.timeline
        running = making.running
        is_running = timeline is not None and running is not None and running.id == timeline.job_id
        self.setVisible(timeline is not None and (timeline.total_steps > 1))
        if timeline is not None:
            shown = making.shown_step
            fork = timeline.request.fork
            self.strip.show_steps(
                timeline.pictures,
                timeline.total_steps,
                shown,
                first_own=1 if fork is None else fork.step + 1,
            )
            is_halted = is_running and making.is_paused and making.looked_at is None
            words = "Paused at" if is_halted else "Step"
            self._label.setText(f"{words} {shown} of {timeline.total_steps}")
        self._context.icons.put(self.pause, "play" if making.is_paused else "pause")
        for widget in self._running:
            widget.setVisible(is_running)
        for widget in self._kept:
            widget.setVisible(making.can_fork)
        self._row.activate()
        self.place()
