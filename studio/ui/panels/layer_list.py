"""The list of layers: several can be chosen, and they are dragged to another place, into groups and out of them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from studio.document.stack import Place
from studio.ui.icons import IconSet
from studio.ui.panels.layer_delegate import EYE_PX, INDENT_PX, ROW_PX, LayerDelegate
from studio.ui.panels.layer_model import MIME_TYPE, LayerModel

EDGE_SHARE = 4
"""The upper and the lower fourth of a group's row are gaps to drop into, the rest is the group itself."""


class LayerList(QListView):
    """settings_wanted: the picture of the current layer was pressed twice. delete_wanted: Delete was pressed."""

    settings_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, model: LayerModel, icons: IconSet) -> None:
        super().__init__()
        self._model = model
        self._icons = icons
        self._gap: tuple[int, int] | None = None
        self._target_row: int | None = None
        self.setAccessibleName("Layers")
        self.setModel(model)
        delegate = LayerDelegate(icons, self)
        delegate.settings_wanted.connect(self.settings_wanted)
        self.setItemDelegate(delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def sizeHint(self) -> QSize:
        return QSize(200, 4 * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * ROW_PX + 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right fold and unfold a group, as in every tree."""
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            group = self._model.layer(index)
            if group.is_group and group.is_collapsed == (event.key() == Qt.Key.Key_Right):
                self._model.fold(index)
                return
        if event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
            return
        super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Only the name hangs at the pointer: the rows themselves would cover where they are dropped."""
        indexes = self.selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData(indexes))
        text = str(indexes[0].data()) if len(indexes) == 1 else f"{len(indexes)} layers"
        drag.setPixmap(self._drag_label(text))
        drag.setHotSpot(QPoint(-14, -6))
        drag.exec(Qt.DropAction.MoveAction)

    def _drag_label(self, text: str) -> QPixmap:
        theme, metrics = self._icons.theme, self.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 160)
        ratio = self.devicePixelRatioF()
        size = QSize(metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
        label = QPixmap(size * ratio)
        label.setDevicePixelRatio(ratio)
        label.fill(QColor(theme.accent))
        painter = QPainter(label)
        painter.setPen(QColor(theme.accent_text))
        painter.drawText(QRect(QPoint(0, 0), size), int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()
        return label

    # Dragging -------------------------------------------------------------------------------------------------

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls at the edges
        if event.mimeData().hasFormat(MIME_TYPE):
            self._aim(event.position().toPoint())
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._forget_aim()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if not event.mimeData().hasFormat(MIME_TYPE):
            super().dropEvent(event)
            return
        self._aim(event.position().toPoint())
        place = self._place()
        self._forget_aim()
        self.stopAutoScroll()
        event.acceptProposedAction()
        self._model.drop(event.mimeData(), place)

    def _place(self) -> Place:
        if self._target_row is not None:
            return self._model.place_in(self._model.index(self._target_row))
        row, depth = self._gap or (-1, 0)
        return self._model.place_at(row, depth)

    def _aim(self, spot: QPoint) -> None:
        """A group to drop into, or a gap and how deep the pointer is in it."""
        self._gap = self._target_row = None
        index = self.indexAt(spot)
        depth = max(0, round((spot.x() - EYE_PX - INDENT_PX) / INDENT_PX))
        if not index.isValid():
            self._gap = self._model.rowCount(), depth
        else:
            rect = self.visualRect(index)
            edge = ROW_PX // EDGE_SHARE
            is_middle = rect.top() + edge <= spot.y() <= rect.bottom() - edge
            if self._model.layer(index).is_group and is_middle:
                self._target_row = index.row()
            else:
                self._gap = index.row() + (spot.y() > rect.center().y()), depth
        self.viewport().update()

    def _forget_aim(self) -> None:
        self._gap = self._target_row = None
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None and self._target_row is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(self._icons.theme.accent), 2))
        if self._target_row is not None:
            rect = self.visualRect(self._model.index(self._target_row))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        elif self._gap is not None:
            row, depth = self._gap
            place = self._model.place_at(row, depth)
            left = EYE_PX + self._model.depth_in(place.parent_id) * INDENT_PX
            y = self._gap_y(row)
            painter.drawLine(left, y, self.viewport().width() - 4, y)
        painter.end()

    def _gap_y(self, row: int) -> int:
        count = self._model.rowCount()
        if count == 0:
            return 1
        index: QModelIndex = self._model.index(min(row, count - 1))
        rect: QRect = self.visualRect(index)
        return max(1, rect.top() if row < count else rect.bottom())
