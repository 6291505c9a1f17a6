"""The layer stack as Qt sees it: the top layer first, visibility as a check mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from studio.core.geometry import Rect
from studio.document.changes import (
    CanvasChanged,
    Change,
    LayerAdded,
    LayerChanged,
    LayerMoved,
    LayerRemoved,
    TilesChanged,
)
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.pixels import TILE_PX, unpremultiply
from studio.ui.bind import Bindings
from studio.ui.canvas.qimage import straight_to_image
from studio.ui.later import Later
from studio.workspace.workspace import Workspace

MIME_TYPE = "application/x-underpaint-layer"
THUMBNAIL_PX = 64
THUMBNAIL_PAUSE_MS = 250

ID_ROLE = Qt.ItemDataRole.UserRole
IS_GENERATED_ROLE = Qt.ItemDataRole.UserRole + 1
THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole + 2
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3

Index = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractListModel):
    """Reads the document; what the artist changes goes through the workspace's verbs."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._bindings = Bindings()
        self._document_end = workspace.document.changed.subscribe(self._on_changed)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._thumbnails: dict[str, QImage] = {}
        self._stale: set[str] = set()
        self._thumbnails_later = Later(self._refresh_thumbnails, pause_ms=THUMBNAIL_PAUSE_MS, parent=self)

    def close(self) -> None:
        self._document_end()
        self._bindings.disconnect()
        self._thumbnails_later.stop()

    def layer(self, index: Index) -> Layer:
        layers = self._workspace.document.layers
        return layers[len(layers) - 1 - index.row()]

    def row_of(self, layer_id: str) -> int:
        layers = self._workspace.document.layers
        return len(layers) - 1 - layers.index(layer_id)

    # What Qt asks ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._workspace.document.layers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer = self.layer(index)
        properties = layer.properties
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return properties.name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if properties.is_visible else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return layer_tip(layer)
        if role == ID_ROLE:
            return layer.id
        if role == IS_GENERATED_ROLE:
            return layer.recipe is not None
        if role == THUMBNAIL_ROLE:
            return self._thumbnail(layer)
        if role == DETAIL_ROLE:
            return layer_detail(layer)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        layer = self.layer(index)
        if role == Qt.ItemDataRole.EditRole and str(value).strip():
            self._workspace.set_layer(layer.id, name=str(value).strip())
            return True
        if role == Qt.ItemDataRole.CheckStateRole:
            self._workspace.set_layer(layer.id, is_visible=not layer.properties.is_visible)
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        return (
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsEditable
            | flag.ItemIsUserCheckable
            | flag.ItemIsDragEnabled
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        if indexes:
            data.setData(MIME_TYPE, self.layer(indexes[0]).id.encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        layer_id = bytes(data.data(MIME_TYPE).data()).decode(errors="replace")
        layers = self._workspace.document.layers
        if layer_id not in layers.ids:
            return False
        row = len(layers) if row < 0 else row
        source = self.row_of(layer_id)
        # Rows are counted with the moved layer still in its place.
        target = row - 1 if row > source else row
        self._workspace.move_layer(layer_id, len(layers) - 1 - target)
        return False  # the document has moved it; Qt must not remove a row by itself

    # What the document tells ------------------------------------------------------------------------------------

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._on_changed)
        self._thumbnails.clear()
        self._reset()

    def _on_changed(self, change: Change) -> None:
        if isinstance(change, TilesChanged):
            if change.target.kind == "pixels" and change.target.layer_id is not None:
                self._stale.add(change.target.layer_id)
                self._thumbnails_later.schedule()
        elif isinstance(change, LayerChanged):
            row = self.row_of(change.layer_id)
            self.dataChanged.emit(self.index(row), self.index(row))
        elif isinstance(change, CanvasChanged):
            self._thumbnails.clear()
            self._emit_all()
        elif isinstance(change, LayerAdded | LayerRemoved | LayerMoved):
            self._reset()

    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _emit_all(self) -> None:
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def _refresh_thumbnails(self) -> None:
        for layer_id in self._stale:
            self._thumbnails.pop(layer_id, None)
        self._stale.clear()
        self._emit_all()

    def _thumbnail(self, layer: Layer) -> QImage:
        if layer.id not in self._thumbnails:
            self._thumbnails[layer.id] = straight_to_image(
                layer_thumbnail(layer, self._workspace.document.canvas, THUMBNAIL_PX)
            )
        return self._thumbnails[layer.id]


def layer_detail(layer: Layer) -> str:
    """What differs from an ordinary layer, in few words."""
    properties = layer.properties
    parts = [
        f"{round(properties.opacity * 100)} %" if properties.opacity < 1 else "",
        properties.blend_mode.replace("-", " ") if properties.blend_mode != "normal" else "",
        "drawn" if layer.recipe is not None and layer.recipe.is_drawn else "",
        f"seed {layer.recipe.seed}" if layer.recipe is not None else "",
    ]
    return " · ".join(part for part in parts if part)


def layer_tip(layer: Layer) -> str:
    if layer.recipe is None:
        return layer.properties.name
    recipe = layer.recipe
    if recipe.is_drawn:
        return f"{layer.properties.name}\nDrawn by the scene renderer, not generated · seed {recipe.seed}"
    return (
        f"{layer.properties.name}\n{recipe.model} · {recipe.sampler} · {recipe.steps} steps · "
        f"guidance {recipe.guidance_scale:g} · seed {recipe.seed}"
    )


def layer_thumbnail(layer: Layer, canvas: Rect, side_px: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Straight RGBA (h, w, 4) of the layer inside the canvas, at most side_px a side.

    Samples single pixels of the tiles instead of reading the layer: 0.4 ms instead of 30 ms at 4096 x 4096.
    """
    stride = max(1, -(-canvas.size.long_side // side_px))
    rows = np.arange(canvas.y + stride // 2, canvas.bottom, stride)
    columns = np.arange(canvas.x + stride // 2, canvas.right, stride)
    made = np.zeros((max(1, len(rows)), max(1, len(columns)), 4), np.uint8)
    for key in layer.surface.keys():  # noqa: SIM118 - a surface is no mapping
        tile = layer.surface.tile(key)
        in_rows = np.flatnonzero(rows // TILE_PX == key[1])
        in_columns = np.flatnonzero(columns // TILE_PX == key[0])
        if tile is not None and len(in_rows) and len(in_columns):
            sampled = tile[np.ix_(rows[in_rows] - key[1] * TILE_PX, columns[in_columns] - key[0] * TILE_PX)]
            made[np.ix_(in_rows, in_columns)] = sampled
    return unpremultiply(made)
