"""Draws one layer: eye, fold mark, thumbnails of picture and mask, name, marks of what is special about it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from studio.document.layer import Layer
from studio.document.operations import SOLID_COLOR
from studio.ui.icons import IconSet, pixmap
from studio.ui.panels.layer_model import (
    DETAIL_ROLE,
    FILL_ROLE,
    IS_SHOWN_ROLE,
    IS_STALE_ROLE,
    MASK_THUMBNAIL_ROLE,
    PART_ROLE,
    ROW_ROLE,
    THUMBNAIL_ROLE,
    LayerModel,
    Row,
)
from studio.ui.theme import SMALL_FONT_PX

ROW_PX = 40
EYE_PX = 28
THUMBNAIL_PX = 32
MARK_PX = 16
INDENT_PX = 12
MAX_INDENTS = 6
FOLD_PX = 16
CLIP_PX = 12
EFFECT_ICONS = {
    "levels": "levels",
    "curves": "curves",
    "hue-saturation": "hue",
    "brightness-contrast": "adjust",
}
EYE_TIP = "Show or hide. With Alt: show only this layer"
FOLD_TIP = "List what the group holds"
MASK_TIP = "Paint on the mask: white shows, black hides. With Shift: on or off. With Alt: tint what it hides"

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, kw_only=True)
class RowParts:
    """Where the parts of one row lie; an empty rectangle for what it does not have."""

    eye: QRect
    fold: QRect
    clip: QRect
    thumbnail: QRect
    mask: QRect
    text: QRect


def row_parts(rect: QRect, row: Row) -> RowParts:
    layer = row.layer
    left = rect.x() + EYE_PX + 2 + min(row.depth, MAX_INDENTS) * INDENT_PX
    top = rect.y() + (rect.height() - THUMBNAIL_PX) // 2
    fold = clip = mask = QRect()
    if layer.properties.is_clipped:
        clip = QRect(left, rect.y(), CLIP_PX, rect.height())
        left = clip.right() + 1
    if layer.is_group:
        fold = QRect(left, rect.y(), FOLD_PX, rect.height())
        left = fold.right() + 1
    side = FOLD_PX + 6 if layer.is_group else THUMBNAIL_PX
    thumbnail = QRect(left, top, side, THUMBNAIL_PX)
    left = thumbnail.right() + 1
    if layer.mask is not None:
        mask = QRect(left + 4, top, THUMBNAIL_PX, THUMBNAIL_PX)
        left = mask.right() + 1
    text = QRect(left + 8, rect.y(), max(0, rect.right() - 8 - left - 8), rect.height())
    return RowParts(eye=eye_rect(rect), fold=fold, clip=clip, thumbnail=thumbnail, mask=mask, text=text)


def eye_rect(row: QRect) -> QRect:
    return QRect(row.x() + 2, row.y(), EYE_PX, row.height())


class LayerDelegate(QStyledItemDelegate):
    """settings_wanted: the picture of a layer was pressed twice."""

    settings_wanted = Signal()

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
        row: Row = index.data(ROW_ROLE)
        layer, parts = row.layer, row_parts(rect, row)
        is_visible, is_shown = layer.properties.is_visible, bool(index.data(IS_SHOWN_ROLE))
        eye_color = theme.text if is_shown else theme.text_disabled
        _icon(painter, parts.eye, "eye" if is_visible else "eye_off", eye_color, 18)
        if layer.properties.is_clipped:
            _icon(painter, parts.clip, "clip", theme.text_muted, CLIP_PX)
        if layer.is_group:
            mark = "next" if layer.is_collapsed else "expand"
            _icon(painter, parts.fold, mark, theme.text_muted, 14)
            _icon(painter, parts.thumbnail, "group", theme.text if is_shown else theme.text_muted, 20)
        elif layer.effect is None:
            self._paint_thumbnail(painter, parts.thumbnail, index.data(THUMBNAIL_ROLE))
        elif layer.effect.kind == SOLID_COLOR:
            painter.fillRect(parts.thumbnail, QColor(*index.data(FILL_ROLE)))
        else:
            painter.fillRect(parts.thumbnail, QColor(theme.surface))
            _icon(painter, parts.thumbnail, EFFECT_ICONS[layer.effect.kind], theme.text, 20)
        if layer.mask is not None:
            self._paint_mask(painter, parts.mask, index.data(MASK_THUMBNAIL_ROLE), layer)
        part = index.data(PART_ROLE)
        if part:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(parts.mask if part == "mask" else parts.thumbnail)
        text = self._paint_marks(painter, parts.text, layer, is_stale=bool(index.data(IS_STALE_ROLE)))
        self._paint_text(painter, text, index, theme.text if is_shown else theme.text_muted)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Layer name")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        text = row_parts(rect, index.data(ROW_ROLE)).text
        left = min(text.x() - 6, rect.right() - 90)
        editor.setGeometry(left, rect.y() + 8, rect.right() - left - 4, rect.height() - 16)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if isinstance(event, QMouseEvent):
            return self._on_mouse(event, model, row_parts(option.rect, index.data(ROW_ROLE)), index)
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
            return True
        return False

    def _on_mouse(self, event: QMouseEvent, model: QAbstractItemModel, parts: RowParts, index: Index) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or not isinstance(model, LayerModel):
            return False
        spot, keys = event.position().toPoint(), event.modifiers()
        is_release = event.type() == QEvent.Type.MouseButtonRelease
        if parts.thumbnail.contains(spot):
            if is_release and keys == Qt.KeyboardModifier.NoModifier:
                model.choose_part(index, mask=False)
            if event.type() != QEvent.Type.MouseButtonDblClick:
                return False  # a press chooses the row
            self.settings_wanted.emit()
            return True
        if parts.eye.contains(spot):
            if is_release and keys & Qt.KeyboardModifier.AltModifier:
                model.solo(index)
            elif is_release:
                model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
        elif parts.fold.contains(spot):
            if is_release:
                model.fold(index)
        elif parts.mask.contains(spot):
            if is_release and keys & Qt.KeyboardModifier.ShiftModifier:
                model.switch_mask(index)
            elif is_release and keys & Qt.KeyboardModifier.AltModifier:
                model.show_mask(index)
            elif is_release:
                model.choose_part(index, mask=True)
        else:
            return False
        return True

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        row = index.data(ROW_ROLE)
        if row is not None:
            parts, spot = row_parts(option.rect, row), event.pos()
            for area, tip in ((parts.eye, EYE_TIP), (parts.mask, MASK_TIP), (parts.fold, FOLD_TIP)):
                if area.contains(spot):
                    QToolTip.showText(event.globalPos(), tip, view)
                    return True
        return super().helpEvent(event, view, option, index)

    def _paint_thumbnail(self, painter: QPainter, box: QRect, image: QImage) -> None:
        painter.fillRect(box, QColor(self._icons.theme.surface))
        _checker(painter, box)
        _picture(painter, box, image)

    def _paint_mask(self, painter: QPainter, box: QRect, image: QImage, layer: Layer) -> None:
        painter.fillRect(box, QColor("#000000"))
        _picture(painter, box, image)
        if not layer.properties.is_mask_enabled:
            painter.setPen(QPen(QColor(self._icons.theme.danger), 2))
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.topRight(), box.bottomLeft())

    def _paint_marks(self, painter: QPainter, area: QRect, layer: Layer, *, is_stale: bool) -> QRect:
        """From the right: made by a model (or no longer what it was made from), locked. Returns what is left for the name."""
        theme, properties = self._icons.theme, layer.properties
        marks = []
        if layer.recipe is not None:
            marks.append(("retry", theme.warning) if is_stale else ("generate", theme.accent))
        if properties.is_locked:
            marks.append(("lock", theme.text_muted))
        elif properties.are_pixels_locked:
            marks.append(("lock_pixels", theme.text_muted))
        elif properties.is_alpha_locked:
            marks.append(("lock_alpha", theme.text_muted))
        right = area.right()
        for name, color in marks:
            box = QRect(right - MARK_PX, area.y(), MARK_PX, area.height())
            _icon(painter, box, name, color, MARK_PX)
            right = box.left() - 4
        return area.adjusted(0, 0, right - area.right(), 0)

    def _paint_text(self, painter: QPainter, area: QRect, index: Index, color: str) -> None:
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
            painter.setPen(QColor(self._icons.theme.text_muted))
            shown = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area.adjusted(0, area.height() // 2 - 1, 0, -4), int(flags), shown)
        painter.restore()


def _icon(painter: QPainter, area: QRect, name: str, color: str, side_px: int) -> None:
    x, y = area.x() + (area.width() - side_px) // 2, area.y() + (area.height() - side_px) // 2
    painter.drawPixmap(x, y, pixmap(name, color, side_px))


def _picture(painter: QPainter, box: QRect, image: QImage) -> None:
    size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(
        box.x() + (box.width() - size.width()) // 2,
        box.y() + (box.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)


def _checker(painter: QPainter, box: QRect) -> None:
    light, dark, cell = QColor("#9a9a9a"), QColor("#7c7c7c"), 6
    painter.fillRect(box, light)
    for row in range(0, box.height(), cell):
        for column in range((row // cell % 2) * cell, box.width(), 2 * cell):
            square = QRect(box.x() + column, box.y() + row, cell, cell).intersected(box)
            painter.fillRect(square, dark)
