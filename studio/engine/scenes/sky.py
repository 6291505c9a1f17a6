"""Stars, aurora, sun, moon, clouds, lightning and birds."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from studio.engine.scenes.stage import Rgb, Stage, mix, smooth_step

_CLOUD_LIT: tuple[Rgb, ...] = (
    (1.0, 0.87, 0.80),
    (1.0, 1.0, 1.0),
    (1.0, 0.70, 0.45),
    (0.34, 0.40, 0.55),
    (0.55, 0.57, 0.61),
)
_CLOUD_SHADE: tuple[Rgb, ...] = (
    (0.74, 0.58, 0.70),
    (0.66, 0.74, 0.87),
    (0.52, 0.27, 0.42),
    (0.08, 0.11, 0.21),
    (0.17, 0.18, 0.22),
)


def paint_sky(stage: Stage) -> None:
    """The gradient is there already; what shines in it follows."""
    _paint_stars(stage)
    _paint_aurora(stage)
    _paint_sun_and_moon(stage)
    _paint_clouds(stage)
    _paint_lightning(stage)


def _paint_stars(stage: Stage) -> None:
    rows = stage.rows_in("time", "night")
    if rows is None:
        return
    across, share = (150, 0.005) if stage.is_refined else (64, 0.015)
    cells = (len(rows), 1, across, max(1, int(across * stage.aspect)))
    stars = torch.rand(cells, generator=stage.generator, device=stage.device)
    stars = (stars - (1 - share)).clamp(0) / share
    stars = F.interpolate(stars, size=(stage.height, stage.width), mode="bicubic", align_corners=False).clamp(
        0, 1
    )
    fade = smooth_step(0, 0.25, stage.horizon[rows] - stage.y)
    stage.image[rows] = stage.image[rows] + stars * fade * stage.rgb(0.95, 0.97, 1.0)


def _paint_aurora(stage: Stage) -> None:
    rows = stage.rows_in("aurora", "yes")
    if rows is None:
        return
    count = len(rows)
    for color, offset in (((0.15, 0.95, 0.50), 0.0), ((0.35, 0.75, 0.85), -0.09)):
        foot = stage.uniform(0.24, 0.38, count) + offset + 0.05 * stage.ridge(count, 3, 2)
        above = foot - stage.y
        rays = (0.55 + 0.5 * stage.ridge(count, 22, 2)).clamp(0.1, 1.4)
        curtain = torch.where(above < 0, torch.exp(above / 0.018), torch.exp(-above / (0.07 + 0.06 * rays)))
        hue = mix(stage.rgb(*color), stage.rgb(0.60, 0.25, 0.80), smooth_step(0.03, 0.22, above))
        stage.glow(rows, curtain * rays * 0.75, hue)


def _paint_sun_and_moon(stage: Stage) -> None:
    rows = stage.rows_in("celestial", "sun", "moon")
    if rows is None:
        return
    count = len(rows)
    x, y = stage.x - stage.sun_x[rows], stage.y - stage.sun_y[rows]
    distance = (x**2 + y**2).sqrt()
    sun, low = stage.flags(rows, "celestial", "sun"), stage.is_low_sun[rows]
    sunlight = torch.where(low, stage.rgb(1.0, 0.80, 0.45), stage.rgb(1.0, 0.97, 0.80))
    color = torch.where(sun, sunlight, stage.rgb(0.93, 0.94, 0.88))
    sun_radius = torch.where(low, stage.uniform(0.055, 0.075, count), stage.uniform(0.045, 0.06, count))
    radius = torch.where(sun, sun_radius, stage.uniform(0.05, 0.07, count))
    sunshine = 0.55 * torch.exp(-distance / 0.10) + 0.25 * torch.exp(-distance / 0.3)
    stage.glow(rows, torch.where(sun, sunshine, 0.30 * torch.exp(-distance / 0.09)), color)
    disc = stage.cover(distance - radius, 1.6)
    crescent = ~sun & (stage.uniform(0, 1, count) < 0.35)
    bite = ((x - radius * 0.55) ** 2 + (y + radius * 0.25) ** 2).sqrt() - radius * 0.95
    disc = torch.where(crescent, disc * (1 - stage.cover(bite, 1.6)), disc)
    maria = 1 - 0.10 * (stage.noise(count, 24, 24, 2) > 0.4).float() * (~sun)
    stage.put(rows, disc, (color * 1.04).clamp(0, 1) * maria)


def _paint_clouds(stage: Stage) -> None:
    rows = stage.rows_in("clouds", "some", "many")
    if rows is None:
        return
    count = len(rows)
    many = stage.flags(rows, "clouds", "many").float()
    storm = stage.flags(rows, "time", "storm").float()
    # Rows are squeezed towards the horizon, as a flat layer of cloud is in perspective.
    height = 1 - (stage.y / stage.horizon[rows]).clamp(0, 1)
    field = stage.noise(count, 3, 7, 6, 0.55)
    field = stage.sample(field, stage.x, 1 - height**0.7, corners=True)
    density = smooth_step(0, 0.75, field - (0.62 * (1 - many) - 0.35 * storm))
    above = torch.roll(field, (int(0.035 * stage.height),), (2,))
    lit_top = smooth_step(-0.5, 0.8, field - above * 0.9)
    color = mix(stage.by_time(_CLOUD_SHADE, rows), stage.by_time(_CLOUD_LIT, rows), lit_top)
    fade = smooth_step(-0.02, 0.16, stage.horizon[rows] - stage.y)
    stage.put(rows, density * fade * 0.92, color)


def _paint_lightning(stage: Stage) -> None:
    rows = stage.rows(stage.is_in("time", "storm") & (stage.uniform(0, 1).flatten() < 0.4))
    if rows is None:
        return
    count = len(rows)
    walk = stage.ridge(count, 6, 5, 0.6).view(count, 1, stage.width)
    walk = F.interpolate(walk, size=stage.height, mode="linear", align_corners=True).view(count, 1, -1, 1)
    distance = (stage.x - stage.uniform(0.2, 0.8, count) * stage.aspect - 0.05 * walk).abs()
    visible = (stage.y > 0.12) & (stage.y < stage.horizon[rows])
    strength = (torch.exp(-distance / 0.03) * 0.35 + stage.cover(distance - 0.004)) * visible
    stage.glow(rows, strength, stage.rgb(0.9, 0.92, 1.0))


def paint_birds(stage: Stage) -> None:
    """Five birds of two arcs each, in a loose flock."""
    rows = stage.rows_in("birds", "yes")
    if rows is None:
        return
    count = len(rows)
    flock_x, flock_y = stage.uniform(0.25, 0.75, count) * stage.aspect, stage.uniform(0.12, 0.3, count)
    coverage = torch.zeros(count, 1, stage.height, stage.width, device=stage.device)
    for _ in range(5):
        size = stage.uniform(0.026, 0.045, count)
        x = ((stage.x - flock_x - stage.uniform(-0.2, 0.2, count)) / size).abs()
        y = (stage.y - flock_y - stage.uniform(-0.08, 0.08, count)) / size
        wing = (y + 0.55 * torch.sin((x * 2.6).clamp(0, 2.6)) - 0.1).abs() - 0.16 * (1.15 - x)
        coverage = torch.maximum(coverage, stage.cover(torch.maximum(wing, x - 1.1) * size))
    stage.put(rows, coverage * 0.9, stage.rgb(0.10, 0.10, 0.13))
