"""Several pictures of one place, one of them shown at each pixel: a group whose layers hide each other.

The lowest has no mask; each above it has one, and the highest mask that shows decides. Together the masks are the map of
which picture stands where, soft edges included, and can be painted on for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.errors import DocumentError
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.layer import Layer, LayerProperties
from studio.document.surface import TiledSurface


def mix_group(name: str, layers: Sequence[Layer], outline: TiledSurface | None) -> Layer:
    """A group that shows the first of `layers` everywhere. outline: the mask of the whole, None: no limit."""
    lowest, *others = layers
    lowest.mask = None
    for layer in others:
        layer.mask = TiledSurface(1)
    return Layer(properties=LayerProperties(name=name), children=list(layers), mask=outline)


def mix_targets(document: Document) -> tuple[Target | None, tuple[Target, ...]]:
    """(the mask to paint on so that the active layer shows, None for the lowest; the masks above it, which hide it).

    Raises DocumentError where the active layer is not part of a mix.
    """
    active = document.active_layer
    group = None if active is None else document.layers.parent(active.id)
    if active is None or group is None or not is_mix(group):
        raise DocumentError(
            "The active layer is not part of a mix.",
            remedy="Choose one of a mix in the layers panel, or make one: Generate › Mix Results.",
        )
    if group.properties.is_locked or active.properties.is_locked:
        raise DocumentError("The mix is locked.", remedy="Unlock it in the layers panel.")
    members = group.members
    index = members.index(active)
    own = Target.mask(active.id) if index else None
    return own, tuple(Target.mask(layer.id) for layer in members[index + 1 :])


def is_mix(group: Layer) -> bool:
    """Whether it has the shape of one, whoever made it."""
    members = group.children or []
    return (
        len(members) > 1
        and members[0].mask is None
        and all(layer.has_pixels and layer.mask is not None for layer in members[1:])
    )
