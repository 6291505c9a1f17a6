"""The promise that nothing outside a result's mask changes, checked on every accept."""

from __future__ import annotations

import hashlib

import numpy as np

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.history import History
from studio.document.pixels import TILE_PX
from studio.workspace.background import Background
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate


class OutsideWatch:
    """Made before the document changes; `verify` afterwards. Both keep tiles only, the pixels are compared in the
    background. A result that changed any outside its mask is taken back, and the artist told."""

    def __init__(self, document: Document, candidate: Candidate) -> None:
        self._document = document
        self._candidate = candidate
        self._before = copy_document(document)

    def verify(self, history: History, background: Background, notices: Event[Notice]) -> None:
        """history: of the same document, with the accept as its last step."""
        before, after, candidate = self._before, copy_document(self._document), self._candidate
        state = history.state

        def told(is_kept: bool) -> None:
            if is_kept:
                return
            is_last = history.state == state
            if is_last:
                history.undo()
            notices.emit(
                Notice(
                    "The result would have changed pixels outside its mask.",
                    remedy="It was taken back; your picture is as before." if is_last else "Undo it.",
                    is_error=True,
                )
            )

        def failed(error: Exception) -> None:
            notices.emit(
                Notice(
                    "It could not be checked that the picture outside the mask is unchanged.",
                    details=repr(error),
                    is_error=True,
                )
            )

        background.run(
            lambda: digest_outside(before, candidate) == digest_outside(after, candidate),
            done=told,
            failed=failed,
        )


def digest_outside(document: Document, candidate: Candidate) -> str:
    """Of what is seen where `candidate` has no say: its rectangle, less its mask, and all of the tiles it touches."""
    keys = list(candidate.rect.tiles(TILE_PX))
    (left, top), (right, bottom) = keys[0], keys[-1]
    around = Rect(left * TILE_PX, top * TILE_PX, (right - left + 1) * TILE_PX, (bottom - top + 1) * TILE_PX)
    outside = np.ones((around.height, around.width), np.bool_)
    part = outside[candidate.rect.slices_in(around)]
    part[:] = False if candidate.mask is None else candidate.mask == 0
    return hashlib.sha256(flatten(document, around)[outside].tobytes()).hexdigest()
