"""The layer stack: order, visibility, opacity, blending, names, and the recipes of generated layers."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.document.blend import BLEND_MODES
from studio.document.changes import ActiveLayerChanged, Change, LayerChanged
from studio.document.document import Document
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.panels.layer_list import LayerList
from studio.ui.panels.layer_model import LayerModel
from studio.ui.theme import Theme
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.slider_spin import SliderSpin

ADJUSTMENTS = (
    "layer_add_levels",
    "layer_add_curves",
    "layer_add_hue_saturation",
    "layer_add_brightness_contrast",
    "layer_add_fill",
)
PASS_THROUGH = "pass-through"
MENU_ACTIONS = (
    ("layer_settings", "layer_rename", "layer_duplicate", "layer_delete"),
    ("layer_group", "layer_ungroup", "layer_up", "layer_down"),
    ("layer_clip", "layer_solo", "layer_lock_alpha", "layer_lock_pixels", "layer_lock"),
    ("layer_mask_add", "layer_mask_paint", "layer_mask_invert", "layer_mask_switch", "layer_mask_show"),
    ("layer_mask_apply", "layer_mask_delete"),
    ("layer_merge_down", "layer_merge_group", "layer_flatten"),
    ("layer_recipe",),
)


class LayersPanel(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self._model = LayerModel(context.workspace, self)
        self.list = LayerList(self._model, context.icons)
        self.opacity = SliderSpin("Layer opacity", 0, 100, suffix=" %")
        self.opacity.setToolTip("How much of the active layer shows")
        self.blend = ChoiceBox("Blend mode")
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.list.delete_wanted.connect(context.actions["layer_delete"].trigger)
        self.list.settings_wanted.connect(context.actions["layer_settings"].trigger)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self._chosen_ids: tuple[str, ...] = ()
        self._model.modelReset.connect(self._on_reset)
        self.opacity.valueChanged.connect(self._on_opacity_edited)
        self.blend.chosen.connect(self._on_blend_chosen)
        self._document_end = context.workspace.document.changed.subscribe(self._on_document_changed)
        self._bindings.subscribe(context.workspace.document_replaced, self._on_document_replaced)
        self._show_active()

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """What a command for several layers is meant for: the chosen ones, or the active layer alone."""
        document = self._context.workspace.document
        chosen = tuple(layer_id for layer_id in self._chosen_ids if layer_id in document.layers)
        active_id = document.active_layer_id
        if active_id is None or active_id in chosen:
            return chosen
        return (active_id,)

    @property
    def theme(self) -> Theme:
        return self._context.icons.theme

    def rename(self) -> None:
        """Opens the name of the active layer for typing."""
        self.list.edit(self.list.currentIndex())

    def close_panel(self) -> None:
        self._document_end()
        self._bindings.disconnect()
        self._model.close()

    def _lay_out(self) -> None:
        """Two lines and the list: height is what the sidebar has least of."""
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.blend, 1)
        head.addSpacing(4)
        head.addWidget(self.opacity, 1)
        head.addSpacing(4)
        for action_id in ("layer_lock_alpha", "layer_lock_pixels", "layer_lock"):
            head.addWidget(self._context.button(action_id, icon_px=16))
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for action_id in ("layer_add", "layer_add_group", "layer_mask_add", "layer_clip", "layer_duplicate"):
            foot.addWidget(self._context.button(action_id))
        foot.insertWidget(2, self._adjust_button())
        foot.addStretch(1)
        foot.addWidget(self._context.button("layer_delete"))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def _adjust_button(self) -> QToolButton:
        """Opens the list of adjustments and fills; it is made when it is first wanted."""
        button = icon_button(
            self._context.icons, "adjust", "Add an adjustment or a fill above the active layer"
        )
        menu = QMenu(button)

        def fill() -> None:
            if menu.isEmpty():
                for action_id in ADJUSTMENTS:
                    menu.addAction(self._context.actions[action_id])

        menu.aboutToShow.connect(fill)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        return button

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
        for group in self._context.workspace.document.layers.ancestors(layer.id):
            self._context.workspace.layers.fold(group.id, False)
        row = self._model.row_of(layer.id)
        if row is not None and self.list.currentIndex().row() != row:
            with QSignalBlocker(self.list.selectionModel()):
                self.list.setCurrentIndex(self._model.index(row))
            self._chosen_ids = (layer.id,)
            self.list.viewport().update()
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(layer.properties.opacity * 100))
        passes_through = layer.is_group and not layer.properties.is_isolated
        self.blend.set_choices(
            blend_choices(layer.is_group), PASS_THROUGH if passes_through else layer.properties.blend_mode
        )

    def _on_reset(self) -> None:
        """The rows are new ones: what was chosen is chosen again."""
        chosen = self._chosen_ids
        self._show_active()
        active_id = self._context.workspace.document.active_layer_id
        if len(chosen) < 2 or active_id not in chosen:
            return
        selection = self.list.selectionModel()
        with QSignalBlocker(selection):
            for layer_id in chosen:
                row = self._model.row_of(layer_id)
                if row is not None:
                    selection.select(self._model.index(row), selection.SelectionFlag.Select)
        self._chosen_ids = chosen

    def _on_selection_changed(self) -> None:
        indexes = self.list.selectionModel().selectedIndexes()
        self._chosen_ids = tuple(self._model.layer(index).id for index in indexes)

    def _show_menu(self, spot: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in MENU_ACTIONS:
            for action_id in group:
                menu.addAction(self._context.actions[action_id])
            menu.addSeparator()
        menu.popup(self.list.viewport().mapToGlobal(spot))

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._context.workspace.select_layer(self._model.layer(current).id)

    def _on_opacity_edited(self, per_cent: float) -> None:
        if self._context.workspace.document.active_layer_id is not None:
            self._context.workspace.layers.set(self.chosen_ids, opacity=per_cent / 100)

    def _on_blend_chosen(self, blend_mode: str) -> None:
        layers = self._context.workspace.layers
        layer = self._context.workspace.document.active_layer
        if layer is None:
            return
        if blend_mode == PASS_THROUGH:
            layers.set(layer.id, is_isolated=False)
        elif layer.is_group:
            layers.set(layer.id, blend_mode=blend_mode, is_isolated=True)
        else:
            layers.set(self.chosen_ids, blend_mode=blend_mode)


def blend_choices(is_group: bool) -> tuple[Choice, ...]:
    """Grouped by what they do to the picture; a group can also pass its layers through."""
    choices = [
        Choice(identifier=PASS_THROUGH, label="Pass Through", note="Its layers blend with all that is below")
    ]
    choices = choices if is_group else []
    group = BLEND_MODES["normal"].group
    for mode in BLEND_MODES.values():
        choices.append(Choice(identifier=mode.id, label=mode.label, opens_group=mode.group != group))
        group = mode.group
    return tuple(choices)
