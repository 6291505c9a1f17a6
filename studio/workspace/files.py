"""Projects and pictures in and out, without a widget: what the menu, a drop and the terminal all call.

Files are read and written on the background; every answer is a changed workspace or a notice. What knows formats and
archives is imported when a file is opened or written: it need not hold up the first stroke (150 ms of CPU).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from studio.core.errors import ProjectError, StudioError
from studio.core.events import Event
from studio.core.geometry import Point, Rect
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.layer import layer_from_image
from studio.document.operations import drawn_layers
from studio.document.pixels import unpremultiply
from studio.generation.request import Recipe, UInt8Array
from studio.project.snapshot import KeptParts, ProjectSnapshot, build_document, capture
from studio.workspace.background import Background
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.notice import Notice
from studio.workspace.open_document import OpenDocument
from studio.workspace.results import Candidate, Results
from studio.workspace.safekeeping import stamp_of

if TYPE_CHECKING:
    from studio.project.claims import Claim
    from studio.project.formats.format import EncodeOptions
    from studio.project.formats.images import DecodedImage
    from studio.project.journal import CandidateJournal
    from studio.project.metadata import FoundRecipe
    from studio.project.reading import LoadedProject
    from studio.workspace.recovery import Leftover, Recovered
    from studio.workspace.safekeeping import Safekeeping

log = logging.getLogger(__name__)
T = TypeVar("T")
PROJECT_SUFFIX = ".ora"
ZIP_MAGIC = b"PK\x03\x04"
UNTITLED = "Untitled"


class Files:
    """The file side of the open document.

    recipe_found: an opened picture carries a recipe that could be taken over; nothing happened with it yet.
    journal: where finished candidates are kept until a project that holds them is saved; None: nowhere (terminal).
    safekeeping: told what the project file holds. claim: keeps other windows from saving the same file.
    """

    def __init__(
        self,
        open_document: OpenDocument,
        *,
        settings: GenerationSettings,
        results: Results,
        background: Background,
        notices: Event[Notice],
        candidate_finished: Event[Candidate],
        journal: Callable[[str], CandidateJournal] | None = None,
        safekeeping: Safekeeping | None = None,
        claim: Callable[[], Claim] | None = None,
    ) -> None:
        self._open = open_document
        self._make_claim = claim
        self._claim: Claim | None = None
        self._stamp: Mapping[str, Any] | None = None
        self._safekeeping = safekeeping
        self._settings = settings
        self._results = results
        self._background = background
        self._notices = notices
        self._make_journal = journal
        self._journal: CandidateJournal | None = None
        self._path: Path | None = None
        self._kept = KeptParts()
        self._saved_candidates: frozenset[str] = frozenset()
        self.is_saving = False
        self.recipe_found: Event[FoundRecipe] = Event()
        candidate_finished.subscribe(self._on_candidate_finished)

    @property
    def project_path(self) -> Path | None:
        """The project this document was opened from or saved to; a picture that was opened is none."""
        return self._path

    @property
    def title(self) -> str:
        return self._path.stem if self._path is not None else UNTITLED

    @property
    def has_unsaved_candidates(self) -> bool:
        return self._candidate_ids() != self._saved_candidates

    def forget_path(self) -> None:
        """A new document: the next save asks for a name. What was not saved of the old one was thrown away by choice."""
        journal, ids = self._journal, self._candidate_ids()
        if journal is not None:
            self._run(lambda: journal.clear(ids), lambda _: None, "A finished picture could not be deleted.")
        self._path = self._stamp = None
        if self._claim is not None:
            self._claim.release()
        self._kept = KeptParts()
        self._saved_candidates = frozenset()
        self._journal = None

    # In ---------------------------------------------------------------------------------------------------------

    def open(self, path: Path, *, done: Callable[[], None] = lambda: None) -> None:
        """A project or a picture, told by its content; it takes the place of the present document."""
        if _is_project(path):
            self.open_project(path, done=done)
        else:
            self.open_picture(path, done=done)

    def open_picture(self, path: Path, *, done: Callable[[], None] = lambda: None) -> None:
        """The picture becomes the lowest layer of a new document of its size. It is never written to."""

        def show(image: DecodedImage) -> None:
            self.forget_path()
            self._results.replace_all(())
            self._open.replace(_document_of(image.pixels, path.stem))
            self._tell(image.notices)
            self._offer_recipe(image)
            done()

        self._run(lambda: _read_picture(path), show, f"“{path.name}” could not be opened.")

    def place(self, path: Path) -> None:
        """A dropped file: opens it on an untouched canvas, else adds it as a layer. Projects are always opened."""
        if self._is_fresh or _is_project(path):
            self.open(path)
        else:
            self.import_layer(path)

    def import_layer(self, path: Path) -> None:
        """The picture as a layer of its own, in the middle of the frame."""

        def add(image: DecodedImage) -> None:
            self.add_picture(path.stem, image.pixels, label="Import picture")
            self._tell(image.notices)
            self._offer_recipe(image)

        self._run(lambda: _read_picture(path), add, f"“{path.name}” could not be imported.")

    def place_pixels(
        self,
        name: str,
        straight_rgba: UInt8Array,
        *,
        label: str = "Paste picture",
        center: Point | None = None,
    ) -> None:
        """Pasted or dropped pixels (h, w, 4): the document on an untouched canvas, else a layer about `center` (of
        the frame by default)."""
        if self._is_fresh:
            self.forget_path()
            self._open.replace(_document_of(straight_rgba, name))
        else:
            self.add_picture(name, straight_rgba, label=label, center=center)

    def add_picture(
        self, name: str, straight_rgba: UInt8Array, *, label: str, center: Point | None = None
    ) -> str:
        height, width = straight_rgba.shape[:2]
        center = center or self._open.frame.center
        origin = (round(center.x - width / 2), round(center.y - height / 2))
        return self._open.layers.add_image(name, straight_rgba, origin, label=label)

    def load_mask(self, path: Path) -> None:
        """White = change, black = keep; scaled to the canvas. Transparent counts as black."""

        def use(image: DecodedImage) -> None:
            canvas = self._open.document.canvas
            grey = image.pixels[..., :3].astype(np.float32).mean(-1) * (image.pixels[..., 3] / 255.0)
            from studio.generation.composite import resize

            mask = resize(np.rint(grey).astype(np.uint8), canvas.size)
            self._open.layers.set_mask(canvas, mask, label="Load mask")

        self._run(lambda: _read_picture(path), use, f"The mask “{path.name}” could not be opened.")

    def open_project(self, path: Path, *, done: Callable[[], None] = lambda: None) -> None:
        def show(loaded: LoadedProject) -> None:
            project = loaded.project
            self.forget_path()
            self._open.replace(build_document(project), frame=project.frame, document_id=project.document_id)
            self._settings.load(project.settings)
            self._results.replace_all(project.candidates, project.shown_candidate_id)
            # What could only be read in part, or not as its own program meant it, must not be written over it.
            loses = loaded.is_damaged or (loaded.is_foreign and loaded.warnings)
            self._take_path(None if loses else path)
            self._kept = project.kept
            self._saved_candidates = self._candidate_ids()
            if self._path is not None and self._safekeeping is not None:
                self._safekeeping.mark_saved(self._path, self._open.history.state)
            self._open.dirty_changed.emit(None)
            self._tell(loaded.warnings)
            done()

        self._run(lambda: _read_project(path), show, f"“{path.name}” could not be opened.")

    def recover(self, leftover: Leftover) -> None:
        """What a crash left of a document takes the place of the present one, with its undo and redo, and its journal
        goes on: until it is saved or thrown away, a second crash loses no more than the first."""

        def show(recovered: Recovered) -> None:
            values = recovered.values
            self.forget_path()
            frame = values.get("frame")
            self._open.replace(
                recovered.document,
                frame=Rect(*frame) if isinstance(frame, list) else None,
                document_id=recovered.leftover.document_id,
                history=recovered.history,
            )
            settings = values.get("settings")
            self._settings.load(settings if isinstance(settings, dict) else {})
            self._results.replace_all(recovered.candidates)
            self._take_path(recovered.project_path)
            assert self._safekeeping is not None, "recovered where nothing is kept"
            self._safekeeping.resume(
                recovered.journal, recovered.names, recovered.next_name, recovered.structure
            )
            self._open.dirty_changed.emit(None)
            self._tell(recovered.warnings)

        def run() -> Recovered:
            from studio.workspace.recovery import replay

            return replay(leftover)

        self._run(run, show, "This could not be recovered.")

    # Out --------------------------------------------------------------------------------------------------------

    def save(self, path: Path | None = None, *, done: Callable[[bool], None] = lambda _: None) -> None:
        """Writes the project to `path` or where it was; `done` tells whether it is safe. Needs a path once."""
        target = path or self._path
        assert target is not None, "a document without a name was saved without a name"
        if target.suffix.lower() != PROJECT_SUFFIX:
            target = target.with_name(target.name + PROJECT_SUFFIX)
        history = self._open.history
        history.settle()
        snapshot, state = self._snapshot(), history.state
        candidates, journal = self._candidate_ids(), self._journal
        self.is_saving = True

        def saved(_: None) -> None:
            self.is_saving = False
            if self._open.history is history:
                self._take_path(target)
                history.mark_clean(state)
                self._saved_candidates = candidates
                if self._safekeeping is not None:
                    self._safekeeping.mark_saved(target, state)
                self._open.dirty_changed.emit(None)
            self._notices.emit(Notice(f"Saved “{target.name}”."))
            done(True)

        def not_saved() -> None:
            self.is_saving = False
            done(False)

        def write() -> None:
            from studio.project import archive

            archive.write(snapshot, target)
            if journal is not None:
                journal.clear(candidates)

        self._run(write, saved, f"“{target.name}” could not be saved.", not_saved)

    def export(
        self,
        path: Path,
        *,
        options: EncodeOptions | None = None,
        recipe: Recipe | None = None,
        done: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """The flattened canvas as a picture; format by the name's ending. recipe: to embed, default the topmost
        visible generated layer's."""
        document = copy_document(self._open.document)
        embedded = recipe or _newest_recipe(document)

        def write() -> None:
            from studio.project import atomic, metadata
            from studio.project.formats import images
            from studio.project.formats.format import EncodeOptions

            chosen = options or EncodeOptions()
            pixels = unpremultiply(flatten(document, document.canvas))
            format_id = images.format_for(path).identifier
            texts = metadata.texts_of(embedded) if embedded is not None else {}
            atomic.write_bytes(path, images.encode(pixels, format_id, options=chosen, texts=texts))

        def exported(_: None) -> None:
            self._notices.emit(Notice(f"Exported “{path.name}”."))
            done(True)

        self._run(write, exported, f"“{path.name}” could not be exported.", lambda: done(False))

    def check_export_path(self, path: Path) -> None:
        """Raises ProjectError when no picture can be written there."""
        from studio.project.formats import images

        images.format_for(path)
        if not path.absolute().parent.is_dir():
            raise ProjectError(f"The folder of “{path.name}” is not there.", remedy="Choose another folder.")

    def flattened(self) -> UInt8Array:
        """What the canvas shows, straight RGBA, for the clipboard."""
        return unpremultiply(flatten(self._open.document, self._open.document.canvas))

    def let_go(self) -> None:
        """The studio closes, and the artist was asked: nothing is left for the next start to recover."""
        self.forget_path()
        if self._safekeeping is not None:
            self._safekeeping.forget()

    def forget_candidate(self, candidate_id: str) -> None:
        """It was thrown away: the journal need not keep it."""
        journal = self._journal
        if journal is not None:
            self._run(
                lambda: journal.clear([candidate_id]), lambda _: None, "A candidate could not be deleted."
            )

    @property
    def is_changed_outside(self) -> bool:
        """Somebody else has written the project file since it was opened or saved here."""
        return self._path is not None and self._stamp is not None and stamp_of(self._path) != self._stamp

    # Inside -----------------------------------------------------------------------------------------------------

    def _on_candidate_finished(self, candidate: Candidate) -> None:
        self._open.dirty_changed.emit(None)
        if self._make_journal is None:
            return
        if self._journal is None:
            self._journal = self._make_journal(self._open.id)
        journal = self._journal
        self._run(
            lambda: journal.store(candidate), lambda _: None, "A finished picture could not be kept safe."
        )
        if self._safekeeping is not None:
            # The picture's journal says nothing about the document it was made for.
            self._safekeeping.note()

    def _take_path(self, path: Path | None) -> None:
        """Where the next save goes; none while another window has the file."""
        if path is not None and not self._claims(path):
            self._notices.emit(
                Notice(
                    f"“{path.name}” is open in another window, so this one is a copy.",
                    remedy="Save it under another name, or close it there and open it again.",
                    is_error=True,
                )
            )
            path = None
        self._path = path
        self._stamp = None if path is None else stamp_of(path)

    def _claims(self, path: Path) -> bool:
        if self._claim is None and self._make_claim is not None:
            self._claim = self._make_claim()
        return self._claim is None or self._claim.take(path)

    @property
    def _is_fresh(self) -> bool:
        """Nothing was done and nothing was made yet: a dropped picture may take the place of the blank canvas."""
        return self._open.is_untouched and not self._results.candidates

    def _snapshot(self) -> ProjectSnapshot:
        shown = self._results.current
        return capture(
            self._open.document,
            document_id=self._open.id,
            frame=self._open.frame,
            settings=self._settings.values.to_json(),
            candidates=self._results.candidates,
            shown_candidate_id=shown.id if shown is not None else None,
            kept=self._kept,
        )

    def _candidate_ids(self) -> frozenset[str]:
        return frozenset(candidate.id for candidate in self._results.candidates)

    def _offer_recipe(self, image: DecodedImage) -> None:
        from studio.project import metadata

        found = metadata.find_recipe(image.texts)
        if found is not None:
            self.recipe_found.emit(found)

    def _tell(self, sentences: tuple[str, ...]) -> None:
        if sentences:
            self._notices.emit(Notice(" ".join(sentences)))

    def _run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        sentence: str,
        after_failure: Callable[[], None] = lambda: None,
    ) -> None:
        def report(error: Exception) -> None:
            if isinstance(error, StudioError):
                notice = Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            else:
                log.error("%s", sentence, exc_info=error)
                notice = Notice(
                    sentence, remedy="Your work is unchanged.", details=repr(error), is_error=True
                )
            self._notices.emit(notice)
            after_failure()

        self._background.run(work, done=done, failed=report)


def _read_picture(path: Path) -> DecodedImage:
    from studio.project.formats import images

    return images.read(path)


def _read_project(path: Path) -> LoadedProject:
    from studio.project import archive

    return archive.read(path)


def _is_project(path: Path) -> bool:
    """Told by content: an OpenRaster file is a zip archive, no picture format is."""
    try:
        with path.open("rb") as file:
            return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    except OSError:
        return path.suffix.lower() == PROJECT_SUFFIX


def _document_of(straight_rgba: UInt8Array, name: str) -> Document:
    height, width = straight_rgba.shape[:2]
    document = Document(Rect(0, 0, width, height))
    AddLayer(layer_from_image(name, straight_rgba), 0).apply(document)
    return document


def _newest_recipe(document: Document) -> Recipe | None:
    generated = [layer.recipe for layer in drawn_layers(document) if layer.recipe is not None]
    return generated[-1] if generated else None
