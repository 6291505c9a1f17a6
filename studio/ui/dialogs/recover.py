"""What a crash left behind, with a picture and a time: take it back, delete it, or leave it for another day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QWidget,
)

from studio.generation.request import UInt8Array
from studio.ui.canvas.qimage import straight_to_image
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.labels import plain_label
from studio.workspace.recovery import Leftover

THUMBNAIL_PX = 112
CHECK_PX = 7
CHECKS = ("#7d7d80", "#929295")
"""Behind what is transparent, as on the canvas."""

Picture = Callable[[Leftover, Callable[[UInt8Array | None], None]], None]
"""Asked for the small picture of a leftover; answers later with straight RGBA, or None when it cannot be read."""


class RecoverDialog(Dialog):
    """chosen: what is to be recovered once the dialog was accepted."""

    def __init__(
        self,
        leftovers: Sequence[Leftover],
        *,
        picture: Picture,
        delete: Callable[[Leftover], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, "Recover")
        self._delete_leftover = delete
        self._leftovers = list(leftovers)
        self.is_closed = False
        self.intro = plain_label(
            "The studio ended without closing these. Recovered work opens as it was at the last finished stroke, "
            "with its undo steps; nothing is overwritten.",
            role="muted",
            wraps=True,
        )
        self.list = QListWidget()
        self.list.setAccessibleName("Work to recover")
        self.list.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self.list.setSpacing(4)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.empty = plain_label("Nothing is left to recover.", role="muted")
        self.column.addWidget(self.intro)
        self.add_body(self.list)
        self.column.addWidget(self.empty)
        self._add_buttons()
        for leftover in leftovers:
            self._add(leftover, picture)
        self.list.itemDoubleClicked.connect(lambda _: self.accept())
        self.list.currentItemChanged.connect(lambda *_: self._refresh())
        if self._leftovers:
            self.list.setCurrentRow(0)
        self._refresh()
        self.resize(560, 440)

    @property
    def chosen(self) -> Leftover | None:
        row = self.list.currentRow()
        return self._leftovers[row] if row >= 0 else None

    def done(self, result: int) -> None:
        self.is_closed = True
        super().done(result)

    def _add_buttons(self) -> None:
        box = QDialogButtonBox()
        self.recover = QPushButton("Recover")
        self.recover.setDefault(True)
        self.delete = QPushButton("Delete…")
        self.delete.setToolTip("Throw the chosen work away for good")
        later = QPushButton("Not Now")
        later.setToolTip("It stays, and File > Recover shows it again")
        box.addButton(self.recover, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.delete, QDialogButtonBox.ButtonRole.DestructiveRole)
        box.addButton(later, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.delete.clicked.connect(self._on_delete_clicked)
        self._add_box(box)

    def _add(self, leftover: Leftover, picture: Picture) -> None:
        item = QListWidgetItem(self._blank_icon(), _told(leftover))
        item.setToolTip(str(leftover.project_path or "Never saved as a project"))
        self.list.addItem(item)

        def show(pixels: UInt8Array | None) -> None:
            if pixels is not None and not self.is_closed:
                item.setIcon(QIcon(_framed(pixels)))

        picture(leftover, show)

    def _blank_icon(self) -> QIcon:
        """As large as the pictures that come later, so that no line jumps."""
        blank = QPixmap(THUMBNAIL_PX, THUMBNAIL_PX)
        blank.fill(self.palette().color(self.palette().ColorRole.Window))
        return QIcon(blank)

    def _refresh(self) -> None:
        has_any = self.list.count() > 0
        self.list.setVisible(has_any)
        self.empty.setVisible(not has_any)
        for button in (self.recover, self.delete):
            button.setEnabled(self.chosen is not None)

    def _on_delete_clicked(self) -> None:
        leftover = self.chosen
        if leftover is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("Delete")
        box.setText("Delete this work for good?")
        box.setInformativeText(_told(leftover))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Discard | buttons.Cancel)
        box.button(buttons.Discard).setText("Delete")
        box.setDefaultButton(buttons.Cancel)
        answer = box.exec()
        box.deleteLater()
        if answer == buttons.Discard:
            self._delete_leftover(leftover)
            row = self.list.currentRow()
            del self._leftovers[row]
            self.list.takeItem(row)
            self._refresh()


def _told(leftover: Leftover) -> str:
    title = leftover.project_path.stem if leftover.project_path is not None else "Untitled"
    parts = []
    if leftover.steps:
        parts.append("1 step" if leftover.steps == 1 else f"{leftover.steps} steps")
    if leftover.candidates:
        parts.append("1 result" if leftover.candidates == 1 else f"{leftover.candidates} results")
    last = f"Last: {leftover.label}" if leftover.label else ""
    return "\n".join(
        line for line in (title, " and ".join(parts) + " not saved", _when(leftover.ended_s), last) if line
    )


def _when(seconds: float) -> str:
    try:
        then = datetime.fromtimestamp(seconds).astimezone()
    except (OverflowError, OSError, ValueError):
        return ""
    is_today = then.date() == datetime.now().astimezone().date()
    return then.strftime("today, %H:%M") if is_today else then.strftime("%d %B %Y, %H:%M")


def _framed(straight: UInt8Array) -> QPixmap:
    """In the middle of a square, so that wide and high pictures line up."""
    square = QPixmap(THUMBNAIL_PX, THUMBNAIL_PX)
    square.fill(Qt.GlobalColor.transparent)
    picture = QPixmap.fromImage(straight_to_image(straight)).scaled(
        square.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (THUMBNAIL_PX - picture.width()) // 2, (THUMBNAIL_PX - picture.height()) // 2
    painter = QPainter(square)
    for x in range(0, picture.width(), CHECK_PX):
        for y in range(0, picture.height(), CHECK_PX):
            shade = CHECKS[(x + y) // CHECK_PX % 2]
            painter.fillRect(left + x, top + y, CHECK_PX, CHECK_PX, QColor(shade))
    painter.drawPixmap(left, top, picture)
    painter.end()
    return square
