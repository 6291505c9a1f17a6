"""Undo and redo: a list of inverse edits under labels, within a budget of bytes, and the gesture that becomes one.

The steps next to the present state are kept as they are; those further off can be packed, and past a limit go to disk.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.document.changes import Target, TilesChanged
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles, merged_inverse, row_runs
from studio.document.packing import Packed, Packing, disk_size, packing_of
from studio.document.pixels import UInt8Array
from studio.document.resting import Spill
from studio.document.surface import TileKey, is_filled, same_pixels

BYTE_BUDGET = 1 << 30
FRESH_BYTES = 192 << 20
"""So much around the present state stays unpacked: undo is then a few pointers."""

PACKED_BYTES = 256 << 20
"""So much of what is packed stays in memory, the rest goes to disk."""

DISK_BYTES = 16 << 30


@dataclass(frozen=True, kw_only=True, eq=False)
class _Step:
    """edit: what crosses from the state on this side to the next one. before, after: serial numbers of states."""

    label: str
    edit: Edit
    before: int
    after: int
    merge_key: str | None
    byte_size: int
    disk_size: int = 0
    is_packed: bool = False


class History:
    """Every change of a document that can be taken back goes through `do` or a transaction.

    byte_budget: bytes of memory for replaced pixels; above it the oldest steps are forgotten, the newest never.
    spill: where packed steps go that are too many for memory.
    """

    def __init__(
        self, document: Document, *, byte_budget: int = BYTE_BUDGET, spill: Spill | None = None
    ) -> None:
        self._document = document
        self._byte_budget = byte_budget
        self._spill = spill
        self._undo = _Steps()
        self._redo = _Steps()
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
        label = self._step_back()
        self.changed.emit(None)
        return label

    def redo(self) -> str | None:
        """Nothing while a gesture is open."""
        if self._transaction is not None or not self._redo:
            return None
        label = self._step_on()
        self.changed.emit(None)
        return label

    @property
    def has_open_gesture(self) -> bool:
        """A stroke is down, or another gesture has begun and not ended."""
        return self._transaction is not None

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
        return self._undo.top.label if self._undo else None

    @property
    def redo_label(self) -> str | None:
        return self._redo.top.label if self.can_redo else None

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
    def clean_position(self) -> int | None:
        """Where `position` was when the document was saved; None where that is out of reach."""
        states = [step.before for step in self._undo] + [self._state]
        states += [step.after for step in reversed(self._redo)]
        return states.index(self._clean_state) if self._clean_state in states else None

    def go_to(self, position: int) -> None:
        """Undoes or does again until so many steps are done; a gesture still open is committed before."""
        self.settle()
        position = min(max(position, 0), len(self._undo) + len(self._redo))
        if position == len(self._undo):
            return
        while len(self._undo) > position:
            self._step_back()
        while len(self._undo) < position:
            self._step_on()
        self.changed.emit(None)

    @property
    def byte_size(self) -> int:
        """Memory for pixels kept only for undo and redo."""
        return self._undo.byte_size + self._redo.byte_size

    @property
    def disk_size(self) -> int:
        return self._undo.disk_size + self._redo.disk_size

    # Rest -----------------------------------------------------------------------------------------------------

    def next_packing(self, fresh_bytes: int = FRESH_BYTES) -> Packing | None:
        """What should be packed next, the furthest from the present state first: its `work` can be done on any thread,
        `take_packed` puts the outcome in its place. None while there is little."""
        while self._undo.raw_size + self._redo.raw_size > fresh_bytes:
            pile = max(self._undo, self._redo, key=lambda steps: steps.raw_size)
            furthest = pile.furthest_raw
            if fresh_bytes and furthest is pile.top:
                return None
            packed_bytes = self.byte_size - self._undo.raw_size - self._redo.raw_size
            spill = self._spill if packed_bytes > PACKED_BYTES else None
            packing = packing_of(furthest.edit, self._document, spill)
            if packing is not None:
                return packing
            # Of a layer that is in the picture: it keeps nothing of its own now.
            self._exchange(furthest, furthest.edit)
        return None

    def take_packed(self, packing: Packing, packed: Packed) -> None:
        """Passed over where the step has been crossed or forgotten meanwhile."""
        step = next((step for step in (*self._undo, *self._redo) if step.edit is packing.edit), None)
        if step is not None:
            self._exchange(step, packing.applied(packed))

    def stop_spilling(self) -> None:
        """The disk takes no more."""
        self._spill = None

    def rest(self) -> None:
        """Packs all of it at once, which takes its time."""
        while (packing := self.next_packing(0)) is not None:
            self.take_packed(packing, packing.work())

    def _exchange(self, step: _Step, edit: Edit) -> None:
        steps = self._undo if self._undo.has(step) else self._redo
        made = replace(step, edit=edit, byte_size=edit.byte_size, disk_size=disk_size(edit), is_packed=True)
        steps.exchange(step, made)

    def _step_back(self) -> str:
        step = self._undo.pop()
        self._redo.append(self._crossed(step))
        self._state = step.before
        return step.label

    def _step_on(self) -> str:
        step = self._redo.pop()
        self._undo.append(self._crossed(step))
        self._state = step.after
        return step.label

    def _push(self, inverse: Edit, label: str, merge_key: str | None) -> None:
        self._redo.clear()
        before, self._state = self._state, next(self._serials)
        last = self._undo.top if self._undo else None
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
        while len(self._undo) > 1 and (self.byte_size > self._byte_budget or self.disk_size > DISK_BYTES):
            self._undo.pop_oldest()

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


class _Steps:
    """A pile of steps, the nearest to the present state on top, that knows its size."""

    def __init__(self) -> None:
        self._steps: deque[_Step] = deque()
        self._raw: dict[int, _Step] = {}
        self.byte_size = self.disk_size = self.raw_size = 0

    def __iter__(self) -> Iterator[_Step]:
        return iter(self._steps)

    def __reversed__(self) -> Iterator[_Step]:
        return reversed(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def top(self) -> _Step:
        return self._steps[-1]

    @property
    def furthest_raw(self) -> _Step:
        """Of those with unpacked pixels; there must be one."""
        return next(iter(self._raw.values()))

    def has(self, step: _Step) -> bool:
        return step in self._steps

    def append(self, step: _Step) -> None:
        self._steps.append(step)
        self._count(step, 1)

    def pop(self) -> _Step:
        step = self._steps.pop()
        self._count(step, -1)
        return step

    def pop_oldest(self) -> None:
        self._count(self._steps.popleft(), -1)

    def exchange(self, before: _Step, after: _Step) -> None:
        self._steps[self._steps.index(before)] = after
        self._count(before, -1)
        self._count(after, 1)

    def clear(self) -> None:
        self._steps.clear()
        self._raw.clear()
        self.byte_size = self.disk_size = self.raw_size = 0

    def _count(self, step: _Step, sign: int) -> None:
        self.byte_size += sign * step.byte_size
        self.disk_size += sign * step.disk_size
        if not step.is_packed and step.byte_size:
            self.raw_size += sign * step.byte_size
            if sign > 0:
                self._raw[id(step)] = step
            else:
                del self._raw[id(step)]


def _step(label: str, edit: Edit, before: int, after: int, merge_key: str | None) -> _Step:
    return _Step(
        label=label, edit=edit, before=before, after=after, merge_key=merge_key, byte_size=edit.byte_size
    )


def _is_empty(edit: Edit) -> bool:
    return (isinstance(edit, SwapTiles) and not edit.tiles) or (isinstance(edit, Compound) and not edit.edits)
