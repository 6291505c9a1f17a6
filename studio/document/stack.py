"""The order of layers, from the lowest to the highest."""

from __future__ import annotations

from collections.abc import Iterator

from studio.core.errors import DocumentError
from studio.document.layer import Layer


class LayerStack:
    """Only edits call `insert`, `remove` and `move`."""

    def __init__(self) -> None:
        self._layers: list[Layer] = []

    def __iter__(self) -> Iterator[Layer]:
        return iter(tuple(self._layers))

    def __reversed__(self) -> Iterator[Layer]:
        return iter(tuple(reversed(self._layers)))

    def __len__(self) -> int:
        return len(self._layers)

    def __getitem__(self, index: int) -> Layer:
        return self._layers[index]

    def __contains__(self, layer_id: object) -> bool:
        return any(layer.id == layer_id for layer in self._layers)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(layer.id for layer in self._layers)

    def layer(self, layer_id: str) -> Layer:
        """Raises DocumentError for an id that is not here."""
        return self._layers[self.index(layer_id)]

    def index(self, layer_id: str) -> int:
        """0 is the lowest. Raises DocumentError for an id that is not here."""
        for index, layer in enumerate(self._layers):
            if layer.id == layer_id:
                return index
        raise DocumentError("That layer is no longer in the picture.", details=layer_id)

    def insert(self, index: int, layer: Layer) -> None:
        if layer.id in self:
            raise DocumentError("That layer is in the picture already.", details=layer.id)
        if not 0 <= index <= len(self._layers):
            raise DocumentError("There is no such place in the layer stack.", details=str(index))
        self._layers.insert(index, layer)

    def remove(self, layer_id: str) -> Layer:
        return self._layers.pop(self.index(layer_id))

    def move(self, layer_id: str, index: int) -> None:
        """`index` counts in the stack without the layer."""
        if not 0 <= index < len(self._layers):
            raise DocumentError("There is no such place in the layer stack.", details=str(index))
        self._layers.insert(index, self._layers.pop(self.index(layer_id)))
