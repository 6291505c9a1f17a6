"""Verbs of the whole picture: crop, mirror, turn. Each one undoable step."""

from __future__ import annotations

from typing import Protocol

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.document import Document
from studio.document.edits import SetCanvas
from studio.document.history import History
from studio.document.turning import TURNS, turn_picture


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

    def _crop(self, rect: Rect, label: str) -> None:
        if rect != self._document.canvas:
            self._history.do(SetCanvas(rect), label)
