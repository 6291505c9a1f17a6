"""Mountains, snowy or not, and hills: layers that fade into the haze."""

from __future__ import annotations

import torch

from studio.engine.scenes.stage import Stage, mix, smooth_step

_PEAKS_FAR, _PEAKS_NEAR = (0.52, 0.30, 4), (0.20, 0.24, 3)  # haze, height, peaks
_HILLS = ((0.55, 0.15, 3), (0.32, 0.09, 3), (0.12, 0.045, 4))  # haze, height, waves


def paint_background(stage: Stage) -> None:
    _paint_mountains(stage)
    _paint_hills(stage)


def _paint_mountains(stage: Stage) -> None:
    rows = stage.rows_in("background", "mountains", "snowy")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    snowy = stage.flags(rows, "background", "snowy").float()
    away = -stage.sun_side(rows)
    # Whatever lies further down, the ground covers.
    window = stage.window(0.0, stage.aspect, 0.0, float(horizon.max()) + 0.1)
    y = stage.y[..., window[0], :]
    rock = stage.rgb(0.40, 0.38, 0.42) + stage.normal(count, 3, 1, 1) * 0.03
    rock = torch.where(stage.flags(rows, "ground", "desert"), stage.rgb(0.62, 0.38, 0.26), rock)
    for haze, tallest, peaks in (_PEAKS_FAR, _PEAKS_NEAR):
        middle = stage.uniform(-0.1, 1.1, count, peaks) * stage.aspect
        height = stage.uniform(0.45, 1.0, count, peaks) * tallest
        slope = stage.uniform(0.45, 0.95, count, peaks)
        outline, nearest = (height - (stage.x - middle).abs() * slope).max(1, keepdim=True)
        peak_x = torch.gather(middle.expand(count, peaks, 1, stage.width), 1, nearest)
        top = horizon - 0.01 - (outline.clamp(min=0.015) + 0.018 * stage.ridge(count, 10, 4, 0.55))
        depth = (y - top).clamp(0)
        noise = stage.noise(count, 8, 8, 4, 0.6)[..., window[0], :]
        lean = stage.uniform(-1, 1, count)
        if stage.is_refined:
            peak_x = _slanting(stage.x + 0.04 * noise + 0.3 * lean * depth, middle, height, slope)
        across = (stage.x - peak_x) + 0.045 * noise + 0.10 * depth * lean
        lit = torch.sigmoid(across * away / 0.02)
        line = 0.10 + 0.05 * stage.uniform(-1, 1, count) + 0.045 * noise + 0.05 * torch.sin(across * 40)
        snow = smooth_step(0, 0.03, line - depth - 0.25 * (top - horizon) - 0.05) * snowy
        white = mix(stage.rgb(0.58, 0.66, 0.82), stage.rgb(1.0, 1.0, 1.0), lit.clamp(0.05, 1))
        color = mix(rock * (0.45 + 0.65 * lit + 0.08 * noise), white, snow) * stage.light[rows]
        mist = smooth_step(0.22, 0.0, horizon - y) * 0.45
        color = mix(color, stage.haze[rows], (haze + mist * (1 - haze)).clamp(0, 1))
        stage.put(rows, stage.cover(top - y, 1.2), color, window)


def _slanting(
    x: torch.Tensor, middle: torch.Tensor, height: torch.Tensor, slope: torch.Tensor
) -> torch.Tensor:
    """Where the peak stands each pixel belongs to. Read straight down from the outline, two flanks would meet in a
    plumb line."""
    peak_x = middle[:, :1].expand_as(x)
    best = height[:, :1] - (x - middle[:, :1]).abs() * slope[:, :1]
    for peak in range(1, middle.shape[1]):
        part = slice(peak, peak + 1)
        score = height[:, part] - (x - middle[:, part]).abs() * slope[:, part]
        peak_x = torch.where(score > best, middle[:, part], peak_x)
        best = torch.maximum(best, score)
    return peak_x


def _paint_hills(stage: Stage) -> None:
    rows = stage.rows_in("background", "hills")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    for haze, height, waves in _HILLS:
        top = horizon - height * stage.uniform(0.8, 1.2, count) - 0.035 * stage.ridge(count, waves, 2, 0.35)
        color = stage.rgb(0.30, 0.50, 0.24) + stage.normal(count, 3, 1, 1) * 0.03
        color = torch.where(stage.flags(rows, "ground", "desert"), stage.rgb(0.80, 0.62, 0.42), color)
        color = torch.where(stage.flags(rows, "ground", "snow"), stage.rgb(0.86, 0.90, 0.96), color)
        texture = 1 + 0.10 * stage.noise(count, 10, 20, 3) + 0.9 * ((top - stage.y) + 0.06).clamp(-0.1, 0.1)
        lit = mix(color * texture * stage.light[rows], stage.haze[rows], haze)
        stage.put(rows, stage.cover(top - stage.y, 1.2), lit)
