"""Whatever was done, undoing all of it gives the starting document back bit for bit, and redoing all of it the last one.

A few hundred operations in everyday runs; `--full` does ten thousand.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.document.blend import BLEND_MODES
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import SetCanvas, clear_selection, invert_selection
from studio.document.effects import (
    EFFECT_LABELS,
    BrightnessContrast,
    Curves,
    Effect,
    HueSaturation,
    LevelRange,
    Levels,
    SolidColor,
)
from studio.document.history import History
from studio.document.layer import Layer, LayerProperties, layer_from_image
from studio.document.paintable import keeps_alpha, paint_target
from studio.document.pixels import RGB, TILE_PX, with_alpha_of
from studio.document.region import erase_region, fill_region
from studio.document.selection import set_selection
from studio.document.shapes import ellipse
from studio.document.stack import Place
from studio.document.turning import TURNS, turn_picture
from studio.workspace.layers import LayerVerbs
from tests.document.pictures import noise, state_of

CANVAS = Rect(0, 0, 300, 220)
MOST_LAYERS = 14
FEW, MANY = 600, 10_000


class Artist:
    """Does one thing after another to a picture, of everything that can be done to layers."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.document = Document(CANVAS)
        for index in range(2):
            layer = layer_from_image(f"Noise {index}", noise(index, 200, 280), (index * 9 - 4, 3))
            self.document.layers.insert(Place(index), layer)
        self.document.active_layer_id = self.document.layers.ids[0]
        self.history = History(self.document, byte_budget=1 << 40)
        self.verbs = LayerVerbs(self.document, self.history)
        self.done: dict[str, int] = {}

    def act(self) -> None:
        names = list(ACTS)
        if len(self.document.layers) > MOST_LAYERS:
            names = ["delete", "merge_down", "merge_group", "undo"]
        name = self.dice.choice(names)
        try:
            ACTS[name](self)
        except DocumentError:
            self.done["refused"] = self.done.get("refused", 0) + 1
        else:
            self.done[name] = self.done.get(name, 0) + 1

    @property
    def layer(self) -> Layer:
        return self.dice.choice(tuple(self.document.layers))

    @property
    def ids(self) -> list[str]:
        ids = self.document.layers.ids
        return self.dice.sample(ids, min(len(ids), self.dice.randint(1, 3)))

    @property
    def place(self) -> Place:
        groups = [None, *(layer.id for layer in self.document.layers if layer.is_group)]
        group_id = self.dice.choice(groups)
        return Place(self.dice.randint(0, len(self.document.layers.siblings(group_id))), group_id)

    @property
    def rect(self) -> Rect:
        x, y = self.dice.randint(-40, 260), self.dice.randint(-40, 180)
        return Rect(x, y, self.dice.randint(1, 160), self.dice.randint(1, 120))

    @property
    def color(self) -> RGB:
        return RGB(*(self.dice.randrange(256) for _ in range(3)))

    def choose(self) -> None:
        self.verbs.select(self.layer.id)
        self.verbs.choose_part(self.layer.id, self.dice.random() < 0.5)

    def change(self) -> None:
        """Mostly one property, so that locks and hidden layers come and go."""
        self.verbs.set(self.ids, **dict([self.dice.choice(self._properties())]))

    def _properties(self) -> list[tuple[str, object]]:
        dice = self.dice
        return [
            ("opacity", dice.choice([1.0, 0.0, 0.3, 0.77])),
            ("blend_mode", dice.choice([*BLEND_MODES, "other:mode"])),
            ("name", f"Layer {dice.randrange(99)}"),
            ("is_clipped", dice.random() < 0.5),
            ("is_isolated", dice.random() < 0.5),
            ("is_mask_enabled", dice.random() < 0.5),
            ("is_visible", dice.random() < 0.8),
            ("is_locked", dice.random() < 0.2),
            ("are_pixels_locked", dice.random() < 0.2),
            ("is_alpha_locked", dice.random() < 0.4),
        ]

    def effect(self) -> None:
        dice, percent = self.dice, self.dice.randint(-100, 100)
        layers = [layer for layer in self.document.layers if layer.effect is not None]
        if not layers:
            self.verbs.add_effect(dice.choice(list(EFFECT_LABELS)))
            return
        curve = (
            (0, dice.randrange(256)),
            (dice.randint(1, 254), dice.randrange(256)),
            (255, dice.randrange(256)),
        )
        new: Effect = dice.choice(
            [
                BrightnessContrast(brightness=percent, contrast=-percent),
                HueSaturation(hue=percent, saturation=percent, lightness=-percent),
                Levels(channels={"rgb": LevelRange(black=dice.randrange(100), gamma=1.5)}),
                Curves(channels={"blue": curve}),
                SolidColor(color=self.color),
            ]
        )
        self.verbs.set_effect(dice.choice(layers).id, new, drag=dice.choice(["", "slider"]))

    def stroke(self) -> None:
        """Writes tile by tile, as the brush does; some strokes are given up."""
        target, rect = paint_target(self.document), self.rect
        with self.history.transaction("Stroke") as transaction:
            for key in rect.tiles(TILE_PX):
                tile = transaction.edit_tile(target, key)
                before = tile.copy()
                tile[: rect.height, : rect.width] = self.dice.randrange(256)
                if keeps_alpha(self.document, target):
                    tile[:] = with_alpha_of(before, tile)
            transaction.touch(target, rect)
            if self.dice.random() < 0.2:
                transaction.cancel()

    def fill(self) -> None:
        self.history.do(
            fill_region(self.document, paint_target(self.document), self.color, opacity=self.dice.random()),
            "Fill",
        )

    def erase(self) -> None:
        self.history.do(erase_region(self.document, paint_target(self.document, erases=True)), "Erase")

    def select_region(self) -> None:
        patch = ellipse(self.rect, clip=self.document.canvas)
        if patch is not None:
            self.history.do(set_selection(self.document, patch), "Mask")

    def import_picture(self) -> None:
        pixels = noise(self.dice.randrange(99), self.dice.randint(1, 90), self.dice.randint(1, 90))
        self.verbs.add_image("Picture", pixels, (self.rect.x, self.rect.y), label="Import")

    def turn(self) -> None:
        self.history.do(turn_picture(self.document, self.dice.choice(list(TURNS))), "Turn")

    def undo_and_redo(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            self.history.undo()
        for _ in range(self.dice.randint(0, 4)):
            self.history.redo()


ACTS: dict[str, Callable[[Artist], object]] = {
    "add": lambda a: a.verbs.add(),
    "add_group": lambda a: a.verbs.add_group(),
    "import": Artist.import_picture,
    "delete": lambda a: a.verbs.delete(a.ids),
    "duplicate": lambda a: a.verbs.duplicate(a.ids),
    "move": lambda a: a.verbs.move(a.ids, a.place),
    "step": lambda a: a.verbs.step(a.layer.id, a.dice.random() < 0.5),
    "group": lambda a: a.verbs.group(a.ids),
    "ungroup": lambda a: a.verbs.ungroup(a.layer.id),
    "choose": Artist.choose,
    "fold": lambda a: a.verbs.fold(a.layer.id, a.dice.random() < 0.5),
    "change": Artist.change,
    "change more": Artist.change,
    "change much": Artist.change,
    "solo": lambda a: a.verbs.solo(a.layer.id),
    "effect": Artist.effect,
    "add_mask": lambda a: a.verbs.add_mask(a.layer.id),
    "invert_mask": lambda a: a.verbs.invert_mask(a.layer.id),
    "apply_mask": lambda a: a.verbs.apply_mask(a.layer.id),
    "delete_mask": lambda a: a.verbs.delete_mask(a.layer.id),
    "merge_down": lambda a: a.verbs.merge_down(a.layer.id),
    "merge": lambda a: a.verbs.merge(a.ids),
    "merge_group": lambda a: a.verbs.merge_group(a.layer.id),
    "visible": lambda a: a.verbs.add_visible() if a.dice.random() < 0.2 else None,
    "flatten": lambda a: a.verbs.flatten() if a.dice.random() < 0.05 else None,
    "stroke": Artist.stroke,
    "stroke more": Artist.stroke,
    "fill": Artist.fill,
    "erase": Artist.erase,
    "select": Artist.select_region,
    "deselect": lambda a: a.history.do(clear_selection(a.document), "Clear"),
    "invert": lambda a: a.history.do(invert_selection(a.document), "Invert"),
    "canvas": lambda a: a.history.do(SetCanvas(a.rect.united(CANVAS)), "Canvas"),
    "turn": Artist.turn,
    "undo": Artist.undo_and_redo,
}


def contents(document: Document) -> object:
    """Without which layer is active: choosing one is no step of the history."""
    return {name: value for name, value in state_of(document).items() if name != "active"}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_undoing_everything_gives_the_beginning_and_redoing_the_end(
    seed: int, request: pytest.FixtureRequest
) -> None:
    artist = Artist(seed)
    before = contents(artist.document)
    for _ in range(MANY if request.config.getoption("--full") else FEW):
        artist.act()
    while artist.history.redo() is not None:
        pass
    after, look = contents(artist.document), flatten(artist.document, artist.document.canvas)
    steps = artist.history.position
    assert steps > 100
    while artist.history.undo() is not None:
        pass
    assert contents(artist.document) == before
    while artist.history.redo() is not None:
        pass
    assert artist.history.position == steps
    assert contents(artist.document) == after
    assert np.array_equal(flatten(artist.document, artist.document.canvas), look)


def test_the_artist_reaches_every_kind_of_layer() -> None:
    """Or the test above would say less than it seems to."""
    artist = Artist(5)
    kinds: set[str] = set()
    for _ in range(3 * FEW):
        artist.act()
        for layer in artist.document.layers:
            kinds.add("group" if layer.is_group else layer.effect.kind if layer.effect else "picture")
            kinds |= {name for name in ("mask",) if layer.mask is not None}
            kinds |= _flags(layer.properties)
    assert {"group", "picture", "mask", "is_clipped", "is_alpha_locked", "is_locked", *EFFECT_LABELS} <= kinds
    assert set(artist.done) >= set(ACTS) - {"flatten", "visible"}


def _flags(properties: LayerProperties) -> set[str]:
    names = ("is_clipped", "is_alpha_locked", "is_locked", "are_pixels_locked")
    return {name for name in names if getattr(properties, name)}
