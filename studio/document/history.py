"""Undo and redo: a list of inverse edits under labels, within a budget of bytes, and the gesture that becomes one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.changes import Target, TilesChanged
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles, merged_inverse, row_runs
from studio.document.pixels import UInt8Array
from studio.document.surface import TileKey, is_filled, same_pixels

BYTE_BUDGET = 1 << 30


@dataclass(frozen=True, kw_only=True)
class _Step:
    """edit: what crosses from the state on this side to the next one. before, after: serial numbers of states."""

    label: str
    edit: Edit
    before: int
    after: int
    merge_key: str | None
    byte_size: int


class History:
    """Every change of a document that can be taken back goes through `do` or a transaction.

    byte_budget: bytes of replaced pixels to keep; above it the oldest steps are forgotten, the newest never.
    """

    def __init__(self, document: Document, *, byte_budget: int = BYTE_BUDGET) -> None:
        self._document = document
        self._byte_budget = byte_budget
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self._serials = itertools.count(1)
        self._state = 0
        self._clean_state = 0
        self._transaction: Transaction | None = None
        self.changed: Event[None] = Event()

    def do(self, edit: Edit, label: str, *, merge_key: str | None = None) -> None:
        """Performs an edit as one step; consecutive ones with the same `merge_key` (a slider drag) become one.

        A gesture still open is committed first. Raises DocumentError, with nothing changed, if the edit does.
        """
        self.settle()
        if _is_empty(edit):
            return
        self._push(edit.apply(self._document), label, merge_key)

    def transaction(self, label: str, *, finish: Callable[[], None] | None = None) -> Transaction:
        """Opens a gesture; there is never more than one, but for those that know how to `finish`: they outlast the
        hand (a transform still being computed) and end when anything else begins. It must close the transaction."""
        if self._transaction is not None and self._transaction.finish is not None:
            self.settle()
        assert self._transaction is None, f"“{label}” began while another gesture was still open"
        self._transaction = Transaction(self, self._document, label, finish)
        return self._transaction

    def undo(self) -> str | None:
        """Takes the newest step back and returns its label; a gesture still open is that step."""
        if self._transaction is not None:
            label = self._transaction.label
            self._transaction.cancel()
            return label
        if not self._undo:
            return None
        step = self._undo.pop()
        self._redo.append(self._crossed(step))
        self._state = step.before
        self.changed.emit(None)
        return step.label

    def redo(self) -> str | None:
        """Nothing while a gesture is open."""
        if self._transaction is not None or not self._redo:
            return None
        step = self._redo.pop()
        self._undo.append(self._crossed(step))
        self._state = step.after
        self.changed.emit(None)
        return step.label

    @property
    def can_undo(self) -> bool:
        return bool(self._undo) or self._transaction is not None

    @property
    def can_redo(self) -> bool:
        return bool(self._redo) and self._transaction is None

    @property
    def undo_label(self) -> str | None:
        if self._transaction is not None:
            return self._transaction.label
        return self._undo[-1].label if self._undo else None

    @property
    def redo_label(self) -> str | None:
        return self._redo[-1].label if self.can_redo else None

    def labels(self) -> tuple[str, ...]:
        """Of all steps, the oldest first; the first `position` of them are done, the rest can be done again."""
        return tuple(step.label for step in (*self._undo, *reversed(self._redo)))

    @property
    def position(self) -> int:
        return len(self._undo)

    @property
    def is_clean(self) -> bool:
        """Whether the document is as it was at `mark_clean` (or at the beginning)."""
        return self._state == self._clean_state and not (self._transaction and self._transaction.has_edits)

    @property
    def state(self) -> int:
        """Names the document's present state, for `mark_clean` once a save in the background has ended."""
        return self._state

    def mark_clean(self, state: int | None = None) -> None:
        """The state that was saved, by default the present one."""
        self._clean_state = self._state if state is None else state
        self.changed.emit(None)

    @property
    def byte_size(self) -> int:
        """Pixels kept only for undo and redo."""
        return sum(step.byte_size for step in (*self._undo, *self._redo))

    def _push(self, inverse: Edit, label: str, merge_key: str | None) -> None:
        self._redo.clear()
        before, self._state = self._state, next(self._serials)
        last = self._undo[-1] if self._undo else None
        # Merging across the clean point would hide that the saved state was left.
        if last and merge_key is not None and last.merge_key == merge_key and before != self._clean_state:
            inverse, before = merged_inverse(inverse, last.edit), last.before
            self._undo.pop()
        self._undo.append(_step(label, inverse, before, self._state, merge_key))
        self._forget_oldest()
        self.changed.emit(None)

    def _crossed(self, step: _Step) -> _Step:
        """The step seen from the other side. It no longer merges: the drag that made it is over."""
        return _step(step.label, step.edit.apply(self._document), step.before, step.after, None)

    def _forget_oldest(self) -> None:
        excess = self.byte_size - self._byte_budget
        forgotten = 0
        while excess > 0 and forgotten < len(self._undo) - 1:
            excess -= self._undo[forgotten].byte_size
            forgotten += 1
        del self._undo[:forgotten]

    def settle(self) -> None:
        """Commits a gesture that is still open: before a save, no half stroke may count as saved."""
        transaction = self._transaction
        if transaction is None:
            return
        if transaction.finish is None:
            transaction.commit()
        else:
            transaction.finish()
            assert not transaction.is_open, "a gesture said that it had finished"

    def _closed(self, transaction: Transaction, inverse: Edit | None) -> None:
        assert self._transaction is transaction
        self._transaction = None
        if inverse is not None:
            self._push(inverse, transaction.label, None)
        else:
            self.changed.emit(None)


class Transaction:
    """An open gesture that writes tiles as it goes; on commit one step, on cancel as if it had never been.

    As a context manager it commits, or cancels on an exception. Once closed it is deaf: `is_open` tells.
    """

    def __init__(
        self, history: History, document: Document, label: str, finish: Callable[[], None] | None
    ) -> None:
        self.label = label
        self.finish = finish
        self._history = history
        self._document = document
        self._before: dict[Target, dict[TileKey, UInt8Array | None]] = {}
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._is_open:
            return
        if kind is None:
            self.commit()
        else:
            self.cancel()

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def has_edits(self) -> bool:
        return bool(self._before)

    def edit_tile(self, target: Target, key: TileKey) -> UInt8Array:
        """The tile to write into now; ask again at the next write, a snapshot may have taken this one."""
        assert self._is_open, "a gesture that is over writes no pixels"
        surface = self._document.surface(target)
        before = self._before.setdefault(target, {})
        if key not in before:
            before[key] = surface.frozen_tile(key)
        return surface.edit_tile(key)

    def before_tile(self, target: Target, key: TileKey) -> UInt8Array | None:
        """The tile as it was when the gesture began."""
        before = self._before.get(target, {})
        return before[key] if key in before else self._document.surface(target).tile(key)

    def touch(self, target: Target, rect: Rect) -> None:
        """Tells the watchers what was written."""
        if not rect.is_empty:
            self._document.changed.emit(TilesChanged(target, rect))

    def commit(self) -> None:
        """One step of the tiles that differ; none if none does."""
        assert self._is_open, "a gesture ends once"
        self._is_open = False
        inverses: list[Edit] = []
        for target, before in self._before.items():
            surface = self._document.surface(target)
            replaced: dict[TileKey, UInt8Array | None] = {}
            for key, tile_before in before.items():
                tile = surface.tile(key)
                if same_pixels(tile_before, tile):
                    surface.put_tiles({key: tile_before})
                    continue
                if tile is not None and not is_filled(tile):
                    surface.put_tiles({key: None})
                replaced[key] = tile_before
            if replaced:
                inverses.append(SwapTiles(target, replaced))
        inverse = Compound(tuple(inverses)) if len(inverses) > 1 else inverses[0] if inverses else None
        self._history._closed(self, inverse)

    def cancel(self) -> None:
        """Puts the tiles back."""
        assert self._is_open, "a gesture ends once"
        self._is_open = False
        for target, before in self._before.items():
            self._document.surface(target).put_tiles(before)
            for rect in row_runs(before.keys()):
                self._document.changed.emit(TilesChanged(target, rect))
        self._history._closed(self, None)


def _step(label: str, edit: Edit, before: int, after: int, merge_key: str | None) -> _Step:
    return _Step(
        label=label, edit=edit, before=before, after=after, merge_key=merge_key, byte_size=edit.byte_size
    )


def _is_empty(edit: Edit) -> bool:
    return (isinstance(edit, SwapTiles) and not edit.tiles) or (isinstance(edit, Compound) and not edit.edits)
