"""Writes every committed step down while the artist paints on: a crash costs at most the gesture in hand.

On the UI thread a step costs a look at the tiles that were touched. Packing and the disk are left to a background of
its own, which never waits behind a save.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.errors import StudioError
from studio.core.events import Event
from studio.document.changes import ActiveLayerChanged, Change, LayerChanged, Target, TilesChanged
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.pixels import TILE_PX
from studio.document.surface import TileKey
from studio.workspace.background import Background
from studio.workspace.notice import Notice
from studio.workspace.open_document import OpenDocument

if TYPE_CHECKING:
    from studio.document.pixels import UInt8Array
    from studio.project.edit_journal import EditJournal, JournalEntry, TileChange

_log = logging.getLogger(__name__)


class Safekeeping:
    """Belongs to the UI thread. Nothing is written, and nothing imported, before there is a first step.

    A step is named by a number of the journal's own, because a history that was recovered counts anew.
    """

    def __init__(
        self,
        open_document: OpenDocument,
        *,
        open_journal: Callable[[str], EditJournal],
        describe: Callable[[], Mapping[str, Any]],
        background: Background,
        notices: Event[Notice],
    ) -> None:
        """open_journal: a fresh one for the document with this id. describe: plain values to keep with each step (prompts, frame)."""
        self._open = open_document
        self._open_journal = open_journal
        self._describe = describe
        self._background = background
        self._notices = notices
        self._ends: list[Callable[[], None]] = []
        self._journal: EditJournal | None = None
        self._known: dict[Target, dict[TileKey, UInt8Array]] = {}
        self._touched: dict[Target, set[TileKey]] = {}
        self._exchanged: set[Target] = set()
        self._names: dict[int, int] = {}
        self._structure: Mapping[str, Any] | None = None
        self._base: Document | None = None
        self._base_file: Mapping[str, Any] | None = None
        open_document.replaced.subscribe(self._on_replaced)
        self._watch()

    def mark_saved(self, path: Path, state: int) -> None:
        """The project file holds what the document was in `state` of its history, or was opened from it."""
        stamp = stamp_of(path)
        if self._journal is not None:
            self._put({"saved": stamp, "step": self._name_of(state)})
        elif stamp is not None and state == self._open.history.state:
            # What the file holds need not be written down again: only what becomes of it.
            self._base_file, self._base = stamp, None
            self._follow(self._open.document)

    def note(self) -> None:
        """Writes what stands in the panels now, and that there is a document, though no step was taken."""
        self._write_step()

    def forget(self) -> None:
        """Saved, or thrown away by choice: nothing of this document need outlive the studio."""
        journal, self._journal = self._journal, None
        if journal is not None:
            self._run(journal.remove)
        self._begin()

    def resume(
        self, journal: EditJournal, names: Mapping[int, int], next_name: int, structure: Mapping[str, Any]
    ) -> None:
        """Goes on with the journal that the open document was replayed from. names: state of the history -> step."""
        self._begin()
        self._journal = journal
        self._run(journal.hold)
        self._names = dict(names)
        self._next_name = next_name
        self._structure = structure
        self._state = self._open.history.state
        self._base = None
        self._follow(self._open.document)

    def close(self) -> None:
        """Lets go of the document; what was written stays for the next start unless `forget` was called."""
        for end in self._ends:
            end()
        self._ends = []
        journal, self._journal = self._journal, None
        if journal is not None:
            self._run(journal.close)

    # Inside -----------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        document, history = self._open.document, self._open.history
        self._ends = [
            document.changed.subscribe(self._on_document_changed),
            history.changed.subscribe(self._on_history_changed),
        ]
        self._begin()

    def _begin(self) -> None:
        self._state = self._open.history.state
        self._known, self._touched, self._exchanged = {}, {}, set()
        self._names = {self._state: 0}
        self._next_name = 1
        self._structure = None
        self._base, self._base_file = copy_document(self._open.document), None
        self._has_failed = False

    def _on_replaced(self, _: Document) -> None:
        # The artist was asked before the old document made way.
        self.forget()
        for end in self._ends:
            end()
        self._watch()

    def _on_document_changed(self, change: Change) -> None:
        if isinstance(change, TilesChanged):
            self._touched.setdefault(change.target, set()).update(change.rect.tiles(TILE_PX))
        elif isinstance(change, LayerChanged):
            self._exchanged.add(Target.mask(change.layer_id))
        elif not isinstance(change, ActiveLayerChanged):
            # Layers came or went, and may have come back as others.
            self._exchanged.update(self._known)

    def _on_history_changed(self, _: None) -> None:
        if self._open.history.state != self._state:
            self._state = self._open.history.state
            self._write_step()

    def _write_step(self) -> None:
        # The first step brings the modules with it; the window has them by then (`ui/preload_later.py`).
        from studio.project import structure

        history, document = self._open.history, self._open.document
        values: dict[str, Any] = {
            **self._describe(),
            "step": self._name_of(history.state),
            "position": history.position,
            "label": history.undo_label or "",
            "active": document.active_layer_id,
        }
        if self._journal is None:
            self._journal = self._open_journal(self._open.id)
            self._write_base()
        built = structure.values_of(document)
        if built != self._structure:
            self._structure = values["structure"] = built
        self._put(values, self._changed_tiles(document))

    def _write_base(self) -> None:
        """What there was before the first step: undo leads back to it."""
        from studio.project import structure

        values: dict[str, Any] = {**self._describe(), "step": 0, "position": 0, "label": ""}
        if self._base_file is not None:
            self._put({**values, "base": self._base_file})
        elif self._base is not None:
            self._structure = values["structure"] = structure.values_of(self._base)
            touched, self._touched = self._touched, {}
            self._put(values, self._changed_tiles(self._base))
            self._base, self._touched, self._exchanged = None, touched, set(self._known)

    def _follow(self, document: Document) -> None:
        """From here on only what becomes other than it is now."""
        self._known = {target: dict(document.surface(target).snapshot()) for target in targets_of(document)}
        self._touched, self._exchanged = {}, set()

    def _put(self, values: dict[str, Any], tiles: list[TileChange] | None = None) -> None:
        from studio.project.edit_journal import JournalEntry

        journal = self._journal
        assert journal is not None
        entry: JournalEntry = JournalEntry(values={**values, "time": time.time()}, tiles=tiles or ())
        self._run(lambda: journal.append(entry))

    def _changed_tiles(self, document: Document) -> list[TileChange]:
        """Those that are other objects than at the step before; from here on they are shared, never written to."""
        from studio.project.edit_journal import TileChange

        present = targets_of(document)
        for target in self._known.keys() - set(present):
            del self._known[target]
        changes: list[TileChange] = []
        for target in present:
            surface = document.surface(target)
            is_new = target not in self._known
            known = self._known.setdefault(target, {})
            keys: Set[TileKey] = self._touched.get(target, set())
            if is_new or target in self._exchanged:
                keys = surface.keys() | known.keys()
            for key in keys:
                tile = surface.frozen_tile(key)
                if tile is known.get(key):
                    continue
                changes.append(TileChange(target, key, tile))
                if tile is None:
                    del known[key]
                else:
                    known[key] = tile
        self._touched, self._exchanged = {}, set()
        return changes

    def _name_of(self, state: int) -> int:
        if state not in self._names:
            self._names[state] = self._next_name
            self._next_name += 1
        return self._names[state]

    def _run(self, work: Callable[[], None]) -> None:
        self._background.run(work, done=lambda _: None, failed=self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        """Told once: a full disk would otherwise say so at every stroke."""
        _log.warning("the journal could not be written", exc_info=error)
        if not self._has_failed and isinstance(error, StudioError):
            self._has_failed = True
            self._notices.emit(
                Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            )


def stamp_of(path: Path) -> dict[str, Any] | None:
    """Which version of a file it is; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return {"path": str(path), "size": found.st_size, "mtime_ns": found.st_mtime_ns}


def targets_of(document: Document) -> list[Target]:
    """Every tiled surface it has."""
    found = [Target.SELECTION, *(Target.saved(mask.id) for mask in document.saved_masks)]
    for layer in document.layers:
        found.append(Target.pixels(layer.id))
        if layer.mask is not None:
            found.append(Target.mask(layer.id))
    return found
