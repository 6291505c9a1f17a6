"""Windmill, barn, church, well and ruined tower."""

from __future__ import annotations

import math

import torch

from studio.engine.scenes.objects import ObjectPainter, box, ellipse, inside, joined, taper
from studio.engine.scenes.stage import Stage, mix

Hue = tuple[float, float, float]
_STONE: Hue = (0.62, 0.59, 0.56)
_CREAM: Hue = (0.93, 0.89, 0.80)
_WOOD: Hue = (0.40, 0.27, 0.18)
_SNOW: Hue = (0.93, 0.95, 1.0)


def rounded(x: torch.Tensor, half_width: float) -> torch.Tensor:
    """Shade of an upright cylinder lit from the left."""
    return 1.10 - 0.42 * ((x / half_width) * 0.5 + 0.5).clamp(0, 1)


def courses(x: torch.Tensor, y: torch.Tensor, rows: float, columns: float) -> torch.Tensor:
    """Brickwork: 1 with darker joints."""
    row = (y * rows).floor()
    along = (x * columns + 0.5 * (row % 2)).frac().abs()
    return 1 - 0.16 * torch.maximum((((y * rows).frac().abs()) < 0.14).float(), (along < 0.10).float())


def paint_windmill(stage: Stage) -> None:
    """A tapering tower with a cap of the named colour and four latticed sails."""
    rows = stage.rows_in("object", "windmill")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, reach=(0.26, 0.02, 0.52))
    x, y = painter.x, painter.y
    cream = mix(painter.rgb(*_CREAM), painter.color, 0.18)
    painter.put(taper(x, y, 0.0, 0.0, 0.27, 0.085, 0.055), cream * rounded(x, 0.085) * courses(x, y, 42, 22))
    painter.put(box(x, y, 0.0, 0.10, 0.082, 0.008), painter.rgb(*_WOOD))
    cap = inside(ellipse(x, y, 0.0, 0.265, 0.066, 0.062), 0.262 - y)
    painter.put(cap, painter.color * rounded(x, 0.07))
    painter.put(inside(box(x, y, 0.0, 0.038, 0.022, 0.040)), painter.rgb(0.30, 0.19, 0.13))
    windows = joined(box(x, y, 0.0, 0.152, 0.014, 0.018), box(x, y, 0.0, 0.212, 0.011, 0.014))
    painter.put(windows, painter.window_color(0.24, 0.30, 0.38), glowing=True)
    turn = stage.uniform(0.15, math.pi / 2 - 0.15, painter.count)
    hub_x, hub_y = x, y - 0.285
    for quarter in range(4):
        angle = turn + quarter * math.pi / 2
        along, beside = (
            hub_x * torch.cos(angle) + hub_y * torch.sin(angle),
            hub_y * torch.cos(angle) - hub_x * torch.sin(angle),
        )
        cloth = box(along, beside, 0.13, 0.020, 0.085, 0.022)
        lattice = 1 - 0.30 * (((along * 36).frac().abs()) < 0.22).float()
        painter.put(cloth, painter.rgb(0.92, 0.88, 0.80) * lattice)
        painter.put(box(along, beside, 0.105, 0.0, 0.112, 0.006), painter.rgb(0.34, 0.23, 0.16))
    painter.put(ellipse(hub_x, hub_y, 0.0, 0.0, 0.016, 0.016), painter.rgb(0.26, 0.18, 0.13))


def paint_barn(stage: Stage) -> None:
    """A broken gable with white trim and a braced door, and a silo beside it."""
    rows = stage.rows_in("object", "barn")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.32, 0.02, 0.36))
    x, y, color = painter.x, painter.y, painter.color
    winter = stage.flags(rows, "ground", "snow")
    white = torch.where(
        stage.flags(rows, "color", "white"), painter.rgb(0.72, 0.72, 0.74), painter.rgb(0.95, 0.94, 0.91)
    )
    silo = rounded(x - 0.215, 0.045)
    painter.put(
        box(x, y, 0.215, 0.115, 0.045, 0.115), painter.rgb(0.66, 0.68, 0.72) * silo * courses(x, y, 30, 3)
    )
    dome = inside(ellipse(x, y, 0.215, 0.23, 0.049, 0.042), 0.228 - y)
    painter.put(dome, torch.where(winter, painter.rgb(*_SNOW), painter.rgb(0.50, 0.52, 0.58)) * silo)
    boards = 1 - 0.10 * (((x * 46).frac().abs()) < 0.12).float()

    def front(grown: float) -> torch.Tensor:
        return joined(
            box(x, y, 0.0, 0.075, 0.145 + grown, 0.078),
            taper(x, y, 0.0, 0.15, 0.215 + grown * 0.6, 0.148 + grown, 0.108 + grown),
            taper(x, y, 0.0, 0.214 + grown * 0.6, 0.268 + grown, 0.110 + grown, 0.0),
        )

    roof = torch.where(winter, painter.rgb(*_SNOW), painter.varied(0.30, 0.24, 0.24, 0.03))
    painter.put(inside(front(0.020), 0.146 - y), roof)
    painter.put(inside(front(0.0), -y), color * boards * (1.04 - 0.8 * (x + 0.05).clamp(0, 0.3)))
    trim = front(0.0).abs() - 0.006
    painter.put(inside(trim, -y), white)
    painter.put(box(x, y, 0.0, 0.058, 0.064, 0.060), white)
    painter.put(box(x, y, 0.0, 0.055, 0.056, 0.055), color * 0.80 * boards)
    braces = joined(
        ((x.abs() - (y - 0.0) * 1.02).abs() - 0.006),
        ((x.abs() - (0.11 - y) * 1.02).abs() - 0.006),
        x.abs() - 0.004,
    )
    painter.put(inside(braces, box(x, y, 0.0, 0.055, 0.056, 0.055)), white)
    painter.put(box(x, y, 0.0, 0.188, 0.030, 0.026), white)
    painter.put(box(x, y, 0.0, 0.188, 0.023, 0.019), painter.window_color(0.20, 0.18, 0.18), glowing=True)


def paint_church(stage: Stage) -> None:
    """A nave and a tower with a spire, roofs of the named colour, arched windows lit at night."""
    rows = stage.rows_in("object", "church")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.26, 0.02, 0.52))
    x, y, color = painter.x, painter.y, painter.color
    wall = painter.varied(0.92, 0.90, 0.85, 0.02)
    painter.put(box(x, y, 0.075, 0.07, 0.135, 0.07), wall * (0.92 - 0.5 * (x - 0.05).clamp(0, 0.2)))
    slopes = inside(x - 0.235 + (y - 0.135) * 0.45, -0.06 - x)
    painter.put(
        inside(y - 0.225, 0.132 - y, slopes), color * (0.88 + 0.10 * ((y * 90).frac().abs() < 0.5).float())
    )
    tower_x = x + 0.115
    painter.put(box(x, y, -0.115, 0.135, 0.055, 0.135), wall * rounded(tower_x, 0.075))
    painter.put(box(x, y, -0.115, 0.272, 0.064, 0.008), wall * 0.80)
    painter.put(taper(x, y, -0.115, 0.278, 0.425, 0.062, 0.0), color * rounded(tower_x, 0.06))
    gold = painter.rgb(0.86, 0.70, 0.30)
    painter.put(joined(box(x, y, -0.115, 0.445, 0.004, 0.024), box(x, y, -0.115, 0.450, 0.014, 0.004)), gold)

    def arched(middle: float, foot: float, half_width: float, height: float) -> torch.Tensor:
        return joined(
            box(x, y, middle, foot + height / 2, half_width, height / 2),
            ellipse(x, y, middle, foot + height, half_width, half_width),
        )

    glass = painter.window_color(0.24, 0.32, 0.46)
    windows = joined(*(arched(middle, 0.045, 0.014, 0.045) for middle in (0.0, 0.065, 0.13, 0.19)))
    painter.put(windows, glass, glowing=True)
    painter.put(arched(-0.115, 0.185, 0.016, 0.034), glass, glowing=True)
    painter.put(arched(-0.115, 0.0, 0.024, 0.058), painter.rgb(0.36, 0.22, 0.14))


def paint_well(stage: Stage) -> None:
    """A ring of stones, two posts, a roof of the named colour and a bucket on its rope."""
    rows = stage.rows_in("object", "well")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, reach=(0.20, 0.03, 0.36))
    x, y = painter.x, painter.y
    wood = painter.rgb(*_WOOD)
    for side in (-0.078, 0.078):
        painter.put(box(x, y, side, 0.13, 0.011, 0.13), wood)
    painter.put(ellipse(x, y, 0.0, 0.098, 0.092, 0.022), painter.rgb(0.10, 0.10, 0.12))
    painter.put(box(x, y, 0.0, 0.222, 0.075, 0.008), wood * 0.8)
    painter.put(box(x, y, 0.0, 0.175, 0.0025, 0.045), painter.rgb(0.70, 0.60, 0.42))
    painter.put(taper(x, y, 0.0, 0.108, 0.14, 0.017, 0.022), painter.rgb(0.52, 0.36, 0.22))
    ring = joined(box(x, y, 0.0, 0.05, 0.10, 0.045), ellipse(x, y, 0.0, 0.006, 0.10, 0.014))
    ring = inside(ring, -ellipse(x, y, 0.0, 0.098, 0.084, 0.018))
    painter.put(ring, painter.varied(*_STONE, 0.03) * rounded(x, 0.1) * courses(x, y, 34, 17))
    winter = stage.flags(rows, "ground", "snow")
    roof = taper(x, y, 0.0, 0.235, 0.33, 0.15, 0.022)
    tiles = 0.9 + 0.12 * ((y * 70).frac().abs() < 0.5).float()
    painter.put(roof, torch.where(winter & (y > 0.285), painter.rgb(*_SNOW), painter.color * tiles))
    painter.put(inside(roof, y - 0.245), painter.color * 0.6)


def paint_tower(stage: Stage) -> None:
    """A round ruin with a broken crown and ivy at its foot."""
    rows = stage.rows_in("object", "tower")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.20, 0.02, 0.46))
    x, y = painter.x, painter.y
    grain = painter.noise(40)
    broken = 0.36 - 0.5 * (x + 0.02).clamp(min=0) + 0.016 * torch.sign(torch.sin(x * 150)) + 0.008 * grain
    stone = painter.varied(*_STONE, 0.03) * (1 + 0.05 * grain) * courses(x, y, 30, 14)
    painter.put(inside(taper(x, y, 0.0, 0.0, 0.42, 0.105, 0.085), y - broken), stone * rounded(x, 0.1))
    within = inside(taper(x, y, 0.0, 0.0, 0.42, 0.075, 0.062), y - broken, broken - 0.045 - y, x - 0.03)
    painter.put(within, painter.rgb(0.20, 0.19, 0.20))
    painter.put(
        joined(box(x, y, 0.0, 0.045, 0.026, 0.045), ellipse(x, y, 0.0, 0.088, 0.026, 0.028)),
        painter.rgb(0.13, 0.11, 0.11),
    )
    slits = joined(box(x, y, -0.035, 0.185, 0.008, 0.026), box(x, y, 0.03, 0.24, 0.008, 0.026))
    painter.put(slits, painter.window_color(0.12, 0.11, 0.12), glowing=True)
    ivy = inside(
        taper(x, y, 0.0, 0.0, 0.42, 0.11, 0.09),
        y - 0.14 - 0.6 * x - 0.03 * grain,
        -(x - 0.015 - 0.02 * grain),
    )
    leaf = torch.where(
        stage.flags(rows, "ground", "snow", "desert"),
        painter.rgb(0.42, 0.40, 0.30),
        painter.rgb(0.20, 0.38, 0.15),
    )
    painter.put(ivy, leaf * (1 + 0.25 * grain), share=0.9)
