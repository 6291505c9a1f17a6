"""Generated layers that are no longer what they were made from: noticed, and baked again, one or all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import GenerationError, StudioError
from studio.core.events import Event
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.generation.events import Cancelled, Failed, Finished, JobEvent
from studio.jobs.queue import JobQueue
from studio.workspace.background import Background
from studio.workspace.notice import Notice

if TYPE_CHECKING:
    from studio.document.surface import TiledSurface
    from studio.generation.request import Recipe
    from studio.workspace.baking import Baking
    from studio.workspace.open_document import OpenDocument


class Bakes:
    """Belongs to the UI thread. changed: other layers are stale, or a baking began or ended. Whoever knows when the hand
    rests calls `look`."""

    def __init__(
        self, *, queue: JobQueue, background: Background, opened: OpenDocument, notices: Event[Notice]
    ) -> None:
        self.changed: Event[None] = Event()
        self.stale: frozenset[str] = frozenset()
        self._queue = queue
        self._background = background
        self._opened = opened
        self._notices = notices
        self._running: dict[str, Baking] = {}
        self._waiting: list[str] = []
        self._is_looking = False
        queue.event_handled.subscribe(self._on_job_event)
        opened.replaced.subscribe(self._on_document_replaced)

    def can_bake(self, layer_id: str | None) -> bool:
        document = self._opened.document
        if layer_id is None or layer_id not in document.layers:
            return False
        recipe = document.layers.layer(layer_id).recipe
        return recipe is not None and bool(recipe.inputs)

    def look(self) -> None:
        """Finds out, in the background, which layers are stale."""
        document = self._opened.document
        is_needed = any(layer.recipe is not None and layer.recipe.inputs for layer in document.layers)
        if self._is_looking or self._opened.history.has_open_gesture:
            return
        if not is_needed:
            self._set_stale(frozenset())
            return
        self._is_looking = True
        snapshot = copy_document(document)

        def run() -> frozenset[str]:
            from studio.workspace.baking import stale_layers

            return stale_layers(snapshot)

        def done(stale: frozenset[str]) -> None:
            self._is_looking = False
            if document is self._opened.document:
                self._set_stale(stale)

        def failed(error: Exception) -> None:
            self._is_looking = False

        self._background.run(run, done=done, failed=failed)

    def bake(self, layer_id: str) -> None:
        """Makes the layer once more on what lies below it now; one step when it is done."""
        self._waiting.append(layer_id)
        self._next()

    def bake_all(self) -> None:
        """Every stale one, the lowest first: a higher one is made from what the lower ones have become."""
        document = self._opened.document
        self._waiting += [layer.id for layer in document.layers if layer.id in self.stale]
        self._next()

    def take_prompt(self, layer_id: str, prompt: str) -> None:
        """The layer's prompt is another one from now on; its picture is stale until it is baked again. One step."""
        from studio.workspace.baking import replaced

        document = self._opened.document
        layer = document.layers.layer(layer_id)
        if not self.can_bake(layer_id) or layer.recipe is None:
            raise GenerationError(f"“{layer.properties.name}” was not made from what lies below it.")
        recipe = replace(layer.recipe, prompt=prompt, inputs="changed")
        self._opened.history.do(replaced(document, layer_id, recipe=recipe), "Layer's prompt")
        self.look()

    # Inside ------------------------------------------------------------------------------------------------------

    def _next(self) -> None:
        catalog = self._queue.catalog
        if self._running or not self._waiting or catalog is None:
            return
        layer_id = self._waiting.pop(0)
        document = self._opened.document
        if layer_id not in document.layers:
            self._next()
            return
        snapshot = copy_document(document)

        def run() -> Baking:
            from studio.workspace.baking import plan_baking

            return plan_baking(snapshot, layer_id, catalog)

        def submit(baking: Baking) -> None:
            name = snapshot.layers.layer(layer_id).properties.name
            self._running[baking.request.job_id] = baking
            self._queue.submit(baking.request, f"Bake again: {name}")
            self.changed.emit(None)

        self._background.run(run, done=submit, failed=self._give_up)

    def _on_job_event(self, event: JobEvent) -> None:
        baking = self._running.get(event.job_id)
        if baking is None:
            return
        if isinstance(event, Finished):
            self._place(baking, event)
        elif isinstance(event, Cancelled | Failed):
            del self._running[event.job_id]
            self._waiting.clear()
            if isinstance(event, Failed):
                self._notices.emit(Notice(event.message, remedy=event.remedy, is_error=True))

    def _place(self, baking: Baking, event: Finished) -> None:
        from studio.workspace.baking import baked, replaced

        document = self._opened.document

        def done(made: tuple[TiledSurface, TiledSurface | None, Recipe]) -> None:
            self._running.pop(event.job_id, None)
            if document is self._opened.document and baking.layer_id in document.layers:
                surface, mask, recipe = made
                edit = replaced(document, baking.layer_id, surface=surface, mask=mask, recipe=recipe)
                self._opened.history.do(edit, "Bake again")
                self.look()
            self._next()

        def failed(error: Exception) -> None:
            self._running.pop(event.job_id, None)
            self._give_up(error)

        self._background.run(lambda: baked(baking, event.image), done=done, failed=failed)

    def _give_up(self, error: Exception) -> None:
        self._waiting.clear()
        if isinstance(error, StudioError):
            self._notices.emit(Notice(error.message, remedy=error.remedy, is_error=True))
        else:
            self._notices.emit(
                Notice("The layer could not be baked again.", details=repr(error), is_error=True)
            )

    def _set_stale(self, stale: frozenset[str]) -> None:
        if stale != self.stale:
            self.stale = stale
            self.changed.emit(None)

    def _on_document_replaced(self, _: Document) -> None:
        self._waiting.clear()
        self._running.clear()
        self.stale = frozenset()
        self.look()
