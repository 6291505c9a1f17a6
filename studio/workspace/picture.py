"""Verbs of the whole picture: crop, mirror, turn, another size. Each one undoable step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from studio.core.errors import DocumentError
from studio.core.geometry import Rect, Size
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import Edit, SetCanvas
from studio.document.guide import MAX_GUIDES, Guide
from studio.document.guides import SetGuides
from studio.document.history import History
from studio.document.turning import TURNS, turn_picture

if TYPE_CHECKING:
    from studio.document.transform import Quality


class FrameHolder(Protocol):
    @property
    def frame(self) -> Rect: ...

    def set_frame(self, rect: Rect) -> None: ...


class PictureVerbs:
    """Works on the one document and history it was made for."""

    def __init__(self, document: Document, history: History, *, frame: FrameHolder) -> None:
        self._document = document
        self._history = history
        self._frame = frame

    def crop_to_mask(self) -> None:
        """The canvas becomes the smallest rectangle around the mask. What lies beyond stays in the layers and comes
        back when the canvas grows. Raises DocumentError where nothing is masked."""
        masked = self._document.selection.bounds()
        if masked.is_empty:
            raise DocumentError("Nothing is masked.", remedy="Draw a mask around what should stay.")
        self._crop(masked, "Crop to mask")

    def crop_to_frame(self) -> None:
        """The canvas becomes the frame: smaller, or larger where the frame reaches past it."""
        self._crop(self._frame.frame, "Crop to frame")

    def turn(self, name: str) -> None:
        """name: a key of `turning.TURNS`; the frame turns with the picture."""
        canvas, frame = self._document.canvas, self._frame.frame
        turn = TURNS[name]
        self._history.do(turn_picture(self._document, name), turn.label)
        self._frame.set_frame(turn.rect(frame, canvas))

    def set_canvas(self, rect: Rect, label: str = "Canvas size") -> None:
        """Layers keep their place. Raises DocumentError for a size that cannot be."""
        self._crop(rect, label)

    def resizing(self, size: Size, quality: Quality) -> Callable[[], Edit]:
        """The long part of a change of size, for another thread; `keep_size` does the rest."""
        from studio.document.resizing import resize_picture  # when it is asked for

        self._history.settle()
        frozen = copy_document(self._document)
        return lambda: resize_picture(frozen, size, quality)

    def keep_size(self, edit: Edit) -> None:
        """edit: of `resizing`, the document being as it was then. The frame grows with the picture."""
        before, frame = self._document.canvas, self._frame.frame
        self._history.do(edit, "Image size")
        after = self._document.canvas
        wide, high = after.width / before.width, after.height / before.height
        if frame != before:
            self._frame.set_frame(
                Rect(
                    round(before.x + (frame.x - before.x) * wide),
                    round(before.y + (frame.y - before.y) * high),
                    round(frame.width * wide),
                    round(frame.height * high),
                )
            )

    def add_guide(self, guide: Guide) -> None:
        """One that is there already is not added twice."""
        if guide not in self._document.guides and len(self._document.guides) < MAX_GUIDES:
            self._history.do(SetGuides((*self._document.guides, guide)), "Add guide")

    def clear_guides(self) -> None:
        if self._document.guides:
            self._history.do(SetGuides(()), "Clear guides")

    def trimming(self) -> Callable[[], Rect]:
        """Where the content lies, for another thread; `keep_trimmed` does the rest."""
        from studio.document.resizing import content_rect  # when it is asked for

        frozen = copy_document(self._document)
        return lambda: content_rect(frozen)

    def keep_trimmed(self, content: Rect) -> None:
        """Raises DocumentError where there is nothing to trim to, or nothing to trim away."""
        if content.is_empty:
            raise DocumentError("The picture is empty.", remedy="Paint something first.")
        if content == self._document.canvas:
            raise DocumentError("The picture fills the canvas: there is nothing to trim.")
        self._crop(content, "Trim to content")

    def _crop(self, rect: Rect, label: str) -> None:
        if rect != self._document.canvas:
            self._history.do(SetCanvas(rect), label)
