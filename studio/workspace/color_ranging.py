"""Choosing a mask by colour: the answer follows the numbers, worked out elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.core.events import Event
from studio.document.color_range import ColorDistance, color_distance, range_patch
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import SwapTiles
from studio.document.history import History
from studio.document.pixels import RGB
from studio.document.selection import SelectionMode, combine_selection
from studio.workspace.background import Background
from studio.workspace.mask_preview import MaskPreview

LABEL = "Mask by color"


@dataclass(frozen=True, kw_only=True)
class ColorChoice:
    """tolerance, softness: see `color_range.range_patch`."""

    color: RGB
    tolerance: int
    softness: int
    mode: SelectionMode = "replace"


class ColorRanging:
    """An open gesture, see `MaskPreview`. failed: one sentence, why there is no answer."""

    def __init__(self, document: Document, history: History, background: Background) -> None:
        self.failed: Event[str] = Event()
        self._preview = MaskPreview(document, history, LABEL)
        self._frozen = copy_document(document)
        self._background = background
        self._found: tuple[RGB, ColorDistance] | None = None
        self._wanted: ColorChoice | None = None
        self._shown: ColorChoice | None = None
        self._is_working = False
        self._at_rest: Callable[[], None] | None = None

    @property
    def is_open(self) -> bool:
        return self._preview.is_open

    def show(self, choice: ColorChoice) -> None:
        """As soon as it is worked out; only the newest wish counts."""
        self._wanted = choice
        self._work()

    def keep(self) -> None:
        """Once the newest wish is shown."""
        self._at_rest = self._preview.keep
        self._work()

    def cancel(self) -> None:
        self._wanted = None
        self._preview.cancel()

    def _work(self) -> None:
        choice = self._wanted
        if self._is_working or not self.is_open:
            return
        if choice is None or choice == self._shown:
            if self._at_rest is not None:
                self._at_rest()
            return
        frozen, original, found = self._frozen, self._preview.original(), self._found

        def work() -> tuple[ColorDistance, SwapTiles]:
            is_same = found is not None and found[0] == choice.color
            distance = found[1] if found is not None and is_same else color_distance(frozen, choice.color)
            patch = range_patch(distance, choice.tolerance, choice.softness)
            return distance, combine_selection(original, patch, choice.mode)

        def done(answer: tuple[ColorDistance, SwapTiles]) -> None:
            self._is_working = False
            self._found = (choice.color, answer[0])
            self._shown = choice
            self._preview.show(answer[1].tiles)
            self._work()

        def failed(error: Exception) -> None:
            self._is_working = False
            self._preview.cancel()
            if not isinstance(error, MemoryError):
                raise error
            self.failed.emit("There is not enough memory to look at every pixel.")

        self._is_working = True
        self._background.run(work, done=done, failed=failed)
