"""What the actions of the layer menu do: short sentences to the workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.panels.layers import LayersPanel


class LayerCommands:
    """Those that make sense for several layers take what is chosen in the panel; the others the active layer."""

    def __init__(self, workspace: Workspace, get_panel: Callable[[], LayersPanel]) -> None:
        self._workspace = workspace
        self._get_panel = get_panel

    def handlers(self) -> dict[str, Callable[[], None]]:
        workspace = self._workspace
        return {
            "layer_add": lambda: _ignore(workspace.add_layer()),
            "layer_add_group": lambda: _ignore(workspace.layers.add_group()),
            "layer_duplicate": lambda: _ignore(workspace.layers.duplicate(self._chosen())),
            "layer_delete": lambda: workspace.layers.delete(self._chosen()),
            "layer_group": lambda: _ignore(workspace.layers.group(self._chosen())),
            "layer_ungroup": lambda: self._with_layer(workspace.layers.ungroup),
            "layer_up": lambda: self._with_layer(lambda id: workspace.layers.step(id, True)),
            "layer_down": lambda: self._with_layer(lambda id: workspace.layers.step(id, False)),
            "layer_above": lambda: self._select_next(1),
            "layer_below": lambda: self._select_next(-1),
            "layer_visible": lambda: self._toggle("is_visible"),
            "layer_merge_down": lambda: self._with_layer(workspace.layers.merge_down),
            "layer_merge_group": lambda: self._with_layer(workspace.layers.merge_group),
            "layer_flatten": lambda: workspace.layers.flatten(),
            "layer_from_visible": lambda: workspace.layers.add_visible(),
            "layer_mask_add": lambda: self._with_layer(workspace.layers.add_mask),
            "layer_mask_apply": lambda: self._with_layer(workspace.layers.apply_mask),
            "layer_mask_delete": lambda: self._with_layer(workspace.layers.delete_mask),
            "layer_mask_invert": lambda: self._with_layer(workspace.layers.invert_mask),
            "layer_mask_switch": lambda: self._toggle("is_mask_enabled"),
            "layer_mask_paint": self._choose_part,
            "layer_mask_show": self._show_mask,
            "layer_clip": lambda: self._toggle("is_clipped"),
            "layer_solo": lambda: self._with_layer(workspace.layers.solo),
            "layer_lock": lambda: self._toggle("is_locked"),
            "layer_lock_pixels": lambda: self._toggle("are_pixels_locked"),
            "layer_lock_alpha": lambda: self._toggle("is_alpha_locked"),
        }

    def _chosen(self) -> Sequence[str]:
        return self._get_panel().chosen_ids

    def _with_layer(self, verb: Callable[[str], None]) -> None:
        layer_id = self._workspace.document.active_layer_id
        if layer_id is not None:
            verb(layer_id)

    def _select_next(self, offset: int) -> None:
        layers = self._workspace.document.layers

        def select(layer_id: str) -> None:
            index = layers.index(layer_id) + offset
            if 0 <= index < len(layers):
                self._workspace.select_layer(layers[index].id)

        self._with_layer(select)

    def _toggle(self, name: str) -> None:
        """A yes or no of the active layer, for all that are chosen."""
        layer = self._workspace.document.active_layer
        if layer is not None:
            self._workspace.layers.set(self._chosen(), **{name: not getattr(layer.properties, name)})

    def _choose_part(self) -> None:
        document = self._workspace.document
        self._with_layer(lambda id: self._workspace.layers.choose_part(id, not document.prefers_mask))

    def _show_mask(self) -> None:
        document = self._workspace.document
        self._with_layer(lambda id: self._workspace.layers.show_mask(id, not document.shows_mask))


def _ignore(_: object) -> None:
    """For verbs whose answer a menu has no use for."""
