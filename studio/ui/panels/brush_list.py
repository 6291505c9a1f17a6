"""Brushes as painted strokes, in a grid."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.brushes.brush import Brush
from studio.brushes.preset import Preset
from studio.core.geometry import Size
from studio.document.pixels import RGB, UInt8Array
from studio.ui.canvas.qimage import copy_to_image, to_native
from studio.ui.theme import RADIUS_PX
from studio.workspace.background import Background
from studio.workspace.brush_sample import sample_stroke

Index = QModelIndex | QPersistentModelIndex

SAMPLE = Size(96, 44)
COLUMNS = 3
NAME_PX = 18
INSET_PX = 4


class BrushModel(QAbstractListModel):
    """Presets whose name holds what is searched for. Strokes are drawn on the background's thread, when a brush is
    first seen, and kept."""

    def __init__(self, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._background = background
        self._shown: list[Preset] = []
        self._strokes: dict[tuple[Brush, str, RGB, float], QImage] = {}
        self._wanted: set[tuple[Brush, str, RGB, float]] = set()
        self._is_closed = False

    def show_presets(self, presets: list[Preset]) -> None:
        if presets != self._shown:
            self.beginResetModel()
            self._shown = presets
            self.endResetModel()

    def close(self) -> None:
        self._is_closed = True

    def preset(self, index: Index) -> Preset:
        return self._shown[index.row()]

    def row_of(self, preset_id: str) -> int | None:
        return next((row for row, preset in enumerate(self._shown) if preset.id == preset_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        preset = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return preset.name
        if role == Qt.ItemDataRole.ToolTipRole:
            own = " · yours" if preset.is_own else ""
            return f"{preset.name}, {preset.brush.size_px:.0f} px{own}"
        return None

    def stroke(self, preset: Preset, color: RGB, pixel_ratio: float) -> QImage | None:
        """None until it is drawn."""
        key = (preset.brush, preset.tool_id, color, pixel_ratio)
        if key not in self._strokes and key not in self._wanted:
            self._wanted.add(key)
            size = Size(round(SAMPLE.width * pixel_ratio), round(SAMPLE.height * pixel_ratio))

            def done(pixels: UInt8Array) -> None:
                if not self._is_closed:
                    image = copy_to_image(to_native(pixels))
                    image.setDevicePixelRatio(pixel_ratio)
                    self._strokes[key] = image
                    row = self.row_of(preset.id)
                    if row is not None:
                        self.dataChanged.emit(self.index(row), self.index(row))

            self._background.run(
                lambda: sample_stroke(preset.brush, preset.tool_id, size, color),
                done=done,
                failed=lambda _: None,
            )
        return self._strokes.get(key)


class BrushDelegate(QStyledItemDelegate):
    """The stroke over the name; a frame around the brush in hand."""

    def __init__(self, model: BrushModel, parent: QListView) -> None:
        super().__init__(parent)
        self._model = model
        self._list = parent
        self.chosen_id = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = max(60, (self._list.viewport().width() - 2) // COLUMNS)
        return QSize(width, SAMPLE.height + NAME_PX + 2 * INSET_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        preset = self._model.preset(index)
        text = palette.color(QPalette.ColorRole.Text)
        card = QRectF(rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = preset.id == self.chosen_id
        if is_chosen or state & QStyle.StateFlag.State_MouseOver or state & QStyle.StateFlag.State_HasFocus:
            fill = QColor(palette.color(QPalette.ColorRole.Highlight))
            fill.setAlpha(60 if is_chosen else 28)
            painter.setPen(
                QColor(palette.color(QPalette.ColorRole.Highlight)) if is_chosen else Qt.PenStyle.NoPen
            )
            painter.setBrush(fill)
            painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        color = RGB(text.red(), text.green(), text.blue())
        image = self._model.stroke(preset, color, self._list.devicePixelRatioF())
        if image is not None:
            width = min(float(SAMPLE.width), card.width() - 2 * INSET_PX)
            height = SAMPLE.height * width / SAMPLE.width
            target = QRectF(
                card.center().x() - width / 2,
                card.y() + INSET_PX + (SAMPLE.height - height) / 2,
                width,
                height,
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, image)
        below = QRectF(card.x() + INSET_PX, card.bottom() - NAME_PX, card.width() - 2 * INSET_PX, NAME_PX - 2)
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        name = painter.fontMetrics().elidedText(preset.name, Qt.TextElideMode.ElideRight, int(below.width()))
        painter.setPen(text if is_chosen else palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


class BrushList(QListView):
    """chosen: the id of a preset that was clicked, or on which Enter was pressed."""

    chosen = Signal(str)

    def __init__(self, model: BrushModel) -> None:
        super().__init__()
        self._model = model
        self.setAccessibleName("Brushes")
        self.setModel(model)
        self._delegate = BrushDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.clicked.connect(self._on_activated)
        self.activated.connect(self._on_activated)

    def sizeHint(self) -> QSize:
        return QSize(240, 4 * (SAMPLE.height + NAME_PX + 2 * INSET_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(180, SAMPLE.height + NAME_PX + 2 * INSET_PX)

    def show_chosen(self, preset_id: str) -> None:
        if preset_id == self._delegate.chosen_id:
            return
        self._delegate.chosen_id = preset_id
        row = self._model.row_of(preset_id)
        if row is not None:
            index = self._model.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.viewport().update()

    def preset_at(self, spot: QPoint) -> Preset | None:
        index = self.indexAt(spot)
        return self._model.preset(index) if index.isValid() else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _on_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.preset(index).id)
