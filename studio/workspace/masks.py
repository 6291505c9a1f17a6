"""Verbs of the painted mask, and of the active layer's pixels under it: each one undoable step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.changes import Target
from studio.document.copying import copy_document
from studio.document.deriving import select_layer_alpha, select_luminosity
from studio.document.document import Document
from studio.document.edits import AddLayer, Compound, Edit
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.morphology import reshape_selection
from studio.document.paintable import paint_target, paintable_layer
from studio.document.pixels import RGB, UInt8Array
from studio.document.region import erase_region, fill_region, masked_pixels
from studio.document.selection import combine_tiles
from studio.document.surface import TiledSurface, TileKey
from studio.workspace.mask_preview import MaskPreview

if TYPE_CHECKING:
    from studio.document.edits import SwapTiles
    from studio.document.stroking import StrokeSide
    from studio.tools.settings import ToolSettings
    from studio.workspace.background import Background
    from studio.workspace.color_ranging import ColorRanging

RESHAPE_LABELS = {
    "grow": "Grow mask",
    "shrink": "Shrink mask",
    "feather": "Feather mask",
    "border": "Border mask",
    "smooth": "Smooth mask",
}


class MaskVerbs:
    """Works on the one document and history it was made for. get_frame: the mask may lie where the frame is.
    get_last_mask: tiles of the mask there was before it was taken away."""

    def __init__(
        self,
        document: Document,
        history: History,
        *,
        get_frame: Callable[[], Rect],
        get_last_mask: Callable[[], Mapping[TileKey, UInt8Array]],
    ) -> None:
        self._get_last_mask = get_last_mask
        self._document = document
        self._history = history
        self._get_frame = get_frame

    @property
    def has_mask(self) -> bool:
        return bool(self._document.selection.keys())

    # The mask itself ------------------------------------------------------------------------------------------

    def reshape(self, name: str, radius_px: int) -> None:
        """name: a key of RESHAPE_LABELS. Raises DocumentError where nothing is masked."""
        self._require_mask()
        edit = reshape_selection(self._document, name, radius_px, clip=self._area)
        self._history.do(edit, RESHAPE_LABELS[name])

    def begin_reshaping(self, name: str) -> Reshaping:
        """The same with a radius that is still being chosen. Raises DocumentError where nothing is masked."""
        self._require_mask()
        return Reshaping(self._document, self._history, name, self._area)

    def begin_color_range(self, background: Background) -> ColorRanging:
        """Masks what comes near to a colour, while colour and tolerance are still being chosen."""
        from studio.workspace.color_ranging import ColorRanging  # when it is asked for

        self._history.settle()
        return ColorRanging(self._document, self._history, background)

    def from_layer(self, layer_id: str) -> None:
        """Masks what the layer covers."""
        layer = self._document.layers.layer(layer_id)
        edit = select_layer_alpha(self._document, layer, clip=self._area)
        self._history.do(edit, "Mask from layer")

    def from_luminosity(self) -> None:
        """Masks the picture by how light it is."""
        self._history.do(select_luminosity(self._document), "Mask from luminosity")

    def reselect(self) -> None:
        """The mask there was last. Raises DocumentError where there was none."""
        tiles = self._get_last_mask()
        if not tiles:
            raise DocumentError("There was no mask yet.", remedy="Draw one first.")
        self._history.do(combine_tiles(self._document, tiles, "replace"), "Mask as before")

    # Pixels under it ------------------------------------------------------------------------------------------

    def delete_pixels(self) -> None:
        """Of the active layer. Raises DocumentError where nothing is masked or the layer takes no paint."""
        self._require_mask()
        target = paint_target(self._document, erases=True)
        self._history.do(erase_region(self._document, target), "Delete masked pixels")

    def fill(self, color: RGB) -> None:
        """The active layer, inside the mask where there is one. Raises DocumentError where it takes no paint."""
        target = paint_target(self._document)
        label = "Fill mask with color" if self.has_mask else "Fill layer"
        self._history.do(fill_region(self._document, target, color), label)

    def stroke(self, color: RGB, *, width_px: int, side: StrokeSide) -> None:
        """A line along the mask's edge on the active layer. Raises DocumentError where nothing is masked or the layer
        takes no paint."""
        from studio.document.stroking import stroke_selection  # when it is asked for

        self._require_mask()
        layer = paintable_layer(self._document)
        edit = stroke_selection(
            self._document, layer, color, width_px=width_px, side=side, clip=self._document.canvas
        )
        self._history.do(edit, "Stroke mask")

    def tracing(self, settings: ToolSettings) -> Callable[[], SwapTiles]:
        """The brush led along the mask's edge, for another thread; the edit is one step. Raises DocumentError where
        nothing is masked or the layer takes no paint."""
        from studio.tools.settings import ToolSettings  # when it is asked for
        from studio.tools.tracing import trace_edge

        self._require_mask()
        paint_target(self._document)
        self._history.settle()
        frozen, brush = copy_document(self._document), ToolSettings()
        brush.restore(settings.to_json())
        return lambda: trace_edge(frozen, brush)

    def copy_to_layer(self) -> str:
        """The active layer's masked pixels as a layer above it; returns its id. Raises DocumentError where nothing is
        masked or nothing lies under the mask."""
        source, copy = self._cut_out()
        self._history.do(self._above(source, copy), "Copy to new layer")
        return copy.id

    def cut_to_layer(self) -> str:
        """The same, and they are gone from where they were."""
        paintable_layer(self._document, erases=True)
        source, copy = self._cut_out()
        cut = erase_region(self._document, Target.pixels(source.id))
        self._history.do(Compound((cut, self._above(source, copy))), "Cut to new layer")
        return copy.id

    @property
    def _area(self) -> Rect:
        return self._document.canvas.united(self._get_frame())

    def _require_mask(self) -> None:
        if not self.has_mask:
            raise DocumentError("Nothing is masked.", remedy="Draw a mask first.")

    def _cut_out(self) -> tuple[Layer, Layer]:
        self._require_mask()
        source = self._document.active_layer
        if source is None:
            raise DocumentError("There is no layer to copy from.", remedy="Choose one in the layers panel.")
        tiles = masked_pixels(self._document, source)
        if not tiles:
            raise DocumentError(
                f"The layer “{source.properties.name}” is empty under the mask.",
                remedy="Choose the layer that holds the pixels.",
            )
        name = f"{source.properties.name} part"
        # What hides the source must hide its part too; a recipe would promise the whole picture.
        mask = None if source.mask is None else TiledSurface.from_tiles(1, source.mask.snapshot())
        properties = LayerProperties(
            name=name, opacity=source.properties.opacity, blend_mode=source.properties.blend_mode
        )
        copy = Layer(properties=properties, surface=TiledSurface.from_tiles(4, tiles), mask=mask)
        return source, copy

    def _above(self, source: Layer, copy: Layer) -> Edit:
        index, parent_id = self._document.layers.place(source.id)
        return AddLayer(copy, index + 1, parent_id=parent_id)


class Reshaping:
    """An open gesture: the mask as it would be with the last radius shown. One step when it is kept."""

    def __init__(self, document: Document, history: History, name: str, clip: Rect) -> None:
        self._name = name
        self._clip = clip
        self._preview = MaskPreview(document, history, RESHAPE_LABELS[name])

    @property
    def is_open(self) -> bool:
        """False once another edit, an undo or a save has ended it."""
        return self._preview.is_open

    def show(self, radius_px: int) -> None:
        """From the mask as it was at the beginning, whatever was shown since."""
        if self.is_open:
            original = self._preview.original()
            self._preview.show(reshape_selection(original, self._name, radius_px, clip=self._clip).tiles)

    def keep(self) -> None:
        self._preview.keep()

    def cancel(self) -> None:
        self._preview.cancel()
