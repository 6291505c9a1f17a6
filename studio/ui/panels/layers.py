"""The layer stack: order, visibility, opacity, blending, names, and the recipes of generated layers."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from studio.document.blend import BLEND_MODES
from studio.document.changes import ActiveLayerChanged, Change, LayerChanged
from studio.document.document import Document
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.panels.layer_delegate import ROW_PX, LayerDelegate
from studio.ui.panels.layer_model import LayerModel
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.slider_spin import SliderSpin


class LayerList(QListView):
    def sizeHint(self) -> QSize:
        return QSize(200, 4 * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * ROW_PX + 8)


class LayersPanel(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self._model = LayerModel(context.workspace, self)
        self.list = LayerList()
        self.list.setAccessibleName("Layers")
        self.list.setModel(self._model)
        self.list.setItemDelegate(LayerDelegate(context.icons, self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.opacity = SliderSpin("Layer opacity", 0, 100, prefix="Opacity ", suffix=" %")
        self.opacity.setToolTip("How much of the active layer shows")
        self.blend = ChoiceBox("Blend mode")
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._model.modelReset.connect(self._show_active)
        self.opacity.valueChanged.connect(self._on_opacity_edited)
        self.blend.chosen.connect(self._on_blend_chosen)
        self._document_end = context.workspace.document.changed.subscribe(self._on_document_changed)
        self._bindings.subscribe(context.workspace.document_replaced, self._on_document_replaced)
        self._show_active()

    def rename(self) -> None:
        """Opens the name of the active layer for typing."""
        self.list.edit(self.list.currentIndex())

    def close_panel(self) -> None:
        self._document_end()
        self._bindings.disconnect()
        self._model.close()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.blend, 1)
        head.addWidget(self.opacity, 1)
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for action_id in ("layer_add", "layer_duplicate", "layer_up", "layer_down", "layer_recipe"):
            foot.addWidget(self._context.button(action_id))
        foot.addStretch(1)
        foot.addWidget(self._context.button("layer_delete"))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def _on_document_replaced(self, document: Document) -> None:
        self._document_end()
        self._document_end = document.changed.subscribe(self._on_document_changed)
        self._show_active()

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, ActiveLayerChanged | LayerChanged):
            self._show_active()

    def _show_active(self) -> None:
        layer = self._context.workspace.document.active_layer
        for widget in (self.opacity, self.blend):
            widget.setEnabled(layer is not None)
        if layer is None or layer.id not in self._context.workspace.document.layers.ids:
            return
        row = self._model.row_of(layer.id)
        if self.list.currentIndex().row() != row:
            with QSignalBlocker(self.list.selectionModel()):
                self.list.setCurrentIndex(self._model.index(row))
            self.list.viewport().update()
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(layer.properties.opacity * 100))
        choices = [Choice(identifier=mode.id, label=mode.label) for mode in BLEND_MODES.values()]
        self.blend.set_choices(choices, layer.properties.blend_mode)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._context.workspace.select_layer(self._model.layer(current).id)

    def _on_opacity_edited(self, per_cent: float) -> None:
        layer_id = self._context.workspace.document.active_layer_id
        if layer_id is not None:
            self._context.workspace.set_layer(layer_id, opacity=per_cent / 100)

    def _on_blend_chosen(self, blend_mode: str) -> None:
        layer_id = self._context.workspace.document.active_layer_id
        if layer_id is not None:
            self._context.workspace.set_layer(layer_id, blend_mode=blend_mode)
