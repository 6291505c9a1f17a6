"""Draws one layer: eye, thumbnail, name, and a badge when a model made it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.ui.icons import IconSet, pixmap
from studio.ui.panels.layer_model import DETAIL_ROLE, IS_GENERATED_ROLE, THUMBNAIL_ROLE
from studio.ui.theme import SMALL_FONT_PX

ROW_PX = 44
EYE_PX = 28
THUMBNAIL_PX = 36
BADGE_PX = 16

Index = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    def __init__(self, icons: IconSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._icons.theme
        rect: QRect = option.rect
        widget: QWidget = option.widget
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        is_visible = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        eye = pixmap(
            "eye" if is_visible else "eye_off", theme.text if is_visible else theme.text_disabled, 18
        )
        painter.drawPixmap(_centred(eye_rect(rect), 18).topLeft(), eye)
        box = QRect(
            rect.x() + EYE_PX + 2, rect.y() + (rect.height() - THUMBNAIL_PX) // 2, THUMBNAIL_PX, THUMBNAIL_PX
        )
        self._paint_thumbnail(painter, box, index.data(THUMBNAIL_ROLE))
        right = rect.right() - 8
        if index.data(IS_GENERATED_ROLE):
            badge = QRect(right - BADGE_PX, rect.y() + (rect.height() - BADGE_PX) // 2, BADGE_PX, BADGE_PX)
            painter.drawPixmap(badge.topLeft(), pixmap("generate", theme.accent, BADGE_PX))
            right = badge.left() - 6
        text = QRect(box.right() + 9, rect.y(), right - box.right() - 9, rect.height())
        self._paint_text(
            painter, text, index, theme.text if is_visible else theme.text_muted, theme.text_muted
        )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Layer name")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        left = rect.x() + EYE_PX + THUMBNAIL_PX + 8
        editor.setGeometry(left, rect.y() + 8, rect.right() - left - 4, rect.height() - 16)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        rect: QRect = option.rect
        if isinstance(event, QMouseEvent) and eye_rect(rect).contains(event.position().toPoint()):
            if event.type() == QEvent.Type.MouseButtonRelease:
                model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
            return True
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
            return True
        return False

    def _paint_thumbnail(self, painter: QPainter, box: QRect, image: QImage) -> None:
        painter.fillRect(box, QColor(self._icons.theme.surface))
        _checker(painter, box)
        size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(
            box.x() + (box.width() - size.width()) // 2,
            box.y() + (box.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)

    def _paint_text(self, painter: QPainter, area: QRect, index: Index, color: str, muted: str) -> None:
        name, detail = str(index.data()), str(index.data(DETAIL_ROLE))
        painter.save()
        painter.setPen(QColor(color))
        font = painter.font()
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, area.width())
        upper = area.adjusted(0, 4, 0, -area.height() // 2 + 1) if detail else area
        painter.drawText(upper, int(flags), shown)
        if detail:
            small = QFont(font)
            small.setPixelSize(SMALL_FONT_PX)
            painter.setFont(small)
            painter.setPen(QColor(muted))
            shown = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area.adjusted(0, area.height() // 2 - 1, 0, -4), int(flags), shown)
        painter.restore()


def eye_rect(row: QRect) -> QRect:
    return QRect(row.x() + 2, row.y(), EYE_PX, row.height())


def _centred(area: QRect, side_px: int) -> QRect:
    return QRect(
        area.x() + (area.width() - side_px) // 2, area.y() + (area.height() - side_px) // 2, side_px, side_px
    )


def _checker(painter: QPainter, box: QRect) -> None:
    light, dark, cell = QColor("#9a9a9a"), QColor("#7c7c7c"), 6
    painter.fillRect(box, light)
    for row in range(0, box.height(), cell):
        for column in range((row // cell % 2) * cell, box.width(), 2 * cell):
            square = QRect(box.x() + column, box.y() + row, cell, cell).intersected(box)
            painter.fillRect(square, dark)
