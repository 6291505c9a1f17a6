"""Verbs of the masks kept by name: each one undoable step."""

from __future__ import annotations

from studio.core.errors import DocumentError
from studio.core.ids import new_id
from studio.document.document import Document
from studio.document.history import History
from studio.document.saved_mask import (
    MAX_FEATHER_PX,
    MAX_NAME_CHARS,
    MAX_REGION_PROMPT_CHARS,
    SavedMask,
)
from studio.document.saved_masks import (
    add_saved_mask,
    remove_saved_mask,
    rename_saved_mask,
    saved_mask,
    tell_saved_mask,
)
from studio.document.selection import SelectionMode, combine_tiles

LABELS: dict[SelectionMode, str] = {
    "replace": "Load mask",
    "add": "Add saved mask",
    "subtract": "Take saved mask away",
    "intersect": "Intersect with saved mask",
}


class SavedMaskVerbs:
    """Works on the one document and history it was made for."""

    def __init__(self, document: Document, history: History) -> None:
        self._document = document
        self._history = history

    def save(self) -> str:
        """Keeps the painted mask under a new name; returns its id. Raises DocumentError where nothing is masked."""
        self._history.settle()
        tiles = self._document.selection.snapshot()
        if not tiles:
            raise DocumentError("Nothing is masked.", remedy="Draw a mask first.")
        mask = SavedMask(id=new_id(), name=self._free_name(), tiles=tiles)
        self._history.do(add_saved_mask(self._document, mask), "Save mask")
        return mask.id

    def load(self, mask_id: str, mode: SelectionMode = "replace") -> None:
        tiles = saved_mask(self._document, mask_id).tiles
        self._history.do(combine_tiles(self._document, tiles, mode), LABELS[mode])

    def rename(self, mask_id: str, name: str) -> None:
        """An empty name, or the same, changes nothing."""
        name = " ".join(name.split())[:MAX_NAME_CHARS]
        if name and name != saved_mask(self._document, mask_id).name:
            self._history.do(rename_saved_mask(self._document, mask_id, name), "Rename mask")

    def tell(
        self,
        mask_id: str,
        *,
        prompt: str | None = None,
        weight: float | None = None,
        feather_px: float | None = None,
    ) -> None:
        """Makes a region of it: what is to be there, how far that rules, how softly it ends. An empty prompt makes it
        a mask like any other again; None leaves a value as it is."""
        mask = saved_mask(self._document, mask_id)
        new = (
            mask.prompt if prompt is None else prompt[:MAX_REGION_PROMPT_CHARS],
            mask.weight if weight is None else min(max(weight, 0.05), 1.0),
            mask.feather_px if feather_px is None else min(max(feather_px, 0.0), MAX_FEATHER_PX),
        )
        if new != (mask.prompt, mask.weight, mask.feather_px):
            edit = tell_saved_mask(self._document, mask_id, prompt=new[0], weight=new[1], feather_px=new[2])
            # A drag of a slider is one step; a prompt is a step of its own.
            merge_key = f"region-{mask_id}-{weight is None}" if prompt is None else None
            self._history.do(edit, "Region", merge_key=merge_key)

    def delete(self, mask_id: str) -> None:
        self._history.do(remove_saved_mask(self._document, mask_id), "Delete saved mask")

    def _free_name(self) -> str:
        taken = {mask.name for mask in self._document.saved_masks}
        number = 1
        while f"Mask {number}" in taken:
            number += 1
        return f"Mask {number}"
