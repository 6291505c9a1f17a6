"""The tree of layers as the rows of a list: the top layer first, what an open group holds indented below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.document.blend import blend_mode
from studio.document.changes import (
    ActiveLayerChanged,
    CanvasChanged,
    Change,
    GroupFolded,
    LayerAdded,
    LayerChanged,
    LayerMoved,
    LayerRemoved,
    Target,
    TilesChanged,
)
from studio.document.document import Document
from studio.document.layer import Layer
from studio.document.stack import Place
from studio.ui.bind import Bindings
from studio.ui.later import Later
from studio.ui.panels.layer_thumbnails import Thumbnails
from studio.workspace.workspace import Workspace

MIME_TYPE = "application/x-underpaint-layer"
THUMBNAIL_PAUSE_MS = 250

ID_ROLE = Qt.ItemDataRole.UserRole
IS_GENERATED_ROLE = Qt.ItemDataRole.UserRole + 1
THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole + 2
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3
ROW_ROLE = Qt.ItemDataRole.UserRole + 4
MASK_THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole + 5
IS_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 6
STALE_TIP = "\nWhat it was made from has changed: Layer › Generated › Bake Again"
IS_STALE_ROLE = Qt.ItemDataRole.UserRole + 60
FILL_ROLE = Qt.ItemDataRole.UserRole + 8
"""(red, green, blue) of a colour fill."""
PART_ROLE = Qt.ItemDataRole.UserRole + 7
"""What of the active layer the brush meets, where it has a mask; else empty."""

Index = QModelIndex | QPersistentModelIndex


class Row(NamedTuple):
    """depth: how many groups lie around it."""

    layer: Layer
    depth: int


class LayerModel(QAbstractListModel):
    """Reads the document; what the artist changes goes through the workspace's verbs."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._bindings = Bindings()
        self._document_end = workspace.document.changed.subscribe(self._on_changed)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._bindings.subscribe(workspace.bakes.changed, self._on_bakes_changed)
        self._thumbnails = Thumbnails()
        self._stale: set[Target] = set()
        self._thumbnails_later = Later(self._refresh_thumbnails, pause_ms=THUMBNAIL_PAUSE_MS, parent=self)
        self._rows: list[Row] = []
        self._row_numbers: dict[str, int] = {}
        self._read_rows()

    def close(self) -> None:
        self._document_end()
        self._bindings.disconnect()
        self._thumbnails_later.stop()

    def _on_bakes_changed(self, _: None) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [IS_STALE_ROLE])

    def layer(self, index: Index) -> Layer:
        return self._rows[index.row()].layer

    def row_of(self, layer_id: str) -> int | None:
        """None while a group around it is folded."""
        return self._row_numbers.get(layer_id)

    # What Qt asks ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        layer, properties = row.layer, row.layer.properties
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return properties.name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if properties.is_visible else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            is_stale = layer.id in self._workspace.bakes.stale
            return layer_tip(layer) + (STALE_TIP if is_stale else "")
        if role == ROW_ROLE:
            return row
        if role == ID_ROLE:
            return layer.id
        if role == IS_GENERATED_ROLE:
            return layer.recipe is not None
        if role == THUMBNAIL_ROLE:
            return self._thumbnails.of_pixels(self._workspace.document, layer)
        if role == MASK_THUMBNAIL_ROLE:
            return self._thumbnails.of_mask(self._workspace.document, layer)
        if role == IS_STALE_ROLE:
            return layer.id in self._workspace.bakes.stale
        if role == IS_SHOWN_ROLE:
            return self._workspace.document.layers.is_shown(layer.id)
        if role == DETAIL_ROLE:
            return layer_detail(layer)
        if role == FILL_ROLE:
            return getattr(layer.effect, "color", None)
        if role == PART_ROLE:
            target = self._workspace.document.active_target
            is_active = layer.mask is not None and target is not None and target.layer_id == layer.id
            return target.kind if is_active and target is not None else ""
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

    def fold(self, index: Index) -> None:
        """Lists what a group holds, or no longer."""
        group = self.layer(index)
        if not group.is_group:
            return
        document, layers = self._workspace.document, self._workspace.layers
        active_id = document.active_layer_id
        if (
            not group.is_collapsed
            and active_id is not None
            and document.layers.is_within(active_id, group.id)
        ):
            layers.select(group.id)
        layers.fold(group.id, not group.is_collapsed)

    def solo(self, index: Index) -> None:
        self._workspace.layers.solo(self.layer(index).id)

    def choose_part(self, index: Index, *, mask: bool) -> None:
        """What the brush meets: the mask or the picture."""
        self._workspace.layers.choose_part(self.layer(index).id, mask)

    def switch_mask(self, index: Index) -> None:
        layer = self.layer(index)
        self._workspace.set_layer(layer.id, is_mask_enabled=not layer.properties.is_mask_enabled)

    def show_mask(self, index: Index) -> None:
        document, layer_id = self._workspace.document, self.layer(index).id
        is_shown = document.shows_mask and document.active_layer_id == layer_id
        self._workspace.layers.show_mask(layer_id, not is_shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        flags = (
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsEditable
            | flag.ItemIsUserCheckable
            | flag.ItemIsDragEnabled
        )
        return flags | flag.ItemIsDropEnabled if self.layer(index).is_group else flags

    # Dragging -------------------------------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        if indexes:
            data.setData(MIME_TYPE, "\n".join(self.layer(index).id for index in indexes).encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Qt's own way; the list itself knows how deep the pointer is and calls `drop`."""
        self.drop(data, self.place_in(parent) if parent.isValid() else self.place_at(row, 0))
        return False  # the document has moved it; Qt must not remove a row by itself

    def drop(self, data: QMimeData, place: Place) -> None:
        layers = self._workspace.document.layers
        ids = bytes(data.data(MIME_TYPE).data()).decode(errors="replace").split("\n")
        ids = [layer_id for layer_id in ids if layer_id in layers]
        around = (
            () if place.parent_id is None else (place.parent_id, *_ids(layers.ancestors(place.parent_id)))
        )
        if ids and not set(ids) & set(around):
            self._workspace.layers.move(ids, place)

    def depth_in(self, parent_id: str | None) -> int:
        """How deep lies what a group holds."""
        return 0 if parent_id is None else len(self._workspace.document.layers.ancestors(parent_id)) + 1

    def place_in(self, index: Index) -> Place:
        """At the top of a group."""
        group = self.layer(index)
        return Place(len(group.members), group.id)

    def place_at(self, row: int, depth: int) -> Place:
        """Between `row` and the one above it, in the group whose depth comes nearest: where an open group ends, the
        same gap lies in it and outside."""
        choices = self._gaps(len(self._rows) if row < 0 else row)
        return min(choices, key=lambda choice: abs(choice[0] - depth))[1]

    def _gaps(self, row: int) -> list[tuple[int, Place]]:
        """(depth, place) of every place a gap between two rows can mean."""
        layers = self._workspace.document.layers
        gaps: list[tuple[int, Place]] = []
        if row < len(self._rows):
            below = self._rows[row]
            index, parent_id = layers.place(below.layer.id)
            gaps.append((below.depth, Place(index + 1, parent_id)))
        least = gaps[0][0] if gaps else 0
        if row > 0:
            above = self._rows[row - 1]
            if above.layer.children == [] and not above.layer.is_collapsed:
                gaps.append((above.depth + 1, Place(0, above.layer.id)))
            around = (above.layer, *layers.ancestors(above.layer.id))
            for depth, layer in zip(range(above.depth, least - 1, -1), around, strict=False):
                gaps.append((depth, layers.place(layer.id)))
            if above.layer.children and not above.layer.is_collapsed:
                # The gap right under an open group's own row lies in it.
                gaps = gaps[:1]
        return gaps or [(0, Place(0))]

    # What the document tells ------------------------------------------------------------------------------------

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._on_changed)
        self._thumbnails.clear()
        self._reset()

    def _on_changed(self, change: Change) -> None:
        if isinstance(change, TilesChanged):
            if change.target.layer_id is not None:
                self._stale.add(change.target)
                self._thumbnails_later.schedule()
        elif isinstance(change, LayerChanged):
            layer = self._workspace.document.layers.layer(change.layer_id)
            self._thumbnails.forget(Target.mask(layer.id))
            if layer.is_group:
                # What it holds is dimmed with it.
                self._emit_all()
            elif (row := self.row_of(layer.id)) is not None:
                self.dataChanged.emit(self.index(row), self.index(row))
        elif isinstance(change, CanvasChanged):
            self._thumbnails.clear()
            self._emit_all()
        elif isinstance(change, ActiveLayerChanged):
            self._emit_all()
        elif isinstance(change, LayerAdded | LayerRemoved | LayerMoved | GroupFolded):
            self._reset()

    def _reset(self) -> None:
        self.beginResetModel()
        self._read_rows()
        self.endResetModel()

    def _read_rows(self) -> None:
        self._rows = _rows_of(self._workspace.document)
        self._row_numbers = {row.layer.id: number for number, row in enumerate(self._rows)}

    def _emit_all(self) -> None:
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def _refresh_thumbnails(self) -> None:
        for target in self._stale:
            self._thumbnails.forget(target)
            row = self.row_of(target.layer_id or "")
            if row is not None:
                self.dataChanged.emit(self.index(row), self.index(row))
        self._stale.clear()


def _rows_of(document: Document) -> list[Row]:
    rows: list[Row] = []

    def add(layers: Sequence[Layer], depth: int) -> None:
        for layer in reversed(layers):
            rows.append(Row(layer, depth))
            if layer.children and not layer.is_collapsed:
                add(layer.children, depth + 1)

    add(document.layers.roots, 0)
    return rows


def _ids(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(layer.id for layer in layers)


def layer_detail(layer: Layer) -> str:
    """What differs from an ordinary layer, in few words."""
    properties = layer.properties
    mode = blend_mode(properties.blend_mode)
    label = mode.label if mode.id == properties.blend_mode else properties.blend_mode
    if layer.is_group and not properties.is_isolated:
        label = "Pass Through"
    parts = [
        f"{round(properties.opacity * 100)} %" if properties.opacity < 1 else "",
        label if label != "Normal" else "",
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
