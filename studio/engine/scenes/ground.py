"""Grass, flowers, dunes, snow and the beach, all in perspective."""

from __future__ import annotations

import torch

from studio.engine.scenes.stage import Stage, mix, smooth_step

_DUNES = (
    (-0.01, 0.03, 0.35),
    (0.07, 0.05, 0.18),
    (0.2, 0.08, 0.05),
    (0.36, 0.09, 0.0),
)  # offset, height, haze
_DRIFTS = ((0.0, 0.015, 0.25), (0.12, 0.04, 0.08), (0.28, 0.05, 0.0))


def paint_ground(stage: Stage) -> None:
    """Everything but water, which needs the finished scene to mirror."""
    _paint_grass(stage)
    _paint_flowers(stage)
    _paint_dunes(stage)
    _paint_snow(stage)


def _nearness(stage: Stage, rows: torch.Tensor) -> torch.Tensor:
    """0 at the horizon, 1 at the lower edge."""
    return ((stage.y - stage.horizon[rows]) / (1 - stage.horizon[rows])).clamp(0, 1)


def _paint_grass(stage: Stage) -> None:
    rows = stage.rows_in("ground", "meadow", "flowers", "forest")
    if rows is None:
        return
    count = len(rows)
    top = stage.horizon[rows] + 0.012 * stage.ridge(count, 3, 2)
    stage.ground_top[rows] = top
    near = _nearness(stage, rows)
    distance = 1.0 / (0.22 + near)
    patches = stage.sample(
        stage.noise(count, 16, 16, 4, 0.6, square=True),
        (((stage.x - 0.5 * stage.aspect) * distance * 0.42 + 1) / 2) * stage.aspect,
        (distance * 0.55 - 0.3) / 2,
        padding="reflection",
        corners=True,
    )
    forest = stage.flags(rows, "ground", "forest")
    far_color = torch.where(forest, stage.rgb(0.34, 0.46, 0.24), stage.rgb(0.52, 0.66, 0.30))
    near_color = torch.where(forest, stage.rgb(0.14, 0.24, 0.10), stage.rgb(0.16, 0.38, 0.12))
    far_color = far_color + stage.normal(count, 3, 1, 1) * 0.03
    near_color = near_color + stage.normal(count, 3, 1, 1) * 0.02
    blades = stage.noise(count, 90, 30, 2)
    color = mix(far_color, near_color, near**0.7) * (1 + 0.20 * patches + 0.05 * blades * near)
    color = mix(color * stage.light[rows], stage.haze[rows], 0.35 * (1 - near) ** 5)
    stage.put(rows, stage.cover(top - stage.y), color)


def _paint_flowers(stage: Stage) -> None:
    """Two layers of one flower per cell; the cell's hash gives its place, size and shade."""
    rows = stage.rows_in("ground", "flowers")
    if rows is None:
        return
    count = len(rows)
    near = _nearness(stage, rows)
    petals = stage.paint(rows, "flower_color")
    shift = stage.uniform(0, 100, count)
    for cells, salt in ((16, 0.0), (12, 7.0)):
        distance = 1.0 / (0.16 + near)
        u = (stage.x - 0.5 * stage.aspect) * distance * cells * 0.30 + 50 + shift
        v = distance * cells * 0.55 + salt
        hash_ = torch.sin(u.floor() * 12.9898 + v.floor() * 78.233 + salt) * 43758.5453
        first, second, third = hash_.frac().abs(), (hash_ * 7.13).frac().abs(), (hash_ * 3.71).frac().abs()
        du, dv = u.frac() - 0.25 - 0.5 * first, v.frac() - 0.25 - 0.5 * second
        radius = 0.17 + 0.17 * third
        away = (du * du + dv * dv * 0.8).sqrt()
        bloom = ((radius * 1.12 - away) / 0.09).clamp(0, 1) * (near > 0) * (first > 0.08)
        heart = ((radius * 0.35 - away) / 0.08).clamp(0, 1)
        color = mix(petals * (0.72 + 0.5 * third), stage.rgb(0.98, 0.95, 0.9), (second < 0.10).float() * 0.6)
        color = mix(color, stage.rgb(0.95, 0.80, 0.2), heart * 0.8)
        stage.put(rows, bloom * (0.75 + 0.25 * near), color * (stage.light[rows] * 0.9 + 0.1))


def _paint_dunes(stage: Stage) -> None:
    rows = stage.rows_in("ground", "desert")
    if rows is None:
        return
    count = len(rows)
    sand = stage.rgb(0.93, 0.74, 0.46) + stage.normal(count, 3, 1, 1) * 0.025
    shade = stage.rgb(0.62, 0.40, 0.26)
    away = -torch.where(stage.sun_x[rows] < 0.5 * stage.aspect, -1.0, 1.0)
    noise = stage.noise(count, 5, 5, 4)
    ripples = torch.sin(stage.y * 230 + 6 * noise + 14 * stage.x) * 0.03
    for layer, (offset, height, haze) in enumerate(_DUNES):
        wave = stage.ridge(count, 3, 2, 0.3)
        top = stage.horizon[rows] + offset - height * wave
        if layer == 0:
            stage.ground_top[rows] = top
        slope = torch.diff(wave, dim=-1, append=wave[..., -1:]) * stage.width
        lit = torch.sigmoid((-slope * away * 0.16 + 3.2 * (stage.y - top) + 0.25 * noise) * 3 - 0.2)
        color = mix(shade, sand, lit.clamp(0.08, 1)) * (1 + ripples)
        stage.put(rows, stage.cover(top - stage.y), mix(color * stage.light[rows], stage.haze[rows], haze))


def _paint_snow(stage: Stage) -> None:
    rows = stage.rows_in("ground", "snow")
    if rows is None:
        return
    count = len(rows)
    for layer, (offset, height, haze) in enumerate(_DRIFTS):
        top = stage.horizon[rows] + offset + height * stage.ridge(count, 3, 2, 0.3)
        if layer == 0:
            stage.ground_top[rows] = top
        shade = 0.86 + 0.06 * stage.noise(count, 5, 9, 4) - 0.9 * (stage.y - top - 0.05).clamp(0, 0.15)
        bright = ((shade.clamp(0.6, 1) - 0.6) / 0.35).clamp(0, 1)
        color = mix(stage.rgb(0.60, 0.70, 0.90), stage.rgb(0.99, 0.99, 1.0), bright)
        color = mix(color * stage.light[rows].clamp(min=0.3), stage.haze[rows], haze)
        stage.put(rows, stage.cover(top - stage.y), color)


def paint_beach(stage: Stage) -> None:
    """A sandy shore in front of the sea, for the palms to stand on, and for a fire by any water."""
    palms = stage.is_in("ground", "sea") & stage.is_in("tree", "palm")
    fire = stage.is_in("ground", "sea", "lake") & stage.is_in("object", "campfire")
    rows = stage.rows(palms | fire)
    if rows is None:
        return
    count = len(rows)
    tilt = stage.coin(count) * (stage.x / stage.aspect - 0.5) * 2
    middle = torch.where(stage.flags(rows, "object", "campfire"), 0.78, 0.86)
    top = middle - 0.09 * tilt + 0.012 * stage.ridge(count, 4, 3)
    noise = stage.noise(count, 30, 30, 3)
    below = stage.y - top
    foam = stage.rgb(0.93, 0.95, 0.95) * stage.light[rows]
    stage.put(rows, smooth_step(-0.03, -0.012, below) * 0.75, foam)
    sand = mix(stage.rgb(0.70, 0.56, 0.38), stage.rgb(0.94, 0.83, 0.60), smooth_step(0, 0.06, below))
    stage.put(rows, stage.cover(0.004 * noise - below), sand * (1 + 0.06 * noise) * stage.light[rows])
