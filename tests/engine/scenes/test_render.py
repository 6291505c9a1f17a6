from __future__ import annotations

import dataclasses
import random

import pytest
import torch

from studio.engine.scenes.render import render
from studio.generation.scenes.spec import ATTRIBUTES, WIDER, SceneSpec, sample_spec

PLAIN = SceneSpec(time="day", ground="meadow", clouds="clear")


def redness(image: torch.Tensor) -> torch.Tensor:
    return (image[0] - image[1:].amax(0)).clamp(0)


def middle_of(weights: torch.Tensor) -> float:
    """Where the weights lie, 0 left to 1 right."""
    columns = weights.sum(0)
    return float((columns * torch.linspace(0, 1, len(columns))).sum() / columns.sum())


@pytest.mark.parametrize("style", ATTRIBUTES["style"])
def test_the_same_seed_draws_the_same_picture(style: str) -> None:
    specs = [dataclasses.replace(sample_spec(random.Random(k)), style=style) for k in range(3)]
    first, second = render(specs, 64, seed=5), render(specs, 64, seed=5)
    assert torch.equal(first, second)
    assert not torch.equal(first, render(specs, 64, seed=6))


@pytest.mark.parametrize(("height", "width"), [(64, 64), (64, 96), (96, 64), (80, 72)])
def test_pictures_of_any_shape_stay_within_range(height: int, width: int) -> None:
    specs = [sample_spec(random.Random(k)) for k in range(24)]
    images = render(specs, height, width, seed=1)
    assert images.shape == (24, 3, height, width)
    assert bool(images.isfinite().all())
    assert 0 <= float(images.min()) < float(images.max()) <= 1


@pytest.mark.parametrize("attribute", sorted(ATTRIBUTES))
def test_every_value_of_every_attribute_can_be_drawn(attribute: str) -> None:
    base = dataclasses.replace(PLAIN, object="house", celestial="sun")
    specs = [dataclasses.replace(base, **{attribute: value}) for value in ATTRIBUTES[attribute]]
    assert bool(render(specs, 48).isfinite().all())


def test_night_is_darker_than_day() -> None:
    day, night = render([PLAIN] * 4, 48), render([dataclasses.replace(PLAIN, time="night")] * 4, 48)
    assert float(night.mean()) < 0.6 * float(day.mean())


@pytest.mark.parametrize(("position", "expected"), [("left", 0.26), ("center", 0.5), ("right", 0.74)])
def test_an_object_stands_where_it_is_put_and_has_its_color(position: str, expected: float) -> None:
    spec = dataclasses.replace(PLAIN, object="balloon", color="red", position=position)
    image = render([spec], 64, seed=2)[0]
    assert middle_of((redness(image) > 0.3).float()) == pytest.approx(expected, abs=0.1)
    blue = render([dataclasses.replace(spec, color="blue")], 64, seed=2)[0]
    assert float((redness(blue) > 0.3).sum()) == 0


def test_a_lake_mirrors_the_sky() -> None:
    images = render([SceneSpec(time="sunset", ground="lake", background="hills", clouds="clear")] * 4, 64)
    above, below = images[:, :, :25].mean((2, 3)), images[:, :, -25:].mean((2, 3))
    assert bool((below[:, 0] > below[:, 1]).all())
    assert bool((above[:, 0] > above[:, 1]).all())


def test_a_pencil_sketch_has_no_color() -> None:
    image = render([dataclasses.replace(PLAIN, style="pencil", object="house")], 64)[0]
    assert float((image.amax(0) - image.amin(0)).max()) < 0.06


def test_pixel_art_is_made_of_blocks() -> None:
    image = render([dataclasses.replace(PLAIN, style="pixel")], 64)[0]
    blocks = image.view(3, 32, 2, 32, 2)
    assert torch.equal(blocks[:, :, 0, :, 0], blocks[:, :, 1, :, 1])


FIRST_VOCABULARY = (0.135, 0.259, 0.714, 0.658, 0.375, 0.341, 0.219, 0.444)


def test_scenes_of_the_first_vocabulary_look_as_the_shipped_model_learnt_them() -> None:
    specs = [sample_spec(random.Random(f"pin/{k}")) for k in range(8)]
    means = render(specs, 64, seed=11).mean((1, 2, 3))
    assert means.tolist() == pytest.approx(FIRST_VOCABULARY, abs=0.004)


@pytest.mark.parametrize("attribute", ["object", "feature", "view"])
@pytest.mark.parametrize("edition", [1, 2])
def test_every_new_value_shows(attribute: str, edition: int) -> None:
    for ground in ("meadow", "lake"):
        base = SceneSpec(
            time="day", ground=ground, clouds="clear", object="barn" if attribute == "view" else "none"
        )
        plain = render([base], 64, seed=4, edition=edition)
        for value in WIDER[attribute][1:]:
            if (ground, value) in (("lake", "road"), ("meadow", "pier")):
                continue
            image = render([dataclasses.replace(base, **{attribute: value})], 64, seed=4, edition=edition)
            assert bool(image.isfinite().all())
            assert float((image - plain).abs().amax(1).gt(0.1).float().mean()) > 0.004, (ground, value)


def test_close_and_distant_views_change_how_much_an_object_fills() -> None:
    spec = dataclasses.replace(PLAIN, object="house", color="red", tree="none")
    filled = {
        view: float(
            (redness(render([dataclasses.replace(spec, view=view)], 96, seed=3, edition=2)[0]) > 0.2).sum()
        )
        for view in WIDER["view"]
    }
    assert filled["distant"] < 0.6 * filled["middle"] < 0.6 * filled["close"] / 1.5


def test_views_of_one_batch_keep_their_places() -> None:
    specs = [dataclasses.replace(PLAIN, view=view, object="barn") for view in ("close", "middle", "close")]
    images = render(specs, 48, seed=2)
    assert torch.equal(images[1], render([specs[1]], 48, seed=2)[0])
    assert torch.equal(images[[0, 2]], render([specs[0], specs[2]], 48, seed=2))


@pytest.mark.parametrize(("height", "width"), [(96, 64), (64, 96), (64, 64)])
def test_tall_objects_keep_their_tops_in_the_picture(height: int, width: int) -> None:
    spec = SceneSpec(time="day", ground="sea", clouds="clear", object="lighthouse", color="red")
    empty = dataclasses.replace(spec, object="none")
    for seed in range(4):
        drawn, bare = (render([s], height, width, seed=seed, edition=2)[0] for s in (spec, empty))
        assert float((redness(drawn) - redness(bare))[:2].max()) < 0.1


@pytest.mark.parametrize("style", ATTRIBUTES["style"])
def test_the_second_edition_scales_its_filters_with_the_picture(style: str) -> None:
    spec = dataclasses.replace(PLAIN, style=style, object="castle", color="blue")
    small, large = (render([spec], side, seed=1, edition=2) for side in (64, 192))
    shrunk = torch.nn.functional.interpolate(large, size=64, mode="area")
    assert float((small.mean((2, 3)) - shrunk.mean((2, 3))).abs().max()) < 0.08
