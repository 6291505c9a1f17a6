"""What the actions of the layer menu do: short sentences to the workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.dialogs.effect_settings import EffectDialog
    from studio.ui.panels.layers import LayersPanel

# Those of `effects.EFFECT_LABELS`, which need not hold up the first stroke.
ADJUSTMENT_KINDS = ("levels", "curves", "hue-saturation", "brightness-contrast")


class LayerCommands:
    """Those that make sense for several layers take what is chosen in the panel; the others the active layer."""

    def __init__(self, workspace: Workspace, get_panel: Callable[[], LayersPanel], window: QWidget) -> None:
        self._workspace = workspace
        self._get_panel = get_panel
        self._window = window
        self.dialog: EffectDialog | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        workspace = self._workspace
        named: dict[str, Callable[[], None]] = {
            "layer_add": lambda: _ignore(workspace.add_layer()),
            "layer_add_group": lambda: _ignore(workspace.layers.add_group()),
            "layer_duplicate": lambda: _ignore(workspace.layers.duplicate(self._chosen())),
            "layer_delete": lambda: workspace.layers.delete(self._chosen()),
            "layer_group": lambda: _ignore(workspace.layers.group(self._chosen())),
            "layer_bake": lambda: self._with_layer(workspace.bakes.bake),
            "layer_bake_all": workspace.bakes.bake_all,
            "layer_take_prompt": lambda: self._with_layer(
                lambda id: workspace.bakes.take_prompt(id, workspace.settings.values.prompt)
            ),
            "layer_ungroup": lambda: self._with_layer(workspace.layers.ungroup),
            "layer_up": lambda: self._with_layer(lambda id: workspace.layers.step(id, True)),
            "layer_down": lambda: self._with_layer(lambda id: workspace.layers.step(id, False)),
            "layer_above": lambda: self._select_next(1),
            "layer_below": lambda: self._select_next(-1),
            "layer_visible": lambda: self._toggle("is_visible"),
            "layer_merge_down": lambda: workspace.layers.merge(self._chosen()),
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
            "layer_settings": self._show_settings,
            "layer_add_fill": lambda: self._add_effect("solid-color"),
            "layer_solo": lambda: self._with_layer(workspace.layers.solo),
            "layer_lock": lambda: self._toggle("is_locked"),
            "layer_lock_pixels": lambda: self._toggle("are_pixels_locked"),
            "layer_lock_alpha": lambda: self._toggle("is_alpha_locked"),
        }
        for kind in ADJUSTMENT_KINDS:
            named[f"layer_add_{kind.replace('-', '_')}"] = self._effect_adder(kind)
        return named

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

    def _effect_adder(self, kind: str) -> Callable[[], None]:
        return lambda: self._add_effect(kind)

    def _add_effect(self, kind: str) -> None:
        """And its settings beside it: a new one changes nothing yet."""
        color = self._workspace.tool_settings.color if kind == "solid-color" else None
        self._workspace.layers.add_effect(kind, color)
        if color is None:
            self._show_settings()

    def _show_settings(self) -> None:
        layer = self._workspace.document.active_layer
        if layer is None or layer.effect is None:
            return
        if self.dialog is not None:
            self.dialog.close()
        from studio.ui.dialogs.effect_settings import EffectDialog  # when it is asked for

        dialog = EffectDialog(self._workspace, layer.id, layer.effect, self._get_panel().theme, self._window)
        dialog.finished.connect(lambda _: self._forget(dialog))
        self.dialog = dialog
        dialog.setModal(False)
        dialog.show()

    def _forget(self, dialog: EffectDialog) -> None:
        dialog.deleteLater()
        if self.dialog is dialog:
            self.dialog = None

    def _choose_part(self) -> None:
        document = self._workspace.document
        self._with_layer(lambda id: self._workspace.layers.choose_part(id, not document.prefers_mask))

    def _show_mask(self) -> None:
        document = self._workspace.document
        self._with_layer(lambda id: self._workspace.layers.show_mask(id, not document.shows_mask))


def _ignore(_: object) -> None:
    """For verbs whose answer a menu has no use for."""
