"""What a generated layer was made from, as a digest: enough to notice that it has changed since."""

from __future__ import annotations

import hashlib

import numpy as np

from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.pixels import unpremultiply
from studio.generation.request import UInt8Array


def digest(rgb: UInt8Array, known: UInt8Array) -> str:
    """rgb: (h, w, 3); what is not known does not count."""
    seen = hashlib.sha256(np.ascontiguousarray(known).data)
    seen.update(np.ascontiguousarray(np.where(known[..., None] > 0, rgb, 0).astype(np.uint8)).data)
    return seen.hexdigest()[:32]


def seen_below(document: Document, layer_id: str, rect: Rect) -> tuple[UInt8Array, UInt8Array]:
    """Straight RGB (h, w, 3) and alpha (h, w) of what lies below a layer, or below the outermost group it lies in.

    document: a snapshot nobody else writes to."""
    below = copy_document(document)
    roots = below.layers.roots
    top = next(index for index, root in enumerate(roots) if below.layers.is_within(layer_id, root.id))
    for root in roots[top:]:
        below.layers.remove(root.id)
    straight = unpremultiply(flatten(below, rect))
    return np.ascontiguousarray(straight[..., :3]), np.ascontiguousarray(straight[..., 3])
