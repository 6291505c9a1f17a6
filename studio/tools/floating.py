"""Pixels in the hand: lifted off the layer, shown at their new place, set down as one step or put back.

Nothing here holds up the hand: lifting and resampling run elsewhere, and while they do a reduced picture follows the
pointer. The document itself changes once, at the end; until then the view shows a copy of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from studio.core.errors import StudioError
from studio.core.geometry import Rect
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles
from studio.document.layer import Layer
from studio.document.lifting import Lifted, lift, set_down
from studio.document.surface import tiles_rect
from studio.document.transform import IDENTITY, Matrix, Quality, translation
from studio.tools.selecting import Token
from studio.tools.tool import FloatingPicture, ToolContext

TOO_LARGE = "There is not enough memory for that."


class Floating:
    """rect: where the pixels were. matrix: where they are now; after a change call `follow` or `settle`.
    closed: called once it is over, however it ended."""

    def __init__(
        self,
        context: ToolContext,
        label: str,
        layer: Layer,
        rect: Rect,
        *,
        closed: Callable[[], None],
        leaves_copy: bool = False,
    ) -> None:
        self.rect = rect
        self.matrix: Matrix = IDENTITY
        self.quality: Quality = "smooth"
        self._context = context
        self._label = label
        # The picture of a group has its opacity in it.
        self._opacity = 1.0 if layer.is_group else layer.properties.opacity
        self._closed = closed
        self._token = Token(context, label, finish=self.keep_now)
        self._area = context.document.canvas.united(context.get_frame())
        self._lifted: Lifted | None = None
        self._result: tuple[tuple[bytes, str], Edit] | None = None
        self._shown = Rect(0, 0, 0, 0)
        self._is_settled = False
        self._is_waiting = False
        self._is_kept = False
        self._is_over = False
        # An undo or another document ends it without asking.
        self._unsubscribe = context.history.changed.subscribe(lambda _: self._look())
        frozen, layer_id = copy_document(context.document), layer.id
        self._lift: Callable[[], Lifted] = lambda: lift(frozen, layer_id, rect, leaves_copy=leaves_copy)
        context.worker.run(self._lift, done=self._on_lifted, failed=self._on_failed)

    @property
    def is_open(self) -> bool:
        """False once it was kept, given up or undone."""
        return not self._is_over

    @property
    def is_kept(self) -> bool:
        """Only the computing is left; the hand is free."""
        return self._is_kept

    @property
    def picture(self) -> FloatingPicture | None:
        """While the view does not show the result itself."""
        if self._lifted is None or self._is_settled or not self.is_open:
            return None
        height, width = self._lifted.picture.shape[:2]
        rect = self._lifted.rect
        place = translation(rect.x, rect.y) @ np.diag([rect.width / width, rect.height / height, 1.0])
        return FloatingPicture(self._lifted.picture, self.matrix @ place, self._opacity)

    def follow(self) -> None:
        """The matrix has changed and will change again."""
        if self._is_settled and self._lifted is not None:
            self._is_settled = False
            self._show(self._lifted.remainder, self._lifted.touched)

    def settle(self) -> None:
        """The matrix rests: the result is worked out and shown in the picture, under the layers above it."""
        self.follow()
        if self._lifted is None or self._is_waiting or not self.is_open:
            return
        lifted, matrix, quality, area = self._lifted, self.matrix, self.quality, self._area
        key = self._key

        def work() -> tuple[Edit, Document]:
            edit = set_down(lifted, matrix, mask_area=area, quality=quality)
            shown = copy_document(lifted.document)
            edit.apply(shown)
            return edit, shown

        self._is_waiting = True
        self._context.worker.run(
            work, done=lambda result: self._on_settled(key, *result), failed=self._on_failed
        )

    def keep(self) -> None:
        """One step of history, as soon as it is worked out; until then it is seen floating."""
        if not self.is_open:
            return
        if (self.matrix == IDENTITY).all():
            self.drop()
        elif self._result is not None and self._result[0] == self._key:
            self._apply(self._result[1])
        else:
            self._is_kept = True
            self.settle()

    def keep_now(self) -> None:
        """The same at once: a save or another step cannot wait."""
        if (self.matrix == IDENTITY).all():
            self.drop()
        elif self._result is not None and self._result[0] == self._key:
            self._apply(self._result[1])
        else:
            try:
                lifted = self._lifted or self._lift()
                edit = set_down(lifted, self.matrix, mask_area=self._area, quality=self.quality)
            except MemoryError as error:
                self._on_failed(error)
            else:
                self._apply(edit)

    def drop(self) -> None:
        """Everything is as it was."""
        self._token.close()
        self._end()

    @property
    def _key(self) -> tuple[bytes, str]:
        return self.matrix.tobytes(), self.quality

    def _on_lifted(self, lifted: Lifted) -> None:
        if not self.is_open:
            return
        self._lifted = lifted
        self._show(lifted.remainder, lifted.touched)
        if self._is_kept:
            self.settle()
        self._context.refresh()

    def _on_settled(self, key: tuple[bytes, str], edit: Edit, shown: Document) -> None:
        self._is_waiting = False
        if not self.is_open:
            return
        if key != self._key:
            if self._is_kept:
                self.settle()
            return
        self._result = (key, edit)
        if self._is_kept:
            self._apply(edit)
        else:
            self._is_settled = True
            self._show(shown, _touched(edit))
        self._context.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._is_waiting = False
        if not self.is_open:
            return
        self.drop()
        if not isinstance(error, MemoryError | StudioError):
            raise error
        self._context.tell(str(error) if isinstance(error, StudioError) else TOO_LARGE)
        self._context.refresh()

    def _look(self) -> None:
        if not self._token.is_open:
            self._end()
            self._context.refresh()

    def _apply(self, edit: Edit) -> None:
        self._unsubscribe()
        self._token.close()
        self._context.history.do(edit, self._label)
        self._end()

    def _show(self, document: Document | None, touched: Rect) -> None:
        before, self._shown = self._shown, touched
        self._context.show_instead(document, before.united(touched))

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._unsubscribe()
            self._show(None, Rect(0, 0, 0, 0))
            self._closed()


def _touched(edit: Edit) -> Rect:
    assert isinstance(edit, Compound)
    touched = Rect(0, 0, 0, 0)
    for part in edit.edits:
        if isinstance(part, SwapTiles):
            touched = touched.united(tiles_rect(part.tiles.keys()))
    return touched
