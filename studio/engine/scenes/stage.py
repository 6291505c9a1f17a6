"""The canvas of a batch of scenes: coordinates, noise, colours, and what all layers agree on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F

from studio.generation.scenes.spec import COLORS, WIDER, SceneSpec

Rgb = tuple[float, float, float]
Window = tuple[slice, slice]
"""Rows and columns of pixels."""

# Order of the times: dawn, day, sunset, night, storm.
_SKY_TOP: Sequence[Rgb] = (
    (0.30, 0.40, 0.68),
    (0.13, 0.38, 0.80),
    (0.19, 0.14, 0.42),
    (0.01, 0.02, 0.09),
    (0.15, 0.17, 0.21),
)
_SKY_MIDDLE: Sequence[Rgb] = (
    (0.88, 0.64, 0.70),
    (0.42, 0.68, 0.94),
    (0.83, 0.34, 0.38),
    (0.05, 0.08, 0.23),
    (0.32, 0.35, 0.40),
)
_SKY_LOW: Sequence[Rgb] = (
    (1.0, 0.86, 0.66),
    (0.82, 0.92, 0.98),
    (1.0, 0.72, 0.30),
    (0.15, 0.22, 0.42),
    (0.62, 0.64, 0.64),
)
_LIGHT: Sequence[Rgb] = (
    (1.0, 0.84, 0.82),
    (1.0, 1.0, 0.97),
    (0.98, 0.66, 0.54),
    (0.42, 0.49, 0.74),
    (0.64, 0.67, 0.71),
)
_PAINT: dict[str, Rgb] = {
    "red": (0.80, 0.13, 0.12),
    "blue": (0.13, 0.32, 0.78),
    "yellow": (0.96, 0.80, 0.16),
    "white": (0.95, 0.94, 0.92),
    "green": (0.16, 0.56, 0.24),
    "orange": (0.95, 0.50, 0.12),
    "purple": (0.52, 0.22, 0.66),
}
# Small objects grow, so that each spans at least six latent cells at 128 px.
_GROWTH = {
    "house": 1.25,
    "castle": 1.25,
    "lighthouse": 1.75,
    "boat": 1.55,
    "windmill": 1.3,
    "barn": 1.3,
    "church": 1.2,
    "tent": 1.5,
    "well": 1.35,
    "snowman": 1.3,
    "cactus": 1.35,
    "rowboat": 1.5,
    "treehouse": 1.15,
    "tower": 1.25,
}
HEADROOM = 0.05
# How high objects stand at scale 1; the second edition keeps their tops inside the picture.
_HEIGHT = {
    "house": 0.30,
    "castle": 0.44,
    "lighthouse": 0.45,
    "boat": 0.43,
    "windmill": 0.50,
    "barn": 0.30,
    "church": 0.48,
    "well": 0.34,
    "snowman": 0.40,
    "cactus": 0.40,
    "treehouse": 0.58,
    "tower": 0.38,
}


def mix(a: torch.Tensor, b: torch.Tensor, share: torch.Tensor | float) -> torch.Tensor:
    """`a` where share is 0, `b` where it is 1; broadcasts."""
    return a + (b - a) * share


def smooth_step(low: float, high: float, x: torch.Tensor) -> torch.Tensor:
    """Hermite ramp from 0 at `low` to 1 at `high` (which may be the smaller)."""
    t = ((x - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


class Stage:
    """`image` is (B, 3, H, W) in 0..1; attribute values are indices into `WIDER` of shape (B,).

    Every method that takes `rows` works on those samples only, so that a layer costs nothing where it is absent.
    is_refined: the second edition, see `render`.
    """

    def __init__(
        self,
        specs: Sequence[SceneSpec],
        height: int,
        width: int,
        device: torch.device | str,
        seed: int,
        edition: int = 1,
    ) -> None:
        self.is_refined = edition > 1
        self.count, self.height, self.width = len(specs), height, width
        self.device = torch.device(device)
        self.generator = torch.Generator(device=self.device).manual_seed(seed)
        self.aspect = width / height
        self.x = ((torch.arange(width, device=self.device) + 0.5) / height).view(1, 1, 1, -1)
        self.y = ((torch.arange(height, device=self.device) + 0.5) / height).view(1, 1, -1, 1)
        self._soft_edge = 1.3 / height
        self._index = {
            name: torch.tensor([spec.index_of(name) for spec in specs], device=self.device) for name in WIDER
        }
        self._paints = torch.tensor([_PAINT[name] for name in COLORS], device=self.device)
        self._choose_sky()
        self._place_sun()
        self._place_object()

    def _choose_sky(self) -> None:
        shift = self.normal(self.count, 3, 1, 1) * 0.03
        top, middle, low = (
            (self.by_time(table) + shift + self.normal(self.count, 3, 1, 1) * 0.02).clamp(0, 1)
            for table in (_SKY_TOP, _SKY_MIDDLE, _SKY_LOW)
        )
        over_water = self.is_in("ground", "sea", "lake").view(-1, 1, 1, 1)
        self.over_water = over_water
        self.horizon = torch.where(over_water, self.uniform(0.50, 0.62), self.uniform(0.52, 0.66))
        self.light = self.by_time(_LIGHT)
        self.haze = mix(low, middle, 0.25)
        bend = self.uniform(0.45, 0.6)
        t = self.y / self.horizon
        upper = mix(top, middle, (t / bend).clamp(0, 1))
        lower = mix(middle, low, ((t - bend) / (1 - bend)).clamp(0, 1))
        sky = torch.where(t < bend, upper, lower)
        self.image = sky.expand(self.count, 3, self.height, self.width).contiguous()
        self.ground_top = self.horizon.expand(self.count, 1, 1, self.width).clone()

    def _place_sun(self) -> None:
        places = torch.tensor([0.2, 0.5, 0.8], device=self.device)[self._index["celestial_position"]]
        self.sun_x = places.view(-1, 1, 1, 1) * self.aspect + self.uniform(-0.06, 0.06)
        self.is_low_sun = self.is_in("time", "dawn", "sunset").view(-1, 1, 1, 1)
        lift = 0.13 * (~self.is_in("background", "none")).view(-1, 1, 1, 1).float()
        low, high = self.horizon - self.uniform(0.07, 0.2) - lift, self.uniform(0.1, 0.25)
        self.sun_y = torch.where(self.is_low_sun, low, high)

    def _place_object(self) -> None:
        """Where the object stands (its foot, or a balloon's middle) and its scale, by depth in the scene."""
        places = torch.tensor([0.26, 0.5, 0.74], device=self.device)[self._index["position"]]
        self.object_x = places.view(-1, 1, 1, 1) * self.aspect + self.uniform(-0.05, 0.05)
        afloat = self.is_in("object", "boat", "rowboat").view(-1, 1, 1, 1)
        nearness = torch.where(self.is_in("view", "distant"), 0.35, 1.0).view(-1, 1, 1, 1)
        depth = self.uniform(0.10, 0.18) * nearness
        on_water = torch.where(
            afloat, self.horizon + self.uniform(0.05, 0.17) * nearness, self.horizon - 0.012
        )
        y = torch.where(afloat | self.over_water, on_water, self.horizon + depth)
        near = torch.where(self.over_water, self.uniform(0.62, 0.85), 0.55 + 2.6 * depth)
        scale = torch.where(afloat, 0.55 + 2.2 * (y - self.horizon), near)
        growths = [_GROWTH.get(name, 1.0) for name in WIDER["object"]]
        growth = torch.tensor(growths, device=self.device)[self._index["object"]]
        scale = scale * growth.view(-1, 1, 1, 1) * self.uniform(0.92, 1.1)
        balloon = self.is_in("object", "balloon").view(-1, 1, 1, 1)
        fire = self.is_in("object", "campfire").view(-1, 1, 1, 1)
        floating, burning = self.uniform(0.22, 0.32), self.uniform(0.82, 0.90) - 0.15 * (1 - nearness)
        y = torch.where(balloon, floating, torch.where(fire, burning, y))
        self.object_y = y
        self.object_scale = torch.where(
            balloon, self.uniform(1.25, 1.75), torch.where(fire, self.uniform(1.4, 1.9), scale)
        )
        self.object_scale = self.object_scale * (0.35 + 0.65 * nearness)
        if self.is_refined:
            # Triangles swallow what is small; upright pictures leave less room beside an object.
            blunt = torch.where(self.is_in("style", "lowpoly"), 1.25, 1.0).view(-1, 1, 1, 1)
            self.object_scale = self.object_scale * blunt * min(1.0, 0.35 + 0.65 * self.aspect)
            heights = [_HEIGHT.get(name, 0.2) for name in WIDER["object"]]
            height = torch.tensor(heights, device=self.device)[self._index["object"]].view(-1, 1, 1, 1)
            fitting = (self.object_y - HEADROOM) / height
            self.object_scale = torch.where(
                balloon, self.object_scale, torch.minimum(self.object_scale, fitting)
            )

    def close_window(self, row: int, height: int, width: int) -> Window:
        """The part of a picture larger than (height, width) that shows a sample's object from close by."""
        x, y = float(self.object_x[row]), float(self.object_y[row] - 0.16 * self.object_scale[row])
        top = min(max(round(y * self.height - height / 2), 0), self.height - height)
        left = min(max(round(x * self.height - width / 2), 0), self.width - width)
        return slice(top, top + height), slice(left, left + width)

    def is_in(self, attribute: str, *values: str) -> torch.Tensor:
        """(B,) bool: the samples whose attribute has one of the values."""
        known = WIDER[attribute]
        wanted = torch.tensor([known.index(value) for value in values], device=self.device)
        return torch.isin(self._index[attribute], wanted)

    def rows(self, chosen: torch.Tensor) -> torch.Tensor | None:
        """Indices of the chosen samples; None if there is none."""
        indices = chosen.nonzero().flatten()
        return indices if indices.numel() else None

    def rows_in(self, attribute: str, *values: str) -> torch.Tensor | None:
        return self.rows(self.is_in(attribute, *values))

    def flags(self, rows: torch.Tensor, attribute: str, *values: str) -> torch.Tensor:
        """(n, 1, 1, 1) bool for broadcasting."""
        return self.is_in(attribute, *values)[rows].view(-1, 1, 1, 1)

    def by_time(self, table: Sequence[Rgb], rows: torch.Tensor | None = None) -> torch.Tensor:
        """(n, 3, 1, 1): the table's colour for each sample's time of day."""
        colors = torch.tensor(table, device=self.device)[self._index["time"]].view(-1, 3, 1, 1)
        return colors if rows is None else colors[rows]

    def paint(self, rows: torch.Tensor, attribute: str) -> torch.Tensor:
        """(n, 3, 1, 1): the colour that `color` or `flower_color` names."""
        return self._paints[self._index[attribute][rows]].view(-1, 3, 1, 1)

    def rgb(self, red: float, green: float, blue: float) -> torch.Tensor:
        return torch.tensor([red, green, blue], device=self.device).view(1, 3, 1, 1)

    def sun_side(self, rows: torch.Tensor) -> torch.Tensor:
        """-1 where the light comes from the left half, 1 where from the right."""
        return torch.where(self.sun_x[rows] < 0.5 * self.aspect, -1.0, 1.0)

    def uniform(self, low: float, high: float, count: int | None = None, channels: int = 1) -> torch.Tensor:
        """(count, channels, 1, 1) random numbers."""
        shape = (self.count if count is None else count, channels, 1, 1)
        return torch.rand(shape, generator=self.generator, device=self.device) * (high - low) + low

    def normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.generator, device=self.device)

    def coin(self, count: int) -> torch.Tensor:
        """(count, 1, 1, 1) of -1 or 1."""
        return torch.where(self.uniform(0, 1, count) < 0.5, 1.0, -1.0)

    def noise(
        self, count: int, across: int, down: int, octaves: int = 4, gain: float = 0.5, square: bool = False
    ) -> torch.Tensor:
        """Fractal value noise (count, 1, H, W) of unit variance; `across` and `down` are its coarsest cells."""
        height, width = self.height, self.height if square else self.width
        total = torch.zeros(count, 1, height, width, device=self.device)
        amplitude, power = 1.0, 0.0
        for octave in range(octaves):
            rows = max(2, min(down * 2**octave, height))
            columns = max(2, min(int(across * (1 if square else self.aspect)) * 2**octave, width))
            grid = self.normal(count, 1, rows, columns)
            mode = "bilinear" if octave > 1 else "bicubic"
            total += amplitude * F.interpolate(grid, size=(height, width), mode=mode, align_corners=True)
            power += amplitude * amplitude
            amplitude *= gain
        return total / math.sqrt(power)

    def ridge(self, count: int, across: int, octaves: int = 4, gain: float = 0.5) -> torch.Tensor:
        """The same in one dimension: (count, 1, 1, W)."""
        total = torch.zeros(count, 1, 1, self.width, device=self.device)
        amplitude, power = 1.0, 0.0
        for octave in range(octaves):
            cells = max(2, min(int(across * self.aspect) * 2**octave, self.width))
            grid = self.normal(count, 1, 1, cells)
            mode = "bicubic" if octave < 2 else "bilinear"
            total += amplitude * F.interpolate(grid, size=(1, self.width), mode=mode, align_corners=True)
            power += amplitude * amplitude
            amplitude *= gain
        return total / math.sqrt(power)

    def cover(self, distance: torch.Tensor, softness: float = 1.0) -> torch.Tensor:
        """Coverage 0..1 of a signed distance (negative inside), antialiased over about a pixel."""
        return (0.5 - distance / (self._soft_edge * softness)).clamp(0, 1)

    @property
    def whole(self) -> Window:
        return slice(0, self.height), slice(0, self.width)

    def window(self, left: float, right: float, top: float, bottom: float) -> Window:
        """The pixels that hold these scene coordinates and two more all around; never empty."""
        rows = self._pixels(top, bottom, self.height)
        return rows, self._pixels(left, right, self.width)

    def _pixels(self, low: float, high: float, count: int) -> slice:
        first = min(max(math.floor(low * self.height) - 2, 0), count - 1)
        return slice(first, max(first + 1, min(math.ceil(high * self.height) + 2, count)))

    def put(
        self, rows: torch.Tensor, coverage: torch.Tensor, color: torch.Tensor, window: Window | None = None
    ) -> None:
        """Paints `color` over the rows' pictures, or over the window of them that coverage and colour are for."""
        down, across = window or self.whole
        if self.count == 1:
            # A view: most scenes are drawn alone, and copying the picture costs as much as painting it.
            below = self.image[:, :, down, across]
            torch.lerp(below, color.expand_as(below), coverage.expand(-1, 1, *below.shape[2:]), out=below)
            return
        below = self.image[rows, :, down, across]
        self.image[rows, :, down, across] = torch.lerp(
            below, color.expand_as(below), coverage.expand(-1, 1, *below.shape[2:])
        )

    def glow(
        self, rows: torch.Tensor, strength: torch.Tensor, color: torch.Tensor, window: Window | None = None
    ) -> None:
        """Adds light that never passes white."""
        down, across = window or self.whole
        below = self.image[rows, :, down, across]
        self.image[rows, :, down, across] = below + (1 - below) * (strength * color).clamp(0, 1)

    def sample(
        self,
        images: torch.Tensor,
        x: torch.Tensor,
        y: torch.Tensor,
        padding: str = "border",
        corners: bool = False,
    ) -> torch.Tensor:
        """`images` (n, C, h, w) looked up at scene coordinates (n, 1, H, W)."""
        shape = (images.shape[0], 1, self.height, self.width)
        grid = torch.stack([(x / self.aspect * 2 - 1).expand(shape), (y * 2 - 1).expand(shape)], -1)[:, 0]
        return F.grid_sample(images, grid, mode="bilinear", padding_mode=padding, align_corners=corners)
