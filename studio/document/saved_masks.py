"""Edits of the masks kept by name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.core.errors import DocumentError
from studio.document.changes import SavedMasksChanged
from studio.document.document import Document
from studio.document.saved_mask import SavedMask


@dataclass(frozen=True, eq=False)
class SetSavedMasks:
    """All of them at once, in the order of the list. held_bytes: pixels that live on only because of this edit."""

    masks: tuple[SavedMask, ...]
    held_bytes: int = 0

    def apply(self, document: Document) -> SetSavedMasks:
        before, document.saved_masks = document.saved_masks, self.masks
        document.changed.emit(SavedMasksChanged())
        return SetSavedMasks(before, self.held_bytes)

    @property
    def byte_size(self) -> int:
        return self.held_bytes


def saved_mask(document: Document, mask_id: str) -> SavedMask:
    """Raises DocumentError for one that is not there any more."""
    for mask in document.saved_masks:
        if mask.id == mask_id:
            return mask
    raise DocumentError("That mask is no longer in the picture.")


def add_saved_mask(document: Document, mask: SavedMask) -> SetSavedMasks:
    return SetSavedMasks((*document.saved_masks, mask), mask.byte_size)


def remove_saved_mask(document: Document, mask_id: str) -> SetSavedMasks:
    gone = saved_mask(document, mask_id)
    return SetSavedMasks(tuple(mask for mask in document.saved_masks if mask is not gone), gone.byte_size)


def rename_saved_mask(document: Document, mask_id: str, name: str) -> SetSavedMasks:
    renamed = saved_mask(document, mask_id)
    return SetSavedMasks(
        tuple(replace(mask, name=name) if mask is renamed else mask for mask in document.saved_masks)
    )


def tell_saved_mask(
    document: Document, mask_id: str, *, prompt: str, weight: float, feather_px: float
) -> SetSavedMasks:
    """What is to be there, how far it rules, how softly it ends."""
    told = saved_mask(document, mask_id)
    new = replace(told, prompt=prompt, weight=weight, feather_px=feather_px)
    return SetSavedMasks(tuple(new if mask is told else mask for mask in document.saved_masks))
