"""What a crash left behind: lists it, and replays it into a document with its undo and redo.

All of it may run on any thread; the result belongs to whoever opens it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.errors import ProjectError
from studio.document.changes import Target
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import Compound, Edit, SwapTiles
from studio.document.history import History
from studio.document.pixels import UInt8Array, unpremultiply
from studio.document.restoring import Rebuild
from studio.document.stack import Place
from studio.document.surface import TiledSurface, TileKey
from studio.project import structure
from studio.project.edit_journal import EditJournal, JournalEntry, ReadJournal, TileChange
from studio.project.journal import FOLDER, CandidateJournal
from studio.project.lock import is_locked
from studio.project.snapshot import CandidateRecord, build_document
from studio.workspace.history_keeper import new_history
from studio.workspace.safekeeping import stamp_of, targets_of

log = logging.getLogger(__name__)
PATTERN = "edits-*.journal"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """A journal nobody holds any more. steps: how many it has that no project file has. ended_s: seconds since the
    epoch of the last one. project_path: the file it belongs to, None for a document that was never saved."""

    path: Path
    document_id: str
    label: str
    steps: int
    candidates: int
    ended_s: float
    project_path: Path | None
    is_file_unchanged: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Recovered:
    """names: state of the history -> step of the journal, so that `journal` can go on where it ended.

    values: what stood in the panels. warnings: sentences about what could not be brought back.
    """

    leftover: Leftover
    document: Document
    history: History
    journal: EditJournal
    names: Mapping[int, int]
    next_name: int
    structure: Mapping[str, Any]
    values: Mapping[str, Any]
    candidates: tuple[CandidateRecord, ...]
    warnings: tuple[str, ...] = ()

    @property
    def project_path(self) -> Path | None:
        """Where a save may go: only a file that is still as these steps knew it."""
        path = self.leftover.project_path
        return path if self.leftover.is_file_unchanged else None


def leftovers(data_dir: Path) -> tuple[Leftover, ...]:
    """The newest first. What a project file holds completely, or nobody could read, is not listed."""
    found: list[Leftover] = []
    for path in (data_dir / FOLDER).glob(f"*/{PATTERN}"):
        if is_locked(path):
            continue
        try:
            entries = list(ReadJournal(path, with_tiles=False))
        except ProjectError as error:
            log.warning("a journal cannot be read: %s", error.details)
            continue
        candidates = CandidateJournal(path.parent)
        described = _described(path, entries, len(candidates))
        if described.steps or described.candidates:
            found.append(described)
    return tuple(sorted(found, key=lambda leftover: -leftover.ended_s))


def replay(leftover: Leftover) -> Recovered:
    """Raises ProjectError when its project file is no longer the one its steps were taken on, or nothing is left."""
    journal = ReadJournal(leftover.path)
    replayed = _Replay(list(journal))
    found = CandidateJournal(leftover.path.parent).load_all()
    return Recovered(
        leftover=leftover,
        document=replayed.document,
        history=replayed.history,
        journal=EditJournal(leftover.path, resume_at=journal.end),
        names=replayed.names,
        next_name=replayed.next_name,
        structure=structure.values_of(replayed.document),
        values=replayed.values,
        candidates=found.records,
        warnings=found.warnings,
    )


def thumbnail_of(leftover: Leftover) -> UInt8Array:
    """What it shows, straight RGBA, at most `archive.THUMBNAIL_PX` a side. Raises ProjectError as `replay` does."""
    from studio.project.archive import thumbnail

    document = replay(leftover).document
    return unpremultiply(thumbnail(flatten(document, document.canvas)))


def discard(leftover: Leftover) -> None:
    """Deletes it with its finished pictures."""
    CandidateJournal(leftover.path.parent).clear()
    EditJournal(leftover.path).remove()


def _described(path: Path, entries: Sequence[JournalEntry], candidates: int) -> Leftover:
    last: Mapping[str, Any] = entries[-1].values if entries else {}
    steps = [entry.values for entry in entries if "saved" not in entry.values]
    unsaved = [values for values in steps[1:] if not _is_saved(values.get("step"), entries)]
    files = [values.get("saved") or values.get("base") for values in (entry.values for entry in entries)]
    project = next((file for file in reversed(files) if isinstance(file, dict)), None)
    is_saved = _is_saved(steps[-1].get("step") if steps else None, entries)
    return Leftover(
        path=path,
        document_id=path.parent.name,
        label=str(steps[-1].get("label", "")) if steps else "",
        steps=0 if is_saved else len(unsaved),
        candidates=candidates,
        ended_s=float(last.get("time", 0.0)),
        project_path=None if project is None else Path(str(project.get("path"))),
        is_file_unchanged=_is_unchanged(project),
    )


def _is_saved(step: Any, entries: Sequence[JournalEntry]) -> bool:
    """Whether a file that is still there, unchanged, holds the document as it was at this step."""
    for entry in entries:
        stamp = entry.values.get("saved") or entry.values.get("base")
        if stamp is not None and entry.values.get("step") == step and _is_unchanged(stamp):
            return True
    return False


def _is_unchanged(stamp: Any) -> bool:
    return isinstance(stamp, dict) and stamp_of(Path(str(stamp.get("path", "")))) == stamp


@dataclass
class _Replay:
    """Takes the entries one by one; a step that was undone or redone is one again."""

    entries: list[JournalEntry]
    document: Document = field(init=False)
    history: History = field(init=False)
    names: dict[int, int] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    _tiles: dict[Target, dict[TileKey, UInt8Array]] = field(default_factory=dict)
    _done: list[int] = field(default_factory=list)
    _structure: Any = None

    def __post_init__(self) -> None:
        first = self._begin()
        for entry in self.entries[first:]:
            self.values.update(entry.values)
            if "saved" in entry.values:
                self._mark_saved(entry.values)
            else:
                self._take(entry)
        active = self.values.get("active")
        self.document.active_layer_id = active if active in self.document.layers else None

    @property
    def next_name(self) -> int:
        return 1 + max((entry.values.get("step", 0) for entry in self.entries), default=0)

    def _begin(self) -> int:
        """Builds what the steps were taken on; the index of the first entry to take."""
        if not self.entries:
            raise ProjectError("Nothing is left of this document.", remedy="It can be deleted from the list.")
        base = self.entries[0]
        stamp = base.values.get("base")
        if stamp is None:
            self._structure = base.values.get("structure")
            self._put(base.tiles)
            self._open(self._built_document(), base.values)
            return 1
        index = next((n for n in reversed(range(len(self.entries))) if _is_base(self.entries[n])), None)
        if index is None:
            raise ProjectError(
                f"“{Path(str(stamp.get('path', ''))).name}” is no longer the file these steps were taken on.",
                remedy="Put the file back as it was, or open it without them.",
            )
        from studio.project import archive

        entry = self.entries[index].values
        loaded = archive.read(Path(entry.get("saved", entry.get("base"))["path"]))
        self._open(build_document(loaded.project), entry)
        for target in targets_of(self.document):
            self._tiles[target] = dict(self.document.surface(target).snapshot())
        self._structure = structure.values_of(self.document)
        # What was done while that save was being written came before its mark.
        same = (n for n in range(index + 1) if self.entries[n].values.get("step") == entry["step"])
        return next(same, index) + 1

    def _open(self, document: Document, values: Mapping[str, Any]) -> None:
        self.document, self.history = document, new_history(document)
        self._done = [int(values["step"])]
        self.names[self.history.state] = self._done[0]
        self.values.update(values)

    def _take(self, entry: JournalEntry) -> None:
        step, position = int(entry.values["step"]), int(entry.values["position"])
        # Masks kept by name are no surfaces that tiles are swapped on.
        is_rebuilt = "structure" in entry.values or any(
            change.target.kind == "saved" for change in entry.tiles
        )
        self._structure = entry.values.get("structure", self._structure)
        self._put(entry.tiles)
        if step in self._done:
            self._go_to(self._done.index(step))
            self._forget_what_is_gone()
            return
        here = self.history.position
        del self._done[here + 1 :]
        edit = self._rebuilt(entry) if is_rebuilt else _swaps(entry.tiles)
        # A slider's drag was one step: the same place in the history, the same key.
        self.history.do(edit, str(entry.values.get("label", "")), merge_key=f"step {position}")
        if is_rebuilt:
            self._forget_what_is_gone()
        self._done[self.history.position :] = [step]
        self.names[self.history.state] = step

    def _go_to(self, position: int) -> None:
        while self.history.position > position:
            self.history.undo()
        while self.history.position < position:
            self.history.redo()
        self.names[self.history.state] = self._done[position]

    def _mark_saved(self, values: Mapping[str, Any]) -> None:
        states = [state for state, name in self.names.items() if name == values.get("step")]
        if states and _is_unchanged(values.get("saved")):
            self.history.mark_clean(states[-1])

    def _put(self, changes: Sequence[TileChange]) -> None:
        for target, key, tile in changes:
            tiles = self._tiles.setdefault(target, {})
            if tile is None:
                tiles.pop(key, None)
            else:
                tiles[key] = tile

    def _built(self) -> structure.Structure:
        return structure.build(
            self._structure,
            lambda target, channels: TiledSurface.from_tiles(channels, self._tiles.get(target, {})),
        )

    def _built_document(self) -> Document:
        built = self._built()
        document = Document(built.canvas)
        for index, layer in enumerate(built.roots):
            document.layers.insert(Place(index), layer)
        document.selection = TiledSurface.from_tiles(1, self._tiles.get(Target.SELECTION, {}))
        document.saved_masks, document.guides = built.saved_masks, built.guides
        return document

    def _rebuilt(self, entry: JournalEntry) -> Edit:
        built = self._built()
        edits: list[Edit] = [Rebuild(built.canvas, built.roots, built.saved_masks, built.guides)]
        selected = {change.key: change.tile for change in entry.tiles if change.target == Target.SELECTION}
        if selected:
            edits.append(SwapTiles(Target.SELECTION, selected))
        return Compound(tuple(edits))

    def _forget_what_is_gone(self) -> None:
        for target in self._tiles.keys() - set(targets_of(self.document)):
            del self._tiles[target]


def _is_base(entry: JournalEntry) -> bool:
    stamp = entry.values.get("saved") or entry.values.get("base")
    return stamp is not None and _is_unchanged(stamp)


def _swaps(changes: Sequence[TileChange]) -> Edit:
    by_target: dict[Target, dict[TileKey, UInt8Array | None]] = {}
    for target, key, tile in changes:
        by_target.setdefault(target, {})[key] = tile
    return Compound(tuple(SwapTiles(target, tiles) for target, tiles in by_target.items()))
