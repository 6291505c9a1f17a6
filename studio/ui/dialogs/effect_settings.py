"""The settings of an adjustment or a fill, beside the picture that follows them. What is changed is changed: every drag
is a step that undo takes back, and the dialog shows what undo has made of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from studio.core.errors import DocumentError
from studio.document.changes import Change, LayerChanged, LayerRemoved
from studio.document.document import Document
from studio.document.effects import EFFECT_LABELS, Effect
from studio.document.histogram import histogram_below
from studio.ui.bind import Bindings
from studio.ui.dialogs.effect_fields import fields_for
from studio.ui.dialogs.shell import Dialog
from studio.ui.theme import Theme
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

CORNER_PX = (56, 76)


class EffectDialog(Dialog):
    """Closes when its layer goes."""

    def __init__(
        self, workspace: Workspace, layer_id: str, effect: Effect, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, EFFECT_LABELS[effect.kind])
        self._workspace = workspace
        self.layer_id = layer_id
        self.fields = fields_for(effect, theme, histogram_below(workspace.document, layer_id))
        self.fields.show_effect(effect)
        self.fields.edited.connect(self._on_edited)
        self.add_body(self.fields)
        self.add_close_button()
        self.setMinimumWidth(320)
        self._bindings = Bindings()
        self._bindings.subscribe(workspace.document.changed, self._on_document_changed)
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self.finished.connect(lambda _: self._bindings.disconnect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            # In a corner: in the middle it would hide what it changes.
            self.move(parent.mapToGlobal(QPoint(*CORNER_PX)))

    def _on_edited(self, effect: Effect, drag: str) -> None:
        try:
            self._workspace.layers.set_effect(self.layer_id, effect, drag=drag)
        except DocumentError as error:
            self._workspace.notices.emit(Notice(error.message, remedy=error.remedy, is_error=True))
            self._show_settings()

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, LayerRemoved) and self.layer_id not in self._workspace.document.layers:
            self.reject()
        elif isinstance(change, LayerChanged) and change.layer_id == self.layer_id:
            self._show_settings()

    def _on_document_replaced(self, _: Document) -> None:
        self.reject()

    def _show_settings(self) -> None:
        effect = self._workspace.document.layers.layer(self.layer_id).effect
        if effect is not None:
            self.fields.show_effect(effect)
