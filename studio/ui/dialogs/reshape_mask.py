"""How many pixels the mask grows, shrinks or softens; the canvas shows it while it is being chosen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from studio.document.morphology import MAX_RADIUS_PX
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.masks import RESHAPE_LABELS, Reshaping

PREVIEW_DELAY_MS = 30
CORNER_PX = (56, 76)
QUESTIONS = {
    "grow": "How much wider?",
    "shrink": "How much narrower?",
    "feather": "How soft shall the edge be?",
    "border": "How wide shall the band be?",
    "smooth": "How large are the bumps to round off?",
}


class ReshapeMaskDialog(Dialog):
    """Keeps or gives back the mask when it closes."""

    def __init__(
        self, name: str, reshaping: Reshaping, radius_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, RESHAPE_LABELS[name])
        self._reshaping = reshaping
        self.radius_px = SliderSpin("Radius", 1, MAX_RADIUS_PX, suffix=" px", curve=2.5)
        self.radius_px.setValue(radius_px)
        self.add_body(plain_label(QUESTIONS[name], buddy=self.radius_px))
        self.add_body(self.radius_px)
        self.add_buttons(RESHAPE_LABELS[name].split()[0])
        self.setMinimumWidth(320)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self._show)
        self.radius_px.valueChanged.connect(lambda _: self._timer.start())
        self.radius_px.committed.connect(self.accept)
        self._show()

    @property
    def radius(self) -> int:
        return round(self.radius_px.value())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            # In a corner: in the middle it would hide what it changes.
            self.move(parent.mapToGlobal(QPoint(*CORNER_PX)))

    def done(self, result: int) -> None:
        self._timer.stop()
        if result:
            self._show()
            self._reshaping.keep()
        else:
            self._reshaping.cancel()
        super().done(result)

    def _show(self) -> None:
        self._reshaping.show(self.radius)
