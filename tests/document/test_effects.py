"""Adjustments and fills: their formulas, what they survive, what is refused."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer, SetEffect
from studio.document.effects import (
    NEW_EFFECTS,
    STRAIGHT,
    BrightnessContrast,
    Curves,
    HueSaturation,
    LevelRange,
    Levels,
    SolidColor,
    adjusted,
    curve_table,
    effect_of,
    effect_values,
)
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties
from studio.document.merging import flatten_picture, merge_down
from studio.document.pixels import RGB
from tests.document.pictures import noise_layer, state_of
from tests.document.reference import adjusted_color
from tests.document.test_composite import effects

CANVAS = Rect(0, 0, 40, 30)
WHOLE_LEVELS = np.tile(np.arange(256, dtype=np.float32) / 255, (3, 1, 1))


def layer_with(effect: object) -> Layer:
    return Layer(properties=LayerProperties(name="Effect"), effect=effect)  # type: ignore[arg-type]  # any effect


@pytest.mark.parametrize("kind", [kind for kind in NEW_EFFECTS if kind != SolidColor.kind])
def test_a_new_adjustment_changes_nothing(kind: str) -> None:
    effect = NEW_EFFECTS[kind]()
    assert not isinstance(effect, SolidColor)
    assert np.abs(adjusted(effect, WHOLE_LEVELS) - WHOLE_LEVELS).max() < 1e-5
    layers = [noise_layer(1, CANVAS), layer_with(effect)]
    assert np.array_equal(flatten(layers, CANVAS), flatten(layers[:1], CANVAS))


@settings(deadline=None, max_examples=60)
@given(effects(), st.integers(0, 2**24 - 1))
def test_opaque_colours_follow_the_formula_exactly(effect: object, number: int) -> None:
    if isinstance(effect, SolidColor):
        return
    color = (number >> 16, number >> 8 & 255, number & 255)
    planes = np.array(color, np.float32).reshape(3, 1, 1) / 255
    made = adjusted(effect, planes).reshape(3)  # type: ignore[arg-type]  # an adjustment
    wanted = adjusted_color(effect, tuple(channel / 255 for channel in color))  # type: ignore[arg-type]  # an adjustment
    assert np.abs(made - wanted).max() * 255 < 0.05


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 255), min_size=2, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_a_curve_meets_its_points_and_never_swings_past_them(xs: list[int], random: object) -> None:
    points = tuple((x, random.randrange(256)) for x in sorted(xs))  # type: ignore[attr-defined]  # hypothesis' Random
    table = curve_table(points) * 255
    for x, y in points:
        assert table[x] == pytest.approx(y, abs=1e-3)
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        part = table[x0 : x1 + 1]
        assert part.min() >= min(y0, y1) - 1e-3
        assert part.max() <= max(y0, y1) + 1e-3
    assert np.abs(curve_table(STRAIGHT) * 255 - np.arange(256)).max() < 1e-3


def test_known_values() -> None:
    white = np.ones((3, 1, 1), np.float32)
    assert adjusted(BrightnessContrast(brightness=-100), white).max() == pytest.approx(0, abs=1e-9)
    assert adjusted(Levels(channels={"rgb": LevelRange(out_white=100)}), white)[0, 0, 0] == pytest.approx(
        100 / 255
    )
    assert adjusted(
        HueSaturation(saturation=-100), np.array([1, 0, 0], np.float32).reshape(3, 1, 1)
    ).ravel() == (pytest.approx([0.5, 0.5, 0.5]))
    assert adjusted(HueSaturation(hue=120), np.array([1, 0, 0], np.float32).reshape(3, 1, 1)).ravel() == (
        pytest.approx([0, 1, 0], abs=1e-5)
    )


@settings(deadline=None, max_examples=60)
@given(effects())
def test_what_is_written_is_read(effect: object) -> None:
    assert effect_of(json.loads(json.dumps(effect_values(effect)))) == effect  # type: ignore[arg-type]  # an effect


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["rgb", "red", "x"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from(sorted(NEW_EFFECTS)),
)
def test_strange_settings_are_none(values: object, kind: str) -> None:
    strange = {"kind": kind, "channels": values, "color": values, "hue": values, "brightness": values}
    found = effect_of(strange)
    assert found is None or effect_of(effect_values(found)) == found
    assert effect_of(values) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: LevelRange(black=200, white=100),
        lambda: LevelRange(gamma=0.0),
        lambda: Curves(channels={"rgb": ((0, 0),)}),
        lambda: Curves(channels={"rgb": ((9, 0), (9, 5))}),
        lambda: HueSaturation(hue=181),
        lambda: BrightnessContrast(contrast=float("nan")),
    ],
)
def test_impossible_settings_are_refused(make: object) -> None:
    with pytest.raises(DocumentError):
        make()  # type: ignore[operator]  # a factory


def test_a_drag_is_one_step_and_merging_bakes_the_look_in() -> None:
    document = Document(CANVAS)
    AddLayer(noise_layer(3, CANVAS), 0).apply(document)
    history, layer = History(document), layer_with(HueSaturation())
    history.do(AddLayer(layer, 1), "Add")
    before = state_of(document)
    for hue in (10, 20, 90):
        history.do(SetEffect(layer.id, HueSaturation(hue=hue)), "Hue", merge_key="hue")
    look = flatten(document, CANVAS)
    history.undo()
    assert state_of(document) == before
    history.redo()
    history.do(merge_down(document, layer.id), "Merge")
    assert np.abs(flatten(document, CANVAS).astype(int) - look).max() <= 1
    history.do(AddLayer(layer_with(SolidColor(color=RGB(9, 8, 7))), 0), "Fill")
    look = flatten(document, CANVAS)
    assert (look[..., 3] == 255).all()
    with pytest.raises(DocumentError):
        SetEffect(document.layers[1].id, HueSaturation()).apply(document)
    history.do(flatten_picture(document, "All"), "Flatten")
    assert np.abs(flatten(document, CANVAS).astype(int) - look).max() <= 1


def test_the_quick_table_is_within_a_level_of_the_lines_between() -> None:
    values = np.random.default_rng(1).random((3, 40, 40), np.float32)
    for gamma in (0.2, 0.7, 1.0, 3.0):
        effect = Levels(channels={"rgb": LevelRange(black=100, white=130, gamma=gamma)})
        lines = np.stack(
            [
                np.interp(plane * 255, np.arange(256), row)
                for plane, row in zip(values, effect.tables, strict=True)
            ]
        )
        assert np.abs(adjusted(effect, values) - lines).max() <= 0.5 / 255 + 1e-6
    assert Levels(channels={"rgb": LevelRange(black=100, white=102)}).dense_tables is None
