"""The tree of layers. Groups hold layers; every layer is addressed by its id, a place by its group and a number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from studio.core.errors import DocumentError
from studio.document.layer import Layer

MAX_GROUP_DEPTH = 50


class Place(NamedTuple):
    """position: among the layers of the group `parent_id`, 0 is the lowest; None: outside of all groups."""

    position: int
    parent_id: str | None = None


class LayerStack:
    """Iteration, `ids`, `len` and whole indices speak of all layers from the lowest to the highest, a group right
    after (above) what it holds: read backwards it is the layers panel. Only edits call `insert`, `remove`, `move`.
    """

    def __init__(self) -> None:
        self._roots: list[Layer] = []
        self._all: tuple[Layer, ...] = ()
        self._by_id: dict[str, Layer] = {}
        self._parents: dict[str, Layer | None] = {}

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._all)

    def __reversed__(self) -> Iterator[Layer]:
        return reversed(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: int) -> Layer:
        return self._all[index]

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self._by_id

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(layer.id for layer in self._all)

    @property
    def roots(self) -> tuple[Layer, ...]:
        """The layers outside of all groups, the lowest first."""
        return tuple(self._roots)

    def layer(self, layer_id: str) -> Layer:
        """Raises DocumentError for an id that is not here."""
        found = self._by_id.get(layer_id)
        if found is None:
            raise DocumentError("That layer is no longer in the picture.", details=layer_id)
        return found

    def index(self, layer_id: str) -> int:
        """Among all layers. Raises DocumentError for an id that is not here."""
        return self._all.index(self.layer(layer_id))

    def parent(self, layer_id: str) -> Layer | None:
        """The group that holds it. Raises DocumentError for an id that is not here."""
        self.layer(layer_id)
        return self._parents[layer_id]

    def place(self, layer_id: str) -> Place:
        """Raises DocumentError for an id that is not here."""
        layer, parent = self.layer(layer_id), self._parents[layer_id]
        siblings = self._roots if parent is None else parent.members
        return Place(siblings.index(layer), None if parent is None else parent.id)

    def siblings(self, parent_id: str | None) -> Sequence[Layer]:
        """What a group holds, the lowest first. Raises DocumentError for what is no group here."""
        return tuple(self._members(parent_id))

    def ancestors(self, layer_id: str) -> tuple[Layer, ...]:
        """The groups around it, the innermost first."""
        found: list[Layer] = []
        parent = self.parent(layer_id)
        while parent is not None:
            found.append(parent)
            parent = self._parents[parent.id]
        return tuple(found)

    def is_within(self, layer_id: str, group_id: str) -> bool:
        """Whether a layer is the group or lies in it."""
        return layer_id == group_id or any(group.id == group_id for group in self.ancestors(layer_id))

    def tops(self, layer_ids: Collection[str]) -> list[Layer]:
        """Those layers without what lies in another one of them, the lowest first. Raises DocumentError for none."""
        wanted = set(layer_ids)
        found = [
            layer
            for layer in self
            if layer.id in wanted and not any(group.id in wanted for group in self.ancestors(layer.id))
        ]
        if not found:
            raise DocumentError("No layer is chosen.", remedy="Choose one in the layers panel.")
        return found

    def is_shown(self, layer_id: str) -> bool:
        """Whether neither it nor a group around it is hidden."""
        around = (self.layer(layer_id), *self.ancestors(layer_id))
        return all(layer.properties.is_visible for layer in around)

    def insert(self, place: Place, layer: Layer) -> None:
        """Adds it with all that it holds."""
        members = self._members(place.parent_id)
        for each in walk((layer,)):
            if each.id in self:
                raise DocumentError("That layer is in the picture already.", details=each.id)
        if not 0 <= place.position <= len(members):
            raise DocumentError("There is no such place in the layer stack.", details=str(place))
        self._check_depth(place.parent_id, layer)
        members.insert(place.position, layer)
        self._changed()

    def remove(self, layer_id: str) -> Layer:
        """Takes it out with all that it holds."""
        place = self.place(layer_id)
        layer = self._members(place.parent_id).pop(place.position)
        self._changed()
        return layer

    def move(self, layer_id: str, place: Place) -> None:
        """`place` counts without the layer."""
        before = self.place(layer_id)
        if place.parent_id is not None and self.is_within(place.parent_id, layer_id):
            raise DocumentError("A group cannot lie in itself.")
        members = self._members(place.parent_id)
        room = len(members) - (before.parent_id == place.parent_id)
        if not 0 <= place.position <= room:
            raise DocumentError("There is no such place in the layer stack.", details=str(place))
        self._check_depth(place.parent_id, self.layer(layer_id))
        layer = self._members(before.parent_id).pop(before.position)
        members.insert(place.position, layer)
        self._changed()

    def _members(self, parent_id: str | None) -> list[Layer]:
        return self._roots if parent_id is None else self.layer(parent_id).members

    def _check_depth(self, parent_id: str | None, layer: Layer) -> None:
        around = 0 if parent_id is None else len(self.ancestors(parent_id)) + 1
        if around + _height(layer) > MAX_GROUP_DEPTH:
            raise DocumentError(f"Groups can be nested {MAX_GROUP_DEPTH} deep at most.")

    def _changed(self) -> None:
        self._all = tuple(walk(self._roots))
        self._by_id = {layer.id: layer for layer in self._all}
        self._parents = dict.fromkeys(self._by_id)
        for group in self._all:
            for child in group.children or ():
                self._parents[child.id] = group


def walk(layers: Sequence[Layer]) -> Iterator[Layer]:
    """All of them from the lowest to the highest, a group after what it holds."""
    # Without recursion: a file from a stranger may nest as deep as its reader allows.
    waiting: list[tuple[Layer, bool]] = [(layer, False) for layer in reversed(layers)]
    while waiting:
        layer, is_done = waiting.pop()
        if layer.children and not is_done:
            waiting.append((layer, True))
            waiting.extend((child, False) for child in reversed(layer.children))
        else:
            yield layer


def _height(layer: Layer) -> int:
    """How many groups lie in one another here."""
    return 1 + max(map(_height, layer.children), default=0) if layer.children is not None else 0
