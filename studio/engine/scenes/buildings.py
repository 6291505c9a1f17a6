"""House, castle, lighthouse, and the island they stand on in water."""

from __future__ import annotations

import torch

from studio.engine.scenes.objects import ObjectPainter, box, inside, joined
from studio.engine.scenes.stage import Stage, mix, smooth_step

_NEED_NO_LAND = ("none", "boat", "rowboat", "balloon", "campfire")


def paint_island(stage: Stage) -> None:
    rows = stage.rows(stage.is_in("ground", "sea", "lake") & ~stage.is_in("object", *_NEED_NO_LAND))
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    x = (stage.x - stage.object_x[rows]) / stage.uniform(0.26, 0.34, count)
    top = horizon - 0.035 * (1 - x.abs() ** 2.5).clamp(min=-1) - 0.006 * stage.ridge(count, 20, 3)
    coverage = stage.cover(top - stage.y) * (stage.y < horizon + 0.004) * (x.abs() < 1.05)
    rock_share = smooth_step(0.008, 0.022, stage.y - top)
    color = mix(stage.rgb(0.32, 0.42, 0.22), stage.rgb(0.42, 0.38, 0.34), rock_share)
    stage.put(rows, coverage, color * (1 + 0.18 * stage.noise(count, 30, 30, 2)) * stage.light[rows])


def paint_house(stage: Stage) -> None:
    """A gabled front, a long side in shade, a roof that is white in the snow, a chimney and three windows."""
    rows = stage.rows_in("object", "house")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True)
    x, y, color = painter.x, painter.y, painter.color
    boards = torch.sign(torch.sin(y * 220))
    roof = painter.varied(0.36, 0.22, 0.18, 0.04)
    roof = torch.where(stage.flags(rows, "ground", "snow"), stage.rgb(0.90, 0.93, 0.98), roof)
    painter.put(box(x, y, 0.075, 0.235, 0.018, 0.05), painter.rgb(0.42, 0.30, 0.26))
    painter.put(
        inside(box(x, y, 0.065, 0.065, 0.125, 0.065), -(x + 0.06)), color * 0.72 * (1 + 0.06 * boards)
    )
    front = inside(box(x, y, -0.115, 0.11, 0.075, 0.11), y - 0.13, -y)
    gable = inside((x + 0.115).abs() * 1.15 + (y - 0.215), 0.12 - y, -y)
    painter.put(joined(front, gable), color * (1 + 0.05 * boards))
    slopes = inside(-(x + 0.125) + (y - 0.12) * 0.66, (x - 0.215) + (y - 0.12) * 0.30)
    painter.put(inside(y - 0.215, 0.118 - y, slopes), roof)
    eaves = ((x + 0.115).abs() * 1.15 + (y - 0.232)).abs() - 0.012
    painter.put(inside(eaves, 0.11 - y, (x + 0.115).abs() - 0.1), roof * 0.8)
    painter.put(box(x, y, -0.115, 0.04, 0.022, 0.04), painter.rgb(0.25, 0.15, 0.10))
    windows = joined(
        box(x, y, 0.02, 0.07, 0.022, 0.024),
        box(x, y, 0.12, 0.07, 0.022, 0.024),
        box(x, y, -0.115, 0.135, 0.02, 0.02),
    )
    painter.put(windows, painter.window_color(0.25, 0.34, 0.44), glowing=True)


def paint_castle(stage: Stage) -> None:
    """A keep and two towers with roofs of the named colour, a crenellated wall and a gate."""
    rows = stage.rows_in("object", "castle")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows)
    x, y = painter.x, painter.y
    stone = painter.varied(0.66, 0.63, 0.60, 0.03)
    courses = torch.sign(torch.sin(y * 160))
    bricks = 1 + 0.07 * torch.sign(torch.sin(y * 160) * torch.sin(x * 110 + 3 * courses))

    def tower(middle: float, half_width: float, height: float, roof_height: float) -> None:
        shade = 1.12 - 0.46 * ((x - middle) / half_width * 0.5 + 0.5).clamp(0, 1)
        painter.put(box(x, y, middle, height / 2, half_width, height / 2), stone * shade * bricks)
        painter.put(box(x, y, middle, height, half_width * 1.18, 0.012), stone * shade * 0.9)
        rise = (y - height - 0.01) / roof_height
        cone = inside(
            (x - middle).abs() - half_width * 1.3 * (1 - rise), height + 0.01 - y, y - height - roof_height
        )
        painter.put(cone, painter.color * shade)

    tower(0.0, 0.055, 0.30, 0.12)
    crenels = 0.018 * (torch.sin(x * 130) > 0)
    painter.put(inside(x.abs() - 0.16, y - 0.13 - crenels, -y), stone * 0.86 * bricks)
    tower(-0.16, 0.042, 0.20, 0.10)
    tower(0.16, 0.042, 0.20, 0.10)
    arch = (x**2 + (y - 0.06) ** 2).sqrt() - 0.032
    painter.put(inside(joined(box(x, y, 0.0, 0.03, 0.032, 0.03), arch), -y), painter.rgb(0.18, 0.12, 0.10))
    windows = joined(
        box(x, y, 0.0, 0.23, 0.011, 0.02),
        box(x, y, -0.16, 0.15, 0.010, 0.017),
        box(x, y, 0.16, 0.15, 0.010, 0.017),
    )
    painter.put(windows, painter.window_color(0.15, 0.16, 0.20), glowing=True)


def paint_lighthouse(stage: Stage) -> None:
    """A striped tower; its lamp and its two beams shine when it is dark."""
    rows = stage.rows_in("object", "lighthouse")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows)
    x, y, dark = painter.x, painter.y, painter.is_dark.float()
    lamp_light = painter.rgb(1.0, 0.93, 0.65)
    width = 0.058 - 0.065 * y
    shade = 1.08 - 0.46 * (x / width * 0.5 + 0.5).clamp(0, 1)
    white = stage.flags(rows, "color", "white")
    other = torch.where(white, painter.rgb(0.80, 0.80, 0.80), painter.rgb(0.95, 0.94, 0.92))
    stripes = (torch.sin(y * 46 + 0.6) > 0).float()
    beam = torch.exp(-(y - 0.375).abs() / (0.006 + 0.16 * x.abs())) * torch.exp(-x.abs() / 0.5)
    stage.glow(rows, beam * 0.55 * dark, lamp_light)
    painter.put(inside(x.abs() - width, y - 0.34, -y), mix(other, painter.color, stripes) * shade)
    painter.put(box(x, y, 0.0, 0.343, 0.052, 0.010), painter.rgb(0.22, 0.22, 0.25))
    glass = mix(painter.rgb(0.65, 0.72, 0.75), painter.rgb(1.0, 0.95, 0.65), dark)
    painter.put(box(x, y, 0.0, 0.375, 0.026, 0.024), glass, glowing=True)
    roof = inside(x.abs() - 0.036 * (1 - (y - 0.398) / 0.045), 0.398 - y, y - 0.443)
    painter.put(roof, painter.color * 0.85)
    distance = (x**2 + (y - 0.375) ** 2).sqrt()
    stage.glow(rows, torch.exp(-distance / 0.035) * 0.7 * dark, lamp_light)
