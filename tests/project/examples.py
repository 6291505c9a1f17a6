"""Small real projects, and the equality that saving promises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from studio.core.geometry import Point, Rect
from studio.document.effects import Curves, SolidColor
from studio.document.guide import Guide
from studio.document.layer import LayerProperties
from studio.document.pixels import RGB, UInt8Array, premultiply
from studio.document.saved_mask import SavedMask
from studio.document.surface import TiledSurface
from studio.document.text import Text
from studio.generation.request import Recipe
from studio.project.snapshot import CandidateRecord, LayerSnapshot, ProjectSnapshot, Tiles

RECIPE = Recipe(
    model="starter",
    prompt="a mill by a river, “dusk”",
    negative_prompt="text",
    seed=7,
    strength=0.75,
    width=64,
    height=48,
)


def random_rgba(generator: np.random.Generator, height: int, width: int) -> UInt8Array:
    """Straight pixels with every kind of alpha: whole, none, anything between."""
    pixels = generator.integers(0, 256, (height, width, 4), np.uint8)
    kind = generator.integers(0, 3, (height, width))
    pixels[..., 3] = np.where(kind == 0, 0, np.where(kind == 1, 255, pixels[..., 3]))
    return pixels


def color_tiles(generator: np.random.Generator, rect: Rect) -> Tiles:
    surface = TiledSurface(4)
    surface.write(rect, premultiply(random_rgba(generator, rect.height, rect.width)))
    return surface.snapshot()


def mask_tiles(generator: np.random.Generator, rect: Rect) -> Tiles:
    surface = TiledSurface(1)
    surface.write(rect, generator.integers(0, 256, (rect.height, rect.width), np.uint8))
    return surface.snapshot()


def candidate(
    generator: np.random.Generator, identifier: str, rect: Rect, *, masked: bool = True
) -> CandidateRecord:
    shape = (rect.height, rect.width)
    return CandidateRecord(
        id=identifier,
        recipe=RECIPE.with_seed(int(generator.integers(0, 2**62))),
        rect=rect,
        rgb=generator.integers(0, 256, (*shape, 3), np.uint8),
        mask=generator.integers(0, 256, shape, np.uint8) if masked else None,
        goes_below=not masked,
        seam_score=1.25 if masked else None,
    )


def project(seed: int = 0) -> ProjectSnapshot:
    """A bit of everything: a canvas grown to the left and up, a masked layer, an empty one, a selection, candidates."""
    generator = np.random.default_rng(seed)
    canvas = Rect(-40, -30, 180, 120)
    layers = (
        LayerSnapshot(
            id="ground",
            properties=LayerProperties(name="Ground", is_locked=True),
            tiles=color_tiles(generator, Rect(-40, -30, 180, 120)),
        ),
        LayerSnapshot(
            id="mill",
            properties=LayerProperties(
                name="Mill <&> “räder” \n2", opacity=0.123456789, blend_mode="multiply"
            ),
            tiles=color_tiles(generator, Rect(-70, 3, 90, 50)),
            mask=mask_tiles(generator, Rect(-65, 0, 60, 60)),
            recipe=RECIPE,
            text=Text(
                text="Mühle\n<2> \U0001f33b",
                family="No Such Font",
                position=Point(-70.5, 3),
                size_px=31,
                is_italic=True,
                alignment="right",
                color=RGB(1, 2, 255),
                letter_spacing_px=-2,
            ),
        ),
        LayerSnapshot(id="empty", properties=LayerProperties(name="Empty", is_visible=False), tiles={}),
    )
    return ProjectSnapshot(
        document_id="doc-1",
        canvas=canvas,
        layers=layers,
        selection=mask_tiles(generator, Rect(10, 10, 33, 21)),
        guides=(Guide(True, 12), Guide(False, -7)),
        saved_masks=(
            SavedMask(id="m1", name="The “mill” <1>", tiles=mask_tiles(generator, Rect(-50, 0, 70, 20))),
            SavedMask(id="m2", name="Sky", tiles=mask_tiles(generator, Rect(0, -30, 300, 9))),
        ),
        active_layer_id="mill",
        frame=Rect(-64, -64, 256, 256),
        settings={"prompt": "a mill", "steps": 12, "guidance_scale": 4.5, "is_seed_random": True},
        candidates=(
            candidate(generator, "c1", Rect(-5, 4, 40, 30)),
            candidate(generator, "c2", Rect(0, 0, 16, 16), masked=False),
        ),
        shown_candidate_id="c2",
    )


def tree(seed: int = 0) -> ProjectSnapshot:
    """Groups in groups: one passes through, one has a mask, one is folded and empty; clipped and locked layers."""
    generator = np.random.default_rng(seed)
    canvas = Rect(0, 0, 120, 90)

    def sheet(name: str, **properties: Any) -> LayerSnapshot:
        return LayerSnapshot(
            id=name.lower(),
            properties=LayerProperties(name=name, **properties),
            tiles=color_tiles(generator, Rect(int(generator.integers(-20, 20)), 5, 100, 70)),
        )

    shaded = LayerSnapshot(
        id="shaded",
        properties=LayerProperties(name="Shaded", is_isolated=False),
        children=(
            sheet("Base", is_alpha_locked=True),
            replace(sheet("Shade", is_clipped=True), mask=mask_tiles(generator, Rect(0, 0, 80, 60))),
            sheet("Light", is_clipped=True, opacity=0.5, blend_mode="screen"),
        ),
    )
    masked = LayerSnapshot(
        id="masked",
        properties=LayerProperties(name="Masked", opacity=0.75, blend_mode="overlay", is_locked=True),
        mask=mask_tiles(generator, Rect(0, 0, 90, 90)),
        children=(shaded, sheet("Above", are_pixels_locked=True, is_mask_enabled=False)),
    )
    off = replace(
        sheet("Off", is_mask_enabled=False, is_isolated=False), mask=mask_tiles(generator, Rect(3, 3, 20, 20))
    )
    empty = LayerSnapshot(
        id="empty", properties=LayerProperties(name="Empty"), children=(), is_collapsed=True
    )
    fill = LayerSnapshot(
        id="fill",
        properties=LayerProperties(name="Fill", is_clipped=True, opacity=0.25),
        effect=SolidColor(color=RGB(12, 200, 80)),
    )
    curves = LayerSnapshot(
        id="curves",
        properties=LayerProperties(name="Curves"),
        mask=mask_tiles(generator, Rect(10, 10, 70, 60)),
        effect=Curves(channels={"rgb": ((0, 20), (90, 140), (255, 230)), "blue": ((10, 0), (240, 255))}),
    )
    return ProjectSnapshot(
        document_id="doc-2",
        canvas=canvas,
        layers=(sheet("Ground"), masked, off, empty, fill, curves),
        active_layer_id="shade",
        frame=canvas,
    )


def assert_same_tiles(one: Tiles, other: Tiles) -> None:
    """The same pixels; a tile of zeros is as good as none."""
    for key in one.keys() | other.keys():
        left, right = one.get(key), other.get(key)
        if left is None or right is None:
            present = left if left is not None else right
            assert present is not None
            assert not present.any()
        else:
            assert np.array_equal(left, right)


def assert_same_candidate(one: CandidateRecord, other: CandidateRecord) -> None:
    assert (one.id, one.recipe, one.rect, one.goes_below, one.seam_score) == (
        other.id,
        other.recipe,
        other.rect,
        other.goes_below,
        other.seam_score,
    )
    assert np.array_equal(one.rgb, other.rgb)
    assert (one.mask is None) == (other.mask is None)
    if one.mask is not None and other.mask is not None:
        assert np.array_equal(one.mask, other.mask)


def assert_same_layer(one: LayerSnapshot, other: LayerSnapshot) -> None:
    assert (one.id, one.properties, one.recipe) == (other.id, other.properties, other.recipe)
    assert one.effect == other.effect
    assert one.text == other.text
    assert (one.children is None, one.is_collapsed) == (other.children is None, other.is_collapsed)
    assert len(one.children or ()) == len(other.children or ())
    for left, right in zip(one.children or (), other.children or (), strict=True):
        assert_same_layer(left, right)
    assert_same_tiles(one.tiles, other.tiles)
    assert (one.mask is None) == (other.mask is None)
    if one.mask is not None and other.mask is not None:
        assert_same_tiles(one.mask, other.mask)


def assert_same_project(one: ProjectSnapshot, other: ProjectSnapshot) -> None:
    assert (one.document_id, one.canvas, one.frame) == (other.document_id, other.canvas, other.frame)
    assert (one.active_layer_id, one.shown_candidate_id) == (other.active_layer_id, other.shown_candidate_id)
    assert one.settings == other.settings
    assert_same_tiles(one.selection, other.selection)
    assert one.guides == other.guides
    assert [(mask.id, mask.name) for mask in one.saved_masks] == [
        (mask.id, mask.name) for mask in other.saved_masks
    ]
    for kept, found in zip(one.saved_masks, other.saved_masks, strict=True):
        assert_same_tiles(kept.tiles, found.tiles)
    assert len(one.layers) == len(other.layers)
    for left, right in zip(one.layers, other.layers, strict=True):
        assert_same_layer(left, right)
    assert len(one.candidates) == len(other.candidates)
    for first, second in zip(one.candidates, other.candidates, strict=True):
        assert_same_candidate(first, second)
    assert one.kept.image_attributes == other.kept.image_attributes
    assert one.kept.stack_attributes == other.kept.stack_attributes
    assert one.kept.members == other.kept.members


def rows_of(tiles: Tiles, rect: Rect) -> UInt8Array:
    """The pixels of colour tiles inside a rectangle."""
    return TiledSurface.from_tiles(4, tiles).read(rect)
