"""What a tool can be set to beyond size, hardness and opacity: a table from which the window makes its fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from studio.document.pixels import RGB
from studio.document.text import MAX_FAMILY_CHARS, MAX_TEXT_PX, MIN_TEXT_PX

OptionValue = int | bool | str | RGB


@dataclass(frozen=True, kw_only=True)
class NumberOption:
    """Whole numbers, lowest..highest."""

    name: str
    label: str
    tip: str
    lowest: int
    highest: int
    default: int
    suffix: str = ""

    def cleaned(self, value: object) -> int | None:
        """The nearest value the option can have; None for what is none."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return min(max(round(value), self.lowest), self.highest)


@dataclass(frozen=True, kw_only=True)
class FlagOption:
    """On or off."""

    name: str
    label: str
    tip: str
    default: bool

    def cleaned(self, value: object) -> bool | None:
        return value if isinstance(value, bool) else None


@dataclass(frozen=True, kw_only=True)
class ChoiceOption:
    """choices: value and what the artist reads."""

    name: str
    label: str
    tip: str
    choices: tuple[tuple[str, str], ...]
    default: str

    def cleaned(self, value: object) -> str | None:
        return value if isinstance(value, str) and value in dict(self.choices) else None


@dataclass(frozen=True, kw_only=True)
class ColorOption:
    """Opaque."""

    name: str
    label: str
    tip: str
    default: RGB

    def cleaned(self, value: object) -> RGB | None:
        if not isinstance(value, list | tuple) or len(value) != 3:
            return None
        if not all(isinstance(channel, int) and not isinstance(channel, bool) for channel in value):
            return None
        return RGB(*(min(max(channel, 0), 255) for channel in value))


@dataclass(frozen=True, kw_only=True)
class LiveNumber:
    """A number of an open gesture; nothing is kept of it."""

    name: str
    label: str
    tip: str
    suffix: str = ""
    decimals: int = 0


@dataclass(frozen=True, kw_only=True)
class FontOption:
    """The name of a font family; empty: the window's own."""

    name: str
    label: str
    tip: str
    default: str = ""

    def cleaned(self, value: object) -> str | None:
        return value if isinstance(value, str) and len(value) <= MAX_FAMILY_CHARS else None


ToolOption = FontOption | NumberOption | FlagOption | ChoiceOption | ColorOption

MODE = ChoiceOption(
    name="mode",
    label="Mode",
    tip="What a new shape does to the mask; Shift adds, Ctrl or Alt takes away, both keep what is common",
    choices=(
        ("replace", "Replace"),
        ("add", "Add"),
        ("subtract", "Subtract"),
        ("intersect", "Intersect"),
    ),
    default="replace",
)
_ANTIALIAS = FlagOption(
    name="antialias", label="Smooth edge", tip="Softens the steps of a slanted edge", default=True
)
_CONTIGUOUS = FlagOption(
    name="contiguous",
    label="Connected",
    tip="Only what hangs together with the place you click; off: everywhere in the picture",
    default=True,
)


def _tolerance(default: int) -> NumberOption:
    return NumberOption(
        name="tolerance",
        label="Tolerance",
        tip="How far a color may lie from the one you click, 0 to 255",
        lowest=0,
        highest=255,
        default=default,
    )


def _gap(tip: str) -> NumberOption:
    return NumberOption(
        name="gap", label="Close gaps", tip=tip, lowest=0, highest=64, default=0, suffix=" px"
    )


def _grow(default: int) -> NumberOption:
    return NumberOption(
        name="grow",
        label="Grow",
        tip="Widens the area, so that it reaches under the lines around it",
        lowest=0,
        highest=32,
        default=default,
        suffix=" px",
    )


_OPACITY = NumberOption(
    name="opacity",
    label="Opacity",
    tip="How strongly it covers",
    lowest=0,
    highest=100,
    default=100,
    suffix=" %",
)

CROP_RATIOS = ((1, 1), (4, 5), (5, 4), (3, 4), (4, 3), (2, 3), (3, 2), (9, 16), (16, 9))

_INSIDE_MASK = FlagOption(
    name="inside_mask",
    label="Inside the mask",
    tip="While something is masked, paint goes nowhere else; off: the mask is no limit",
    default=True,
)

_COPY_FROM = ChoiceOption(
    name="sample",
    label="Copies from",
    tip="The active layer, or all layers as they look together",
    choices=(("layer", "This layer"), ("picture", "All layers")),
    default="layer",
)
_ALIGNED = FlagOption(
    name="aligned",
    label="Aligned",
    tip="The source keeps its distance from stroke to stroke; off: every stroke begins at the source again",
    default=True,
)

OPTIONS: Mapping[str, tuple[ToolOption, ...]] = {
    "brush": (_INSIDE_MASK,),
    "eraser": (_INSIDE_MASK,),
    "smudge": (_INSIDE_MASK,),
    "blur": (
        NumberOption(
            name="radius",
            label="Blur",
            tip="How far the colors under the brush run into each other",
            lowest=1,
            highest=64,
            default=8,
            suffix=" px",
        ),
        _INSIDE_MASK,
    ),
    "clone": (_COPY_FROM, _ALIGNED, _INSIDE_MASK),
    "heal": (_COPY_FROM, _ALIGNED, _INSIDE_MASK),
    "select_rectangle": (MODE,),
    "select_ellipse": (MODE,),
    "select_lasso": (MODE,),
    "select_polygon": (MODE,),
    "select_wand": (MODE, _tolerance(32), _grow(0), _CONTIGUOUS, _ANTIALIAS),
    "transform": (
        ChoiceOption(
            name="mode",
            label="Handles",
            tip="What the handles do; with Ctrl a side skews and a corner moves alone",
            choices=(("scale", "Scale"), ("skew", "Skew"), ("perspective", "Perspective")),
            default="scale",
        ),
        ChoiceOption(
            name="quality",
            label="Quality",
            tip="Smooth for pictures; sharp keeps hard pixels",
            choices=(("smooth", "Smooth"), ("sharp", "Sharp pixels")),
            default="smooth",
        ),
    ),
    "crop": (
        ChoiceOption(
            name="ratio",
            label="Ratio",
            tip="The proportions it keeps",
            choices=(
                ("free", "Any ratio"),
                ("canvas", "As the canvas"),
                *((f"{wide}:{high}", f"{wide} : {high}") for wide, high in CROP_RATIOS),
            ),
            default="free",
        ),
    ),
    "color_picker": (
        ChoiceOption(
            name="sample",
            label="Looks at",
            tip="Whose color is taken: that of all layers together, or of the active one",
            choices=(("picture", "All layers"), ("layer", "This layer")),
            default="picture",
        ),
        ChoiceOption(
            name="area",
            label="Area",
            tip="The mean of so many pixels is taken",
            choices=(("1", "1 pixel"), *((str(side), f"{side} × {side}") for side in (3, 5, 11))),
            default="1",
        ),
    ),
    "shape": (
        ChoiceOption(
            name="figure",
            label="Figure",
            tip="What is drawn",
            choices=(
                ("rectangle", "Rectangle"),
                ("rounded", "Rounded"),
                ("ellipse", "Ellipse"),
                ("line", "Line"),
                ("polygon", "Polygon"),
                ("star", "Star"),
            ),
            default="rectangle",
        ),
        ChoiceOption(
            name="style",
            label="Style",
            tip="An area of color, or a line around it",
            choices=(("filled", "Filled"), ("outlined", "Outlined")),
            default="filled",
        ),
        NumberOption(
            name="width",
            label="Width",
            tip="Of the line",
            lowest=1,
            highest=500,
            default=6,
            suffix=" px",
        ),
        NumberOption(
            name="radius",
            label="Radius",
            tip="Of a rounded rectangle's corners",
            lowest=0,
            highest=1000,
            default=24,
            suffix=" px",
        ),
        NumberOption(
            name="corners",
            label="Corners",
            tip="Of a polygon, or tips of a star",
            lowest=3,
            highest=60,
            default=5,
        ),
        NumberOption(
            name="inner",
            label="Inner",
            tip="How far out a star's inner corners lie",
            lowest=5,
            highest=100,
            default=45,
            suffix=" %",
        ),
        _OPACITY,
    ),
    "text": (
        FontOption(name="family", label="Font", tip="The font's name"),
        NumberOption(
            name="size",
            label="Size",
            tip="How high the font is, in canvas pixels",
            lowest=MIN_TEXT_PX,
            highest=MAX_TEXT_PX,
            default=48,
            suffix=" px",
        ),
        FlagOption(name="bold", label="Bold", tip="Heavier strokes", default=False),
        FlagOption(name="italic", label="Italic", tip="Slanted", default=False),
        ChoiceOption(
            name="alignment",
            label="Alignment",
            tip="Which side of the lines stands even",
            choices=(("left", "Left"), ("center", "Center"), ("right", "Right")),
            default="left",
        ),
        NumberOption(
            name="lines",
            label="Lines",
            tip="From line to line, of what the font wants",
            lowest=50,
            highest=300,
            default=100,
            suffix=" %",
        ),
        NumberOption(
            name="letters",
            label="Letters",
            tip="Room added after each letter",
            lowest=-50,
            highest=200,
            default=0,
            suffix=" px",
        ),
    ),
    "fill": (
        ChoiceOption(
            name="sample",
            label="Looks at",
            tip="Whose colors bound the area: those of all layers together, or of the active one",
            choices=(("picture", "All layers"), ("layer", "This layer")),
            default="picture",
        ),
        _OPACITY,
        _tolerance(32),
        _gap("Openings in a line up to this wide count as closed"),
        _grow(1),
        _CONTIGUOUS,
        _ANTIALIAS,
    ),
    "gradient": (
        ChoiceOption(
            name="shape",
            label="Shape",
            tip="Along a line, from a center outward, or around it",
            choices=(("linear", "Linear"), ("radial", "Radial"), ("angular", "Angular")),
            default="linear",
        ),
        ChoiceOption(
            name="end",
            label="Fades to",
            tip="What the painting color fades to",
            choices=(("transparent", "Transparent"), ("color", "Second color")),
            default="transparent",
        ),
        ColorOption(
            name="color", label="Second color", tip="The color it fades to", default=RGB(255, 255, 255)
        ),
        _OPACITY,
    ),
}
"""By tool; a tool that is not here has none."""

NUMBERS: Mapping[str, tuple[LiveNumber, ...]] = {
    "transform": (
        LiveNumber(name="x", label="X", tip="Its left edge, in canvas pixels", suffix=" px"),
        LiveNumber(name="y", label="Y", tip="Its upper edge, in canvas pixels", suffix=" px"),
        LiveNumber(name="width", label="Width", tip="How wide, of what it was", suffix=" %", decimals=1),
        LiveNumber(name="height", label="Height", tip="How high, of what it was", suffix=" %", decimals=1),
        LiveNumber(
            name="angle", label="Angle", tip="How far it is turned, clockwise", suffix="°", decimals=1
        ),
    ),
    "crop": (
        LiveNumber(name="x", label="X", tip="Its left edge, in canvas pixels", suffix=" px"),
        LiveNumber(name="y", label="Y", tip="Its upper edge, in canvas pixels", suffix=" px"),
        LiveNumber(name="width", label="Width", tip="How wide the canvas will be", suffix=" px"),
        LiveNumber(name="height", label="Height", tip="How high the canvas will be", suffix=" px"),
    ),
}
"""By tool: what its open gesture shows in numbers, see `adjusting`."""


def tool_option(tool_id: str, name: str) -> ToolOption:
    """Raises KeyError for an option the tool does not have."""
    for option in OPTIONS[tool_id]:
        if option.name == name:
            return option
    raise KeyError(f"{tool_id} has no option {name}")
