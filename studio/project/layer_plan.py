"""How one layer goes into the archive: its entry in stack.xml, its entry in the manifest, its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.core.geometry import Rect
from studio.document.blend import BLEND_MODES
from studio.document.deriving import layer_coverage
from studio.document.effect_drawing import effect_tile
from studio.document.effects import Effect
from studio.document.operations import clip_runs
from studio.document.pixels import TILE_PX
from studio.document.region import clipped_tiles
from studio.project import members, schema, stack_xml
from studio.project.layer_images import Sheet, both_masks, masked, sheet
from studio.project.snapshot import LayerSnapshot, Tiles, built_layer

Parts = Sequence[tuple[str, bytes]]
Names = Iterator[tuple[int, str]]
"""A number for each layer that is no group, and the name of the picture others see."""


def plan_layers(
    layers: Sequence[LayerSnapshot], canvas: Rect, names: Names, around: Tiles | None
) -> tuple[LayerPlan, ...]:
    """around: what the masks of the groups around them show; None shows everything."""
    plans: list[LayerPlan] = []
    for base, clipped in clip_runs(layers):
        plans.append(LayerPlan(base, canvas, names, around))
        if clipped:
            within = both_masks(around, layer_coverage(built_layer(base), canvas))
            plans += [LayerPlan(layer, canvas, names, within) for layer in clipped]
    return tuple(plans)


def every_plan(plans: Sequence[LayerPlan]) -> Iterator[LayerPlan]:
    """From the lowest to the highest, a group after what it holds."""
    for plan in plans:
        yield from every_plan(plan.children or ())
        yield plan


class LayerPlan:
    """around: what is shown of it by the masks of the groups around it and the layer it is clipped to. No other program
    knows these, nor masks of its own: the picture they see has them in it, and what the layer really holds is stored
    beside it where that differs."""

    def __init__(self, layer: LayerSnapshot, canvas: Rect, names: Names, around: Tiles | None) -> None:
        self._layer = layer
        self._canvas = canvas
        shown_name = f"The layer “{layer.properties.name}”"
        mask = layer.mask if layer.properties.is_mask_enabled else None
        shown = both_masks(around, mask)
        self.children: tuple[LayerPlan, ...] | None = None
        self._shown: Sheet | None = None
        self._pixels: Sheet | None = None
        self._source = ""
        if layer.children is not None:
            self.children = plan_layers(layer.children, canvas, names, shown)
            self._number, _ = next(names)
        else:
            self._number, self._source = next(names)
            own = layer.tiles if layer.effect is None else _fill_tiles(layer.effect, canvas)
            self._shown = sheet(own if shown is None else masked(own, shown), 4, canvas, shown_name)
            if shown is not None and layer.effect is None:
                self._pixels = sheet(layer.tiles, 4, canvas, shown_name)
        self._mask = None if layer.mask is None else sheet(layer.mask, 1, canvas, shown_name)

    def encode(self) -> Parts:
        parts: list[tuple[str, bytes]] = []
        if self._shown is not None:
            parts.append((self._source, self._shown.encode()))
        if self._mask is not None:
            parts.append((members.mask_name(self._number), self._mask.encode()))
        if self._pixels is not None:
            parts.append((members.pixels_name(self._number), self._pixels.encode()))
        return parts

    def entry(self, active_id: str | None) -> stack_xml.LayerEntry:
        properties, children = self._layer.properties, self.children
        x, y = self._offset()
        return stack_xml.LayerEntry(
            source=self._source,
            name=properties.name,
            x=x,
            y=y,
            opacity=properties.opacity,
            is_visible=properties.is_visible,
            composite_op=_composite_op(properties.blend_mode),
            is_locked=properties.is_locked,
            is_selected=self._layer.id == active_id,
            id=self._layer.id,
            extra=properties.extra,
            children=None if children is None else tuple(child.entry(active_id) for child in children),
            is_isolated=properties.is_isolated,
        )

    def manifest_layer(self) -> schema.ManifestLayer:
        layer, mask, pixels = self._layer, self._mask, self._pixels
        x, y = self._offset()
        return schema.ManifestLayer(
            id=layer.id,
            source=self._source,
            x=x,
            y=y,
            name=layer.properties.name,
            blend_mode=layer.properties.blend_mode,
            mask=None if mask is None else placed(members.mask_name(self._number), mask.rect),
            pixels=None if pixels is None else placed(members.pixels_name(self._number), pixels.rect),
            recipe=layer.recipe,
            text=layer.text,
            is_group=layer.children is not None,
            effect=layer.effect,
            flags=flags_of(layer),
        )

    def _offset(self) -> tuple[int, int]:
        if self._shown is None:
            return 0, 0
        return self._shown.rect.x - self._canvas.x, self._shown.rect.y - self._canvas.y


def placed(source: str, rect: Rect) -> schema.Placed:
    return schema.Placed(source=source, x=rect.x, y=rect.y)


def flags_of(layer: LayerSnapshot) -> frozenset[str]:
    """Of schema.LAYER_FLAGS."""
    properties = layer.properties
    held = {
        "is_clipped": properties.is_clipped,
        "are_pixels_locked": properties.are_pixels_locked,
        "is_alpha_locked": properties.is_alpha_locked,
        "passes_through": not properties.is_isolated,
        "is_mask_disabled": not properties.is_mask_enabled,
        "is_collapsed": layer.is_collapsed,
    }
    return frozenset(flag for flag, is_held in held.items() if is_held)


def _fill_tiles(effect: Effect, canvas: Rect) -> Tiles:
    """What other programs see of a layer without pixels: the colour of a fill over the canvas, else nothing."""
    tile = effect_tile(effect)
    filled = {} if tile is None else dict.fromkeys(canvas.tiles(TILE_PX), tile)
    return {key: cut for key, cut in clipped_tiles(filled, canvas).items() if cut is not None}


def _composite_op(blend_mode: str) -> str:
    """An operator of another program, which we carry under its own name, keeps it."""
    if blend_mode in BLEND_MODES:
        return BLEND_MODES[blend_mode].op
    return blend_mode if ":" in blend_mode else BLEND_MODES["normal"].op
