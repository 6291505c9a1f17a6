"""What is kept below and above the active layer, and what is shown from afar, is the picture of the reference."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.geometry import Rect
from studio.document.changes import Target, TilesChanged
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import (
    AddLayer,
    MoveLayer,
    RemoveLayer,
    SetActiveLayer,
    SetEffect,
    SetLayerMask,
    SetProperties,
    ShowMask,
)
from studio.document.effects import BrightnessContrast, HueSaturation, SolidColor
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties, new_group
from studio.document.operations import operations
from studio.document.pixels import RGB, UInt8Array, premultiply
from studio.document.surface import TiledSurface
from studio.ui.canvas.compositor import runs
from studio.ui.canvas.projection import Projection
from studio.ui.canvas.reduced import ReducedSurface, Reductions
from studio.ui.canvas.tile_cache import PictureCache

AREA = Rect(0, 0, 512, 384)
MODES = ("normal", "multiply", "screen", "color-dodge")


def noise(seed: int, rect: Rect = AREA) -> UInt8Array:
    random = np.random.default_rng(seed)
    return premultiply(random.integers(0, 256, (rect.height, rect.width, 4), np.uint8))


def layer(name: str, seed: int, mode: str = "normal", rect: Rect = AREA, **more: object) -> Layer:
    made = Layer(properties=LayerProperties(name=name, blend_mode=mode, opacity=0.8, **more))  # type: ignore[arg-type]
    made.surface.write(rect, noise(seed, rect))
    return made


def many() -> Document:
    """Plain and blended layers, a clipped one, a group in the middle with the active layer in it."""
    document = Document(AREA)
    inner = [layer("inside below", 3), layer("active", 4), layer("inside above", 5, "screen")]
    for index, each in enumerate(
        (
            layer("ground", 1),
            layer("part", 2, "multiply", Rect(40, 30, 300, 200)),
            new_group("group", inner),
            layer("over", 6, rect=Rect(200, 0, 300, 300)),
            layer("clipped", 7, is_clipped=True),
            layer("light", 8, "screen"),
            layer("last", 9, rect=Rect(0, 200, 512, 100)),
        )
    ):
        AddLayer(each, index).apply(document)
    SetActiveLayer(inner[1].id).apply(document)
    return document


def following(document: Document) -> Projection:
    projection = Projection(document)
    document.changed.subscribe(projection.follow)
    return projection


def paint(document: Document, layer_id: str, rect: Rect, value: int) -> None:
    with History(document).transaction("stroke") as gesture:
        for key in rect.tiles(256):
            gesture.edit_tile(Target.pixels(layer_id), key)[20:120, 10:140] = value
        gesture.touch(Target.pixels(layer_id), rect)


def differs(document: Document, projection: Projection, rect: Rect = AREA) -> int:
    shown, exact = projection.read(rect).astype(int), flatten(document, rect).astype(int)
    return int(np.abs(shown - exact).max())


def test_a_stroke_is_shown_as_the_reference_shows_it() -> None:
    document = many()
    projection = following(document)
    active = document.active_layer_id
    assert active is not None
    for value in (0, 200, 255):
        paint(document, active, Rect(0, 0, 300, 200), value)
        assert differs(document, projection) <= 1
        assert differs(document, projection, Rect(37, 11, 300, 290)) <= 1


def test_the_cost_of_a_stroke_does_not_hang_on_the_layers_below(monkeypatch: pytest.MonkeyPatch) -> None:
    document = many()
    projection = following(document)
    active = document.active_layer_id
    assert active is not None
    paint(document, active, Rect(0, 0, 200, 200), 90)
    projection.read(AREA)
    ground = document.layers.roots[0].surface
    looked: list[object] = []
    real = TiledSurface.tile

    def tile(surface: TiledSurface, key: tuple[int, int]) -> UInt8Array | None:
        looked.append(surface)
        return real(surface, key)

    monkeypatch.setattr(TiledSurface, "tile", tile)
    paint(document, active, Rect(0, 0, 200, 200), 120)
    projection.read(Rect(0, 0, 200, 200))
    assert ground not in looked
    assert document.layers.layer(active).surface in looked


def test_what_is_ready_is_exact_before_the_first_stroke() -> None:
    document = many()
    projection = following(document)
    while projection.improve(AREA, budget_s=0.0):
        pass
    assert differs(document, projection) <= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 6), st.integers(0, 1000)), max_size=10))
def test_whatever_changes_is_shown(steps: list[tuple[int, int, int]]) -> None:
    document = many()
    projection = following(document)
    projection.improve(AREA, budget_s=1.0)
    for kind, which, number in steps:
        layers = [each for each in operations(document) if hasattr(each, "layer")]
        chosen = layers[which % len(layers)].layer
        match kind:
            case 0 | 1:
                paint(document, chosen.id, Rect(number % 400, number % 200, 90, 90), number % 256)
            case 2:
                changed = chosen.properties.with_(
                    opacity=number / 1000, blend_mode=MODES[number % len(MODES)]
                )
                SetProperties(chosen.id, changed).apply(document)
            case 3:
                SetActiveLayer(chosen.id).apply(document)
            case 4:
                tiles = (
                    None if chosen.mask is not None else {(0, 0): noise(number, Rect(0, 0, 256, 256))[..., 3]}
                )
                SetLayerMask(chosen.id, tiles).apply(document)
            case 5:
                MoveLayer(document.layers.roots[0].id, number % len(document.layers.roots)).apply(document)
            case 6 if len(layers) > 3:
                RemoveLayer(chosen.id).apply(document)
            case _:
                AddLayer(layer(f"new {number}", number), 0).apply(document)
        assert differs(document, projection) <= 1


def test_steps_that_may_be_merged_stand_together() -> None:
    document = many()
    steps = operations(document)
    found = runs(steps)
    assert tuple(step for run in found for step in run.steps) == steps
    assert [run.is_one_sheet for run in found].count(True) < len(steps) / 2


# From afar ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_reduced_surface_follows_its_source(level: int) -> None:
    source = TiledSurface(4)
    source.write(Rect(100, 60, 700, 500), noise(1, Rect(100, 60, 700, 500)))
    reductions = Reductions()
    reduced = reductions.of(source, level)
    before = reduced.read(Rect(0, 0, 1024 >> level, 1024 >> level))
    spot = Rect(333, 217, 90, 41)
    source.write(spot, np.full((spot.height, spot.width, 4), 255, np.uint8))
    reductions.invalidate(source, spot)
    after = reduced.read(Rect(0, 0, 1024 >> level, 1024 >> level))
    fresh = ReducedSurface(source, level).read(Rect(0, 0, 1024 >> level, 1024 >> level))
    assert not np.array_equal(before, after)
    # Levels above the base are rounded twice.
    assert np.abs(after.astype(int) - fresh).max() <= (0 if level <= 2 else 1)


def test_a_tile_that_went_is_gone_from_afar_too() -> None:
    source = TiledSurface(1)
    source.write(Rect(0, 0, 300, 300), np.full((300, 300), 255, np.uint8))
    reductions = Reductions()
    assert reductions.of(source, 2).read(Rect(0, 0, 70, 70)).any()
    source.put_tiles(dict.fromkeys(list(source.keys())))
    reductions.invalidate(source, Rect(0, 0, 512, 512))
    assert not reductions.of(source, 2).read(Rect(0, 0, 70, 70)).any()


def test_reductions_go_with_their_surface_and_give_memory_back() -> None:
    reductions = Reductions()
    source = TiledSurface(4)
    source.write(AREA, noise(2))
    assert reductions.prepare([source], budget_s=1.0)
    assert reductions.byte_size > 0
    reductions.forget()
    assert reductions.byte_size == 0
    reductions.prepare([source], budget_s=1.0)
    del source
    gc.collect()
    assert reductions.byte_size == 0


def big_document() -> Document:
    document = Document(Rect(0, 0, 1536, 1024))
    for index in range(3):
        AddLayer(layer(str(index), index, rect=document.canvas), index).apply(document)
    return document


def test_much_that_changes_is_shown_at_once_and_made_exact_at_rest() -> None:
    document = big_document()
    canvas = document.canvas
    projection = following(document)
    cache = PictureCache(canvas, projection.read, projection.read_reduced)
    cache.renew(2, canvas)
    assert cache.is_current(2, canvas)
    assert cache.is_rough(2, canvas)
    stand_in = cache.image(2).pixels.astype(int)
    for _ in range(100):
        cache.refine(2, canvas, budget_s=0.0)
    assert not cache.is_rough(2, canvas)
    exact = PictureCache(canvas, projection.read)
    exact.renew(2, canvas)
    assert np.array_equal(cache.image(2).pixels, exact.image(2).pixels)
    # Of noise, which is the worst there is.
    assert np.abs(stand_in - exact.image(2).pixels).mean() < 8


def test_a_little_change_is_exact_at_once() -> None:
    document = big_document()
    canvas = document.canvas
    projection = following(document)
    cache = PictureCache(canvas, projection.read, projection.read_reduced)
    cache.renew(1, canvas)
    while cache.is_rough(1, canvas):
        cache.refine(1, canvas, budget_s=1.0)
    active = document.active_layer_id
    assert active is not None
    document.changed.subscribe(
        lambda change: cache.invalidate(change.rect) if isinstance(change, TilesChanged) else None
    )
    paint(document, active, Rect(0, 0, 256, 256), 77)
    cache.renew(1, canvas)
    assert not cache.is_rough(1, canvas)
    exact = PictureCache(canvas, lambda rect: flatten(document, rect))
    exact.renew(1, canvas)
    assert np.abs(cache.image(1).pixels.astype(int) - exact.image(1).pixels).max() <= 1


def test_a_level_never_looked_at_begins_with_what_another_shows() -> None:
    document = big_document()
    canvas = document.canvas
    projection = following(document)
    cache = PictureCache(canvas, projection.read, projection.read_reduced)
    cache.renew(2, canvas)
    cache.renew(1, canvas, budget_s=0.0)
    assert not cache.is_current(1, canvas)
    assert (cache.image(1).pixels[..., 3] > 0).all()


def adjusted() -> tuple[Document, Layer]:
    """An adjustment and a fill over noise, below the active layer."""
    document = Document(AREA)
    curves = Layer(properties=LayerProperties(name="curves"), effect=BrightnessContrast(brightness=40))
    fill = Layer(
        properties=LayerProperties(name="fill", opacity=0.3), effect=SolidColor(color=RGB(9, 200, 30))
    )
    for index, each in enumerate((layer("ground", 1), curves, fill, layer("active", 4))):
        AddLayer(each, index).apply(document)
    return document, curves


def test_adjustments_show_near_and_from_afar_and_follow_their_settings() -> None:
    document, curves = adjusted()
    projection = following(document)
    active = document.active_layer
    assert active is not None
    paint(document, active.id, AREA, 90)
    for effect in (BrightnessContrast(brightness=40), HueSaturation(saturation=-100)):
        SetEffect(curves.id, effect).apply(document)
        assert np.abs(projection.read(AREA).astype(int) - flatten(document, AREA)).max() <= 1
        paint(document, active.id, AREA, 120)
        assert np.abs(projection.read(AREA).astype(int) - flatten(document, AREA)).max() <= 1
        afar = projection.read_reduced(2, Rect(0, 0, 128, 96)).astype(int)
        mean = flatten(document, AREA).reshape(96, 4, 128, 4, 4).mean(axis=(1, 3))
        assert np.abs(afar - mean).mean() < 12, "the noise is averaged first, then adjusted"


def test_what_a_mask_hides_is_tinted_near_and_from_afar() -> None:
    document, _ = adjusted()
    projection, active = following(document), document.active_layer
    assert active is not None
    mask = TiledSurface(1)
    mask.write(Rect(0, 0, 256, 384), np.full((384, 256), 255, np.uint8))
    SetLayerMask(active.id, mask.snapshot()).apply(document)
    before, afar = projection.read(AREA), projection.read_reduced(1, Rect(0, 0, 256, 192))
    ShowMask(True).apply(document)
    shown, shown_afar = projection.read(AREA), projection.read_reduced(1, Rect(0, 0, 256, 192))
    for old, new in ((before, shown), (afar, shown_afar)):
        half = old.shape[1] // 2
        assert np.array_equal(old[:, :half], new[:, :half])
        assert (new[:, half:, 0] >= 110).all()
