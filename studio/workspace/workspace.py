"""The open studio: one document, its history, its results, its queue. The window binds to it, tests drive it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.core import paths
from studio.core.errors import DocumentError, StudioError
from studio.core.events import Event
from studio.core.geometry import Rect, Size
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import clear_selection, fill_selection, invert_selection
from studio.document.history import History
from studio.generation.request import DRAWN, Recipe, UInt8Array
from studio.generation.verbs import verb_of
from studio.jobs.queue import JobQueue
from studio.tools.settings import ToolSettings
from studio.workspace.background import Background
from studio.workspace.bakes import Bakes
from studio.workspace.files import Files
from studio.workspace.forecasts import Forecasts
from studio.workspace.generating import Generating
from studio.workspace.generation_settings import GenerationSettings
from studio.workspace.history_keeper import HistoryKeeper
from studio.workspace.in_the_making import InTheMaking
from studio.workspace.intent import Intent, intended
from studio.workspace.layers import LayerVerbs
from studio.workspace.live_canvas import LiveCanvas
from studio.workspace.notice import Notice
from studio.workspace.open_document import OpenDocument, blank_document
from studio.workspace.results import Results
from studio.workspace.safekeeping import Safekeeping

if TYPE_CHECKING:
    from studio.generation.catalog import ModelInfo
    from studio.project.claims import Claim
    from studio.project.edit_journal import EditJournal
    from studio.project.journal import CandidateJournal
    from studio.project.metadata import FoundRecipe
    from studio.workspace.brush_shelf import BrushShelf
    from studio.workspace.build_request import Capture
    from studio.workspace.masks import MaskVerbs
    from studio.workspace.picture import PictureVerbs
    from studio.workspace.saved_masks import SavedMaskVerbs
    from studio.workspace.texts import TextVerbs

DEFAULT_CANVAS = Size(512, 512)


class Workspace:
    """Belongs to the UI thread.

    document_replaced: another document was opened or begun; everything that held the old one must let go.
    recipe_found: an opened picture carries a recipe that could be taken over; nothing happened with it yet.
    Lengths in canvas pixels.
    """

    def __init__(
        self,
        *,
        queue: JobQueue,
        background: Background,
        canvas: Size = DEFAULT_CANVAS,
        journal: Callable[[str], CandidateJournal] | None = None,
        edit_journal: Callable[[str], EditJournal] | None = None,
        safe_background: Background | None = None,
        claim: Callable[[], Claim] | None = None,
        previews: bool = True,
        brush_folder: Path | None = None,
    ) -> None:
        """brush_folder: where the artist's own brushes are kept; by default in the user's data."""
        self.queue = queue
        self.background = background
        self.settings = GenerationSettings()
        self.tool_settings = ToolSettings()
        self.results = Results()
        self.forecasts = Forecasts()
        self.notices: Event[Notice] = Event()
        self._open = OpenDocument(blank_document(canvas))
        self._keeper = HistoryKeeper(background)
        self._keeper.follow(self._open.history)
        self._open.replaced.subscribe(lambda _: self._keeper.follow(self._open.history))
        self.document_replaced = self._open.replaced
        self.frame_changed = self._open.frame_changed
        self.dirty_changed = self._open.dirty_changed
        self.generating = Generating(
            queue=queue,
            settings=self.settings,
            results=self.results,
            background=background,
            take_capture=self.capture,
            notices=self.notices,
            previews=previews,
        )
        self.safekeeping: Safekeeping | None = None
        if edit_journal is not None:
            self.safekeeping = Safekeeping(
                self._open,
                open_journal=edit_journal,
                describe=self._described,
                background=safe_background or background,
                notices=self.notices,
            )
        self.bakes = Bakes(queue=queue, background=background, opened=self._open, notices=self.notices)
        self.live_canvas = LiveCanvas(
            queue=queue,
            settings=self.settings,
            results=self.results,
            background=background,
            opened=self._open,
            notices=self.notices,
        )
        self.in_the_making = InTheMaking(
            queue=queue,
            generating=self.generating,
            results=self.results,
            settings=self.settings,
            document=lambda: self.document,
        )
        self.files = Files(
            self._open,
            settings=self.settings,
            results=self.results,
            background=background,
            notices=self.notices,
            candidate_finished=self.generating.candidate_finished,
            journal=journal,
            safekeeping=self.safekeeping,
            claim=claim,
        )
        self.recipe_found = self.files.recipe_found
        self.open_shelf: BrushShelf | None = None
        """The brushes, if they were asked for already."""
        self.chosen_brush_ids: Mapping[str, object] = {}
        """Which brush each tool had at the end of the last session, for the shelf to begin with."""
        self._brush_folder = brush_folder or paths.data_dir() / "brushes"

    @property
    def brush_shelf(self) -> BrushShelf:
        """Read when it is first asked for: its files need not hold up the first stroke."""
        if self.open_shelf is None:
            from studio.workspace.brush_shelf import BrushShelf

            self.open_shelf = BrushShelf(self.tool_settings, self._brush_folder, self.chosen_brush_ids)
            if self.open_shelf.problem:
                self.notices.emit(Notice(self.open_shelf.problem))
        return self.open_shelf

    # The document ---------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self._open.document

    @property
    def document_id(self) -> str:
        """Names the document's journal; survives saving."""
        return self._open.id

    @property
    def history(self) -> History:
        return self._open.history

    @property
    def layers(self) -> LayerVerbs:
        return self._open.layers

    @property
    def masks(self) -> MaskVerbs:
        """Verbs of the painted mask and of the pixels under it."""
        return self._open.masks

    @property
    def saved_masks(self) -> SavedMaskVerbs:
        """Verbs of the masks kept by name."""
        return self._open.saved_masks

    @property
    def texts(self) -> TextVerbs:
        """Verbs of text layers."""
        return self._open.texts

    @property
    def picture(self) -> PictureVerbs:
        """Verbs of the whole picture: crop, mirror, turn."""
        return self._open.picture

    def new(self, size: Size) -> None:
        """A blank canvas; unsaved work is the caller's question to ask."""
        self.files.forget_path()
        self.results.replace_all(())
        self._open.replace(blank_document(size))

    @property
    def is_untouched(self) -> bool:
        """Nothing was ever done to the blank canvas."""
        return self._open.is_untouched

    @property
    def is_blank(self) -> bool:
        return self._open.is_blank

    def undo(self) -> None:
        self.history.undo()

    def redo(self) -> None:
        self.history.redo()

    # The frame ------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Rect:
        """What the model is shown when nothing is masked; may reach past the canvas."""
        return self._open.frame

    def set_frame(self, rect: Rect) -> None:
        """Sides that are too short are widened. The frame is a view on the picture, no step of the history."""
        self._open.set_frame(rect)

    def resize_frame(self, size: Size) -> None:
        """Another size around the same centre."""
        center = self.frame.center
        self.set_frame(
            Rect(round(center.x - size.width / 2), round(center.y - size.height / 2), size.width, size.height)
        )

    def fit_frame_to_canvas(self) -> None:
        self.set_frame(self.document.canvas)

    # The mask -------------------------------------------------------------------------------------------------

    @property
    def has_mask(self) -> bool:
        return not self.document.selection.tile_bounds().is_empty

    def clear_mask(self) -> None:
        self.history.do(clear_selection(self.document), "Clear mask")

    def fill_mask(self) -> None:
        """Masks the whole canvas."""
        self.history.do(fill_selection(self.document), "Mask everything")

    def set_mask(self, rect: Rect, mask: UInt8Array, *, label: str) -> None:
        """Replaces the mask by uint8 (rect.height, rect.width), 0 beyond; one step."""
        self.layers.set_mask(rect, mask, label=label)

    def invert_mask(self) -> None:
        self.history.do(invert_selection(self.document), "Invert mask")

    # Generating -----------------------------------------------------------------------------------------------

    @property
    def model(self) -> ModelInfo | None:
        """The chosen model, once the engine has told what it has."""
        catalog = self.queue.catalog
        return None if catalog is None else catalog.model(self.settings.values.model)

    @property
    def intent(self) -> Intent:
        """What Generate would do now; depends on mask, frame, layers and strength."""
        values = self.settings.values
        return intended(self.document, self.frame, values.strength, verb_of(values.verb))

    def generate(self) -> None:
        self.generating.generate()

    def draw_scene(self) -> None:
        """A scene of the renderer for the frame; words of the prompt that it cannot draw are named."""
        # The words are for the first scene, not for the first stroke.
        from studio.generation.scenes.telling import undrawn

        problem = undrawn(self.settings.values.prompt)
        if problem:
            self.notices.emit(Notice(problem))
        self.generating.draw_scene()

    def prefill_to_layer(self) -> None:
        """What the model would start from under the mask, as a layer above the active one. From then on the model starts
        from what is painted, this layer included. Raises DocumentError where nothing is masked."""
        capture, catalog = self.capture(self.settings.values.seed), self.queue.catalog
        if not self.has_mask or catalog is None:
            raise DocumentError(
                "Nothing is masked, or the engine is not ready.", remedy="Paint a mask first."
            )
        document = self.document

        def add(found: tuple[Rect, UInt8Array, UInt8Array]) -> None:
            if document is not self.document:
                return
            rect, rgb, coverage = found
            self.layers.add_image(
                "Pre-fill", np.dstack((rgb, coverage)), (rect.x, rect.y), label="Pre-fill to layer"
            )
            self.settings.set(prefill="painted")

        def refuse(error: Exception) -> None:
            message = error.message if isinstance(error, StudioError) else "The pre-fill could not be made."
            self.notices.emit(Notice(message, details=repr(error), is_error=True))

        def run() -> tuple[Rect, UInt8Array, UInt8Array]:
            from studio.workspace.build_request import prefilled

            return prefilled(capture, catalog)

        self.background.run(run, done=add, failed=refuse)

    def cancel(self) -> None:
        self.generating.cancel()

    def retry(self, job_id: str) -> None:
        """A failed or cancelled job once more, on the picture as it was then. Raises JobError for others."""
        self.generating.retry(job_id)

    def accept(self, candidate_id: str | None = None) -> str | None:
        """The shown (or named) candidate becomes a layer; the others stay to be looked at. Returns the layer's id."""
        candidate = self.results.find(candidate_id) if candidate_id else self.results.current
        if candidate is None:
            return None
        from studio.workspace.outside import OutsideWatch  # not before the first stroke

        watch = OutsideWatch(self.document, candidate)
        layer_id = self.layers.accept(candidate)
        watch.verify(self.history, self.background, self.notices)
        self.results.show(None)
        return layer_id

    def mix_results(self) -> str | None:
        """All results of the shown one's place become a group to paint in which of them shows where. Returns its id;
        None where there are not two of them."""
        candidates = self.results.of_place
        if len(candidates) < 2:
            return None
        from studio.workspace.outside import OutsideWatch

        watch = OutsideWatch(self.document, candidates[0])
        group_id = self.layers.mix(candidates)
        watch.verify(self.history, self.background, self.notices)
        self.results.show(None)
        return group_id

    def discard(self, candidate_id: str | None = None) -> None:
        """The shown (or named) candidate is thrown away."""
        candidate = self.results.find(candidate_id) if candidate_id else self.results.current
        if candidate is not None:
            self.results.remove(candidate.id)
            self.files.forget_candidate(candidate.id)
            self.dirty_changed.emit(None)

    def next_candidate(self) -> None:
        self.results.step(1)

    def previous_candidate(self) -> None:
        self.results.step(-1)

    def use_recipe(self, recipe: Recipe) -> None:
        self.settings.use_recipe(recipe)

    def use_found_recipe(self, found: FoundRecipe) -> None:
        """What a picture says about its making, as far as this studio has it; the rest stays as it is set."""
        values = dict(found.values)
        if values.get("source") == DRAWN:
            values = {name: values[name] for name in ("prompt", "seed") if name in values}
        catalog = self.queue.catalog
        known_model = catalog is not None and catalog.model(str(values.get("model"))) is not None
        if not known_model:
            values.pop("model", None)
        if "seed" in values:
            values["is_seed_random"] = False
        self.settings.load(values)

    # Layers ---------------------------------------------------------------------------------------------------

    def add_layer(self) -> str:
        return self.layers.add()

    def delete_layer(self, layer_id: str) -> None:
        self.layers.delete((layer_id,))

    def duplicate_layer(self, layer_id: str) -> str:
        (copy_id,) = self.layers.duplicate((layer_id,))
        return copy_id

    def set_layer(self, layer_id: str, **changes: Any) -> None:
        self.layers.set(layer_id, **changes)

    def select_layer(self, layer_id: str) -> None:
        self.layers.select(layer_id)

    # Files ----------------------------------------------------------------------------------------------------

    @property
    def project_path(self) -> Path | None:
        return self.files.project_path

    @property
    def is_dirty(self) -> bool:
        """Something would be lost by closing now."""
        return not self.history.is_clean or self.files.has_unsaved_candidates

    @property
    def title(self) -> str:
        return self.files.title

    def _described(self) -> dict[str, Any]:
        return {"settings": self.settings.values.to_json(), "frame": list(self.frame)}

    def capture(self, seed: int) -> Capture:
        """Everything a run would depend on now; shares every tile."""
        from studio.workspace.build_request import Capture  # not before the first stroke

        return Capture(
            document=copy_document(self.document),
            frame=self.frame,
            values=self.settings.values,
            seed=seed,
            context=self.forecasts.context,
        )
