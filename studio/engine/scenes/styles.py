"""Styles are filters over the finished picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from studio.engine.scenes.stage import Stage

_PIXEL_CELLS = 32
_TRIANGLES = 20.0


def apply_styles(stage: Stage) -> None:
    for style, filter_ in _FILTERS.items():
        rows = stage.rows_in("style", style)
        if rows is not None:
            stage.image[rows] = filter_(stage, stage.image[rows])
    stage.image.clamp_(0, 1)


def _warp(stage: Stage, image: torch.Tensor, dx: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    return stage.sample(image, stage.x + dx, stage.y + dy)


def _shiver(stage: Stage, image: torch.Tensor, cells: int, octaves: int, amount: float) -> torch.Tensor:
    count = len(image)
    dx, dy = stage.noise(count, cells, cells, octaves), stage.noise(count, cells, cells, octaves)
    return _warp(stage, image, amount * dx, amount * dy)


def _luma(image: torch.Tensor) -> torch.Tensor:
    return 0.3 * image[:, 0:1] + 0.59 * image[:, 1:2] + 0.11 * image[:, 2:3]


def _saturated(image: torch.Tensor, amount: float) -> torch.Tensor:
    luma = _luma(image)
    return luma + (image - luma) * amount


def _pixels(stage: Stage, count: int, growth: float = 0.75) -> int:
    """So many pixels of a picture 256 high, more in a larger one, if not in proportion: a brush does not grow as fast as
    the canvas. The first edition knows no other size."""
    return (
        max(1, round(count * (min(stage.height, stage.width) / 256) ** growth)) if stage.is_refined else count
    )


def _pooled(image: torch.Tensor, size: int) -> torch.Tensor:
    """Means of square windows, in two passes."""
    return F.avg_pool2d(F.avg_pool2d(image, (size, 1), 1), (1, size), 1)


def _smoothed(image: torch.Tensor, size: int) -> torch.Tensor:
    """The same at the picture's own size; `size` is odd."""
    return _pooled(F.pad(image, (size // 2,) * 4, mode="replicate"), size)


def _kuwahara(image: torch.Tensor, radius: int) -> torch.Tensor:
    """Of the four neighbouring windows the mean of the calmest (Kuwahara et al. 1976)."""
    size = radius + 1
    padded = F.pad(image, (radius,) * 4, mode="replicate")
    mean = _pooled(padded, size)
    luma = _luma(padded)
    variance = _pooled(luma**2, size) - _pooled(luma, size) ** 2
    height, width = image.shape[2:]
    best, least = mean[:, :, :height, :width], variance[:, :, :height, :width]
    for down, right in ((0, radius), (radius, 0), (radius, radius)):
        window = (slice(None), slice(None), slice(down, down + height), slice(right, right + width))
        calmer = variance[window] < least
        best = torch.where(calmer, mean[window], best)
        least = torch.where(calmer, variance[window], least)
    return best


def _watercolor(stage: Stage, image: torch.Tensor) -> torch.Tensor:
    """Pale flat washes, pigment in the edges, uneven paper."""
    count, reach = len(image), _pixels(stage, 2)
    image = _kuwahara(_shiver(stage, image, 22, 2, 0.006), _pixels(stage, 4))
    luma = _luma(image)
    edges = (luma - torch.roll(luma, reach, 2)).abs() + (luma - torch.roll(luma, reach, 3)).abs()
    if stage.is_refined:
        # What rolls in from the other side is no edge.
        edges[:, :, :reach] = 0
        edges[:, :, :, :reach] = 0
    image = _saturated(image * (1 - (edges * 1.6).clamp(0, 0.35)), 1.05)
    pigment, uneven = (0.80, 0.06) if stage.is_refined else (0.74, 0.10)
    image = 1 - (1 - image) * (pigment + uneven * stage.noise(count, 5, 5, 4, 0.6))
    return image * (1 + 0.012 * stage.normal(count, 1, stage.height, stage.width))


def _oil(stage: Stage, image: torch.Tensor) -> torch.Tensor:
    image = _saturated(_kuwahara(_shiver(stage, image, 40, 1, 0.007), _pixels(stage, 6)), 1.25)
    strokes = stage.noise(len(image), 60, 26, 2)
    relief = strokes - torch.roll(strokes, _pixels(stage, 1), 2)
    return image * (1 + 0.045 * strokes) + 0.05 * relief


def _pixel(stage: Stage, image: torch.Tensor) -> torch.Tensor:
    """Blocks, nine levels per channel, no dither (which no autoencoder keeps). In the first edition a block is one
    latent cell at 256 px; the second draws twice as many, which leaves windows and sails in a small object."""
    block = max(2, min(stage.height, stage.width) // (2 * _PIXEL_CELLS))
    if not stage.is_refined:
        block = max(2, stage.height // _PIXEL_CELLS)
    cells = F.avg_pool2d(image, block, ceil_mode=True)
    cells = (_saturated(cells, 1.25) - 0.5) * 1.12 + 0.5
    cells = ((cells * 8).round() / 8).clamp(0, 1)
    blocks = cells.repeat_interleave(block, 2).repeat_interleave(block, 3)
    return blocks[:, :, : stage.height, : stage.width]


def _pencil(stage: Stage, image: torch.Tensor) -> torch.Tensor:
    """Edges and hatching; the tone is normalised per picture, or night scenes turn to mush."""
    count, line = len(image), _pixels(stage, 1, growth=0.4)
    image = _shiver(stage, image, 30, 1, 0.003)
    gray = _smoothed(_luma(image), 2 * line + 1)
    edges = (
        ((gray - torch.roll(gray, line, 2)) ** 2 + (gray - torch.roll(gray, line, 3)) ** 2)
        .clamp(min=1e-8)
        .sqrt()
    )
    edges[:, :, : 2 * line] = 0
    edges[:, :, :, : 2 * line] = 0
    mean, deviation = gray.mean((2, 3), keepdim=True), gray.std((2, 3), keepdim=True)
    tone = 1 - (0.48 + 0.22 * mean + 0.20 * (gray - mean) / (deviation + 0.03)).clamp(0, 1)
    # Finer in a large picture: a drawing has the hatching of its pencil, not of its size.
    dense = max(1.0, (min(stage.height, stage.width) / 256) ** 0.5) if stage.is_refined else 1.0
    first = 0.5 + 0.5 * torch.sin((stage.x + stage.y) * 95 * dense + stage.noise(count, 8, 8, 1) * 1.2)
    second = 0.5 + 0.5 * torch.sin((stage.x - stage.y) * 90 * dense + stage.noise(count, 8, 8, 1) * 1.2)
    hatching = ((tone - 0.22) * 1.1).clamp(0, 1) * (0.70 + 0.30 * first)
    hatching = hatching + ((tone - 0.62) * 1.2).clamp(0, 1) * second * 0.5
    hatching = hatching * (0.88 + 0.12 * stage.noise(count, 96, 96, 1).clamp(-1, 1))
    value = (0.96 - 0.70 * hatching - 0.55 * (edges * 10).clamp(0, 1)).clamp(0.06, 1)
    return value * stage.rgb(1.0, 0.985, 0.955)


def _lowpoly(stage: Stage, image: torch.Tensor) -> torch.Tensor:
    """Each triangle of a warped lattice takes the colour at its middle; fewer than 20 across lose the objects."""
    count = len(image)
    triangles = _TRIANGLES / min(1.0, stage.aspect) * 1.4 if stage.is_refined else _TRIANGLES
    warp_x, warp_y = stage.noise(count, 8, 8, 1) * 0.014, stage.noise(count, 8, 8, 1) * 0.014
    u = (stage.x + warp_x) * triangles + stage.uniform(0, 1, count)
    v = (stage.y + warp_y) * triangles * 1.1
    row = v.floor()
    u = u + (row % 2) * 0.5
    column = u.floor()
    upper = (u - column + v - row > 1).float()
    dx = (column + 0.33 + 0.34 * upper - u) / triangles
    dy = (row + 0.33 + 0.34 * upper - v) / (triangles * 1.1)
    smooth = _smoothed(image, 2 * _pixels(stage, 3) + 1)
    if stage.is_refined:
        # The middle of the triangle, wherever in it the pixel lies: otherwise the warp smears what should be flat.
        dx, dy = dx + warp_x, dy + warp_y
    flat = _saturated(_warp(stage, smooth, dx, dy), 1.15)
    hash_ = torch.sin(column * 12.9898 + row * 78.233 + upper * 37.7) * 43758.5453
    facets = 0.04 if stage.is_refined else 0.08
    return flat * (1 - facets + 2 * facets * (hash_ - hash_.floor()))


_FILTERS = {"watercolor": _watercolor, "oil": _oil, "pixel": _pixel, "pencil": _pencil, "lowpoly": _lowpoly}
