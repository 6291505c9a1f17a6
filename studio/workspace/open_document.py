"""The one document that is open, with what belongs to it: history, layer verbs, frame."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from studio.core.events import Event
from studio.core.geometry import Rect, Size
from studio.document.changes import CanvasChanged, Change
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.pixels import UInt8Array
from studio.document.surface import TileKey
from studio.project.snapshot import new_document_id
from studio.workspace.history_keeper import new_history
from studio.workspace.layers import LayerVerbs

if TYPE_CHECKING:
    from studio.workspace.masks import MaskVerbs
    from studio.workspace.picture import PictureVerbs
    from studio.workspace.saved_masks import SavedMaskVerbs
    from studio.workspace.texts import TextVerbs

MIN_FRAME_PX = 64


class OpenDocument:
    """Belongs to the UI thread. Lengths in canvas pixels.

    replaced: another document was opened or begun; everything that held the old one must let go.
    dirty_changed: whether closing now would lose something may have changed.
    """

    document: Document
    id: str
    history: History
    layers: LayerVerbs
    _frame: Rect

    def __init__(self, document: Document) -> None:
        self.replaced: Event[Document] = Event()
        self.frame_changed: Event[Rect] = Event()
        self.dirty_changed: Event[None] = Event()
        self.replace(document)

    def replace(
        self,
        document: Document,
        *,
        frame: Rect | None = None,
        document_id: str | None = None,
        history: History | None = None,
    ) -> None:
        """`document` takes the place of the present one. document_id: of a project that has one. history: of a
        document that comes with its steps."""
        self.document = document
        self.id = document_id or new_document_id()
        self.history = history or new_history(document)
        self.layers = LayerVerbs(document, self.history)
        self.__dict__.pop("masks", None)
        self.__dict__.pop("picture", None)
        self.__dict__.pop("saved_masks", None)
        self.__dict__.pop("texts", None)
        self._last_mask: Mapping[TileKey, UInt8Array] = {}
        self._frame = frame or document.canvas
        document.changed.subscribe(self._on_document_changed)
        self.history.changed.subscribe(self.dirty_changed.emit)
        self.history.changed.subscribe(lambda _: self._remember_mask())
        self.replaced.emit(document)
        self.frame_changed.emit(self._frame)
        self.dirty_changed.emit(None)

    # Imported when they are first asked for: neither need hold up the first stroke.

    @functools.cached_property
    def masks(self) -> MaskVerbs:
        from studio.workspace.masks import MaskVerbs

        return MaskVerbs(
            self.document,
            self.history,
            get_frame=lambda: self._frame,
            get_last_mask=lambda: self._last_mask,
        )

    @functools.cached_property
    def saved_masks(self) -> SavedMaskVerbs:
        from studio.workspace.saved_masks import SavedMaskVerbs

        return SavedMaskVerbs(self.document, self.history)

    @functools.cached_property
    def texts(self) -> TextVerbs:
        from studio.workspace.texts import TextVerbs

        return TextVerbs(self.document, self.history, self.layers)

    @functools.cached_property
    def picture(self) -> PictureVerbs:
        from studio.workspace.picture import PictureVerbs

        return PictureVerbs(self.document, self.history, frame=self)

    @property
    def is_untouched(self) -> bool:
        """Nothing was ever done to the blank canvas."""
        return not self.history.can_undo and not self.history.can_redo and self.is_blank

    @property
    def is_blank(self) -> bool:
        return all(
            layer.surface.tile_bounds().is_empty and layer.effect is None for layer in self.document.layers
        )

    @property
    def frame(self) -> Rect:
        """What the model is shown when nothing is masked; may reach past the canvas."""
        return self._frame

    def set_frame(self, rect: Rect) -> None:
        """Sides below MIN_FRAME_PX are widened. The frame is a view on the picture, no step of the history."""
        rect = Rect(rect.x, rect.y, max(rect.width, MIN_FRAME_PX), max(rect.height, MIN_FRAME_PX))
        if rect != self._frame:
            self._frame = rect
            self.frame_changed.emit(rect)

    def _remember_mask(self) -> None:
        """What was masked after the last step that left a mask; once it is gone, it can be had again."""
        if self.document.selection.keys():
            self._last_mask = self.document.selection.snapshot()

    def _on_document_changed(self, change: Change) -> None:
        # A frame that showed the whole canvas goes on doing so.
        if isinstance(change, CanvasChanged) and self._frame == change.old:
            self.set_frame(change.new)


def blank_document(size: Size) -> Document:
    """A transparent canvas with one empty layer to paint on."""
    document = Document(Rect(0, 0, size.width, size.height))
    AddLayer(Layer(properties=LayerProperties(name="Layer 1")), 0).apply(document)
    return document
