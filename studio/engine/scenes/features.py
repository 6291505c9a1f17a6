"""What leads through a scene: road, fence, bridge, pier and waterfall."""

from __future__ import annotations

import torch

from studio.engine.scenes.objects import inside, joined
from studio.engine.scenes.stage import Stage, mix, smooth_step

_WITHOUT_SHADOW = ("none", "boat", "rowboat", "balloon", "campfire", "cactus")


def paint_shadow(stage: Stage) -> None:
    """Where an object meets the ground, so that it does not float; the first edition has none."""
    rows = stage.rows(~stage.is_in("object", *_WITHOUT_SHADOW) & ~stage.is_in("ground", "sea", "lake"))
    if rows is None or not stage.is_refined:
        return
    scale = stage.object_scale[rows]
    x, y = (stage.x - stage.object_x[rows]) / scale, (stage.y - stage.object_y[rows]) / scale
    away = ((x / 0.25) ** 2 + (y / 0.030) ** 2).clamp(min=1e-6).sqrt()
    dark = torch.where(stage.flags(rows, "ground", "snow"), 0.28, 0.45)
    tint = torch.where(
        stage.flags(rows, "ground", "snow"), stage.rgb(0.30, 0.40, 0.62), stage.rgb(0.05, 0.07, 0.04)
    )
    stage.put(rows, smooth_step(1.25, 0.55, away) * dark, tint)


def paint_road(stage: Stage) -> None:
    """A track that winds from the lower edge to the horizon, or to the object's foot."""
    rows = stage.rows_in("feature", "road")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    y = stage.y
    standing = ~stage.flags(rows, "object", "none", "balloon", "campfire")
    end_y = torch.where(
        standing, stage.object_y[rows] + 0.002, stage.ground_top[rows].amax(-1, keepdim=True) + 0.004
    )
    free_x = stage.uniform(0.3, 0.7, count) * stage.aspect
    end_x = torch.where(standing, stage.object_x[rows], free_x)
    near = ((y - end_y) / (1 - end_y)).clamp(0, 1)
    start_x = stage.uniform(0.25, 0.75, count) * stage.aspect
    # Bends are wide in front and lie close together far away, as perspective wants it.
    bend = stage.uniform(0.08, 0.2, count) * stage.coin(count) * (near * (1 - near) * 4)
    middle = end_x + (start_x - end_x) * near**1.3 + bend * torch.sin(2.6 * (1 - near) ** 1.6 + 0.6)
    half = torch.where(standing, 0.020, 0.004) + 0.17 * near**1.35
    noise = stage.noise(count, 26, 40, 3)
    across = (stage.x - middle).abs() - half * (1 + 0.10 * noise)
    sand, snow = stage.flags(rows, "ground", "desert"), stage.flags(rows, "ground", "snow")
    earth = torch.where(sand, stage.rgb(0.70, 0.50, 0.33), stage.rgb(0.72, 0.60, 0.42))
    earth = torch.where(snow, stage.rgb(0.70, 0.76, 0.86), earth)
    edge = (across / half).clamp(-1, 0)
    tracks = torch.exp(-((edge + 0.52) ** 2) / 0.03)
    color = earth * (0.92 + 0.06 * noise - 0.14 * tracks) * (1.06 - 0.18 * (1 + edge))
    color = mix(color * stage.light[rows], stage.haze[rows], 0.35 * (1 - near) ** 5)
    coverage = stage.cover(torch.maximum(across * 0.8, end_y - y), 1.4)
    stage.put(rows, coverage * (y > horizon), color)


def paint_fence(stage: Stage) -> None:
    """Posts and two rails across the foreground, tilted a little, capped with snow in winter."""
    rows = stage.rows_in("feature", "fence")
    if rows is None:
        return
    count = len(rows)
    tilt = stage.uniform(0.02, 0.09, count) * stage.coin(count)
    across = stage.x / stage.aspect - 0.5
    foot = stage.uniform(0.90, 0.95, count) + tilt * across * 2
    height = 0.15 - tilt.abs() * 0.2 + tilt * across * 0.6
    y = (foot - stage.y) / height
    pitch = 0.155
    cell = (stage.x / pitch).floor()
    lean = torch.sin(cell * 12.9898 + stage.uniform(0, 6, count)) * 0.06
    x = (stage.x / pitch - cell - 0.5) - lean * y
    wood = stage.rgb(0.52, 0.40, 0.28) + stage.normal(count, 3, 1, 1) * 0.03
    grain = 1 + 0.10 * stage.noise(count, 120, 40, 2)
    light = stage.light[rows].clamp(min=0.14)
    shadow = (((stage.y - foot) / height).abs() - 0.07).clamp(0, 1)
    stage.put(rows, (1 - shadow * 14).clamp(0, 1) * 0.30, stage.rgb(0.06, 0.09, 0.05) * light)
    sag = 0.02 * torch.sin(stage.x * 17)
    rails = joined((y - 0.40 - sag).abs() - 0.055, (y - 0.76 - sag).abs() - 0.055) * height
    stage.put(
        rows,
        stage.cover(rails),
        wood * (0.86 + 1.0 * ((y * 2.8).frac() - 0.3)).clamp(0.7, 1.05) * grain * light,
    )
    top = 1.0 + 0.05 * torch.sin(cell * 7.7)
    posts = torch.maximum((x.abs() - 0.075) * pitch, torch.maximum(-y - 0.06, y - top) * height)
    stage.put(rows, stage.cover(posts), wood * (1.05 - 2.2 * (x + 0.03).clamp(0, 0.2)) * grain * light)
    winter = stage.flags(rows, "ground", "snow").float()
    caps = torch.maximum((x.abs() - 0.085) * pitch, (y - top - 0.02).abs() * height - 0.010)
    stage.put(rows, stage.cover(caps) * winter, stage.rgb(0.97, 0.98, 1.0) * light)


def paint_bridge(stage: Stage) -> None:
    """Stone arches from shore to shore; the water mirrors them."""
    rows = stage.rows_in("feature", "bridge")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    u = stage.x / stage.aspect
    hump = 1 - (2 * u - 1) ** 2
    rise = stage.uniform(0.07, 0.10, count)
    deck = horizon - rise - 0.065 * hump
    arches = 3
    part = u * arches - (u * arches).floor() - 0.5
    tallest = torch.tensor([0.8, 1.0, 0.8], device=stage.device)[
        (u * arches).floor().long().clamp(0, arches - 1)
    ]
    above = (horizon + 0.01 - stage.y) / ((rise + 0.035) * tallest)
    opening = (((part / 0.40) ** 2 + above.clamp(min=0) ** 2).clamp(min=1e-6).sqrt() - 1) * 0.07
    wall = torch.maximum(deck - stage.y, stage.y - horizon - 0.004)
    noise = stage.noise(count, 40, 40, 3)
    row = ((stage.y - deck) * 62).floor()
    joints = torch.maximum(
        ((((stage.y - deck) * 62).frac().abs()) < 0.16).float(),
        (((stage.x * 34 + 0.5 * (row % 2)).frac().abs()) < 0.10).float(),
    )
    stone = (stage.rgb(0.66, 0.62, 0.56) + stage.normal(count, 3, 1, 1) * 0.03) * (
        1 + 0.07 * noise - 0.13 * joints
    )
    light = stage.light[rows].clamp(min=0.14)
    under = torch.maximum(wall, -(opening + 0.012))
    stage.put(rows, stage.cover(torch.maximum(wall, -opening)), stone * light)
    ring = torch.maximum((opening - 0.006).abs() - 0.008, wall)
    stage.put(rows, stage.cover(ring), stone * 0.78 * light)
    stage.put(rows, stage.cover(torch.maximum(under, opening)) * 0.5, stage.rgb(0.12, 0.11, 0.12))
    parapet = (stage.y - deck + 0.012).abs() - 0.012
    stage.put(rows, stage.cover(parapet), stone * 1.10 * light)
    stage.put(rows, stage.cover((stage.y - deck - 0.006).abs() - 0.003), stone * 0.62 * light)


def paint_pier(stage: Stage) -> None:
    """Planks on posts that run from the lower edge out over the water."""
    rows = stage.rows_in("feature", "pier")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    side = torch.where(stage.object_x[rows] < 0.5 * stage.aspect, 1.0, -1.0)
    start_x = (0.5 + side * stage.uniform(0.10, 0.28, count)) * stage.aspect
    vanish_x = (0.5 + side * stage.uniform(0.0, 0.10, count)) * stage.aspect
    depth = ((stage.y - horizon) / (1 - horizon)).clamp(1e-3, 1)
    end = stage.uniform(0.26, 0.36, count)
    middle = vanish_x + (start_x - vanish_x) * depth
    half = 0.155 * depth
    x = stage.x - middle
    light = stage.light[rows].clamp(min=0.14)
    dark = stage.rgb(0.16, 0.12, 0.09)
    below = torch.maximum(x.abs() - half * 0.94, torch.maximum(end - depth, depth - 1.1) * 0.4)
    stage.put(rows, stage.cover(below, 3.0) * 0.30, dark * light)
    for step in range(7):
        at = 0.30 + 0.70 * (step / 6) ** 1.5
        foot_y = horizon + (1 - horizon) * at
        width = 0.155 * at
        for edge in (-1.0, 1.0):
            post_x = vanish_x + (start_x - vanish_x) * at + edge * width * 0.97
            visible = (end <= at).float()
            top = foot_y - 0.075 * at
            post = torch.maximum(
                (stage.x - post_x).abs() - 0.018 * at,
                torch.maximum(top - stage.y, stage.y - foot_y - 0.16 * at),
            )
            shade = (1.0 - 14 * (stage.x - post_x + 0.01 * at).clamp(0, 0.05) / max(at, 0.3)).clamp(0.5, 1)
            stage.put(rows, stage.cover(post) * visible, stage.rgb(0.40, 0.29, 0.20) * shade * light)
    deck = torch.maximum(x.abs() - half, (end - depth) * 0.4)
    planks = (7.0 / (depth + 0.08)).floor()
    tone = torch.sin(planks * 12.9898) * 0.5
    seam = ((7.0 / (depth + 0.08)).frac() < 0.13 + 0.10 * (1 - depth)).float()
    wood = stage.rgb(0.62, 0.49, 0.35) + stage.normal(count, 3, 1, 1) * 0.03
    color = wood * (1 + 0.10 * tone - 0.32 * seam + 0.04 * stage.noise(count, 70, 20, 2))
    stage.put(rows, stage.cover(deck), color * light)
    rim = torch.maximum((x.abs() - half).abs() - 0.010 * depth, (end - depth) * 0.4)
    stage.put(rows, stage.cover(rim), wood * 0.66 * light)


def _falls_at(stage: Stage, rows: torch.Tensor) -> torch.Tensor:
    """Where the water falls: in the object's place, or across from it."""
    alone = stage.flags(rows, "object", "none", "balloon")
    away = torch.where(stage.object_x[rows] < 0.5 * stage.aspect, 0.78, 0.22) * stage.aspect
    return torch.where(alone, stage.object_x[rows], away)


def paint_waterfall(stage: Stage) -> None:
    """A cliff over the water, on the side away from the object, and what falls from it."""
    rows = stage.rows_in("feature", "waterfall")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    x = stage.x - _falls_at(stage, rows)
    noise, fine = stage.noise(count, 14, 10, 4, 0.6), stage.noise(count, 90, 8, 2)
    height = stage.uniform(0.30, 0.38, count)
    shoulder = smooth_step(0.42, 0.16, x.abs() + 0.03 * noise)
    notch = 0.030 * torch.exp(-((x / 0.055) ** 2))
    top = horizon - height * shoulder - 0.02 * stage.ridge(count, 12, 3, 0.6) * shoulder + notch
    light = stage.light[rows].clamp(min=0.12)
    lit = (0.55 - x * stage.sun_side(rows) * -1.2 + 0.30 * noise).clamp(0.1, 1)
    strata = 1 + 0.10 * torch.sin((stage.y + 0.01 * noise) * 120)
    rock = mix(stage.rgb(0.24, 0.23, 0.24), stage.rgb(0.58, 0.54, 0.50), lit) * strata
    moss = smooth_step(0.035, 0.0, stage.y - top) * smooth_step(0.10, 0.16, x.abs())
    rock = mix(rock, stage.rgb(0.26, 0.42, 0.18), moss * 0.9)
    stage.put(
        rows,
        stage.cover(inside(top - stage.y, stage.y - horizon - 0.035 * shoulder - 0.002), 1.2),
        mix(rock * light, stage.haze[rows], 0.10),
    )
    fallen = ((stage.y - top) / (horizon - top).clamp(min=0.02)).clamp(0, 1)
    half = 0.034 + 0.022 * fallen + 0.006 * noise
    streaks = (0.80 + 0.16 * fine + 0.10 * torch.sin(x * 240 + 3 * noise)).clamp(0.45, 1)
    water = mix(stage.rgb(0.55, 0.70, 0.82), stage.rgb(1.0, 1.0, 1.0), streaks)
    fall = inside(x.abs() - half, top + 0.004 - stage.y, stage.y - horizon - 0.004)
    stage.put(rows, stage.cover(fall, 2.0) * 0.95, water * light.clamp(min=0.34))
    mist = torch.exp(-(((x / 0.13) ** 2) + ((stage.y - horizon) / 0.045) ** 2)) * (0.75 + 0.15 * noise)
    stage.put(rows, (mist * 0.8).clamp(0, 0.85), stage.rgb(0.95, 0.97, 1.0) * light.clamp(min=0.34))


def paint_spray(stage: Stage) -> None:
    """What the waterfall stirs up where it meets the water."""
    rows = stage.rows_in("feature", "waterfall")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    x = stage.x - _falls_at(stage, rows)
    below = stage.y - horizon
    noise = stage.noise(count, 40, 90, 2)
    foam = torch.exp(-((x / (0.09 + 0.6 * below.clamp(min=0))) ** 2)) * torch.exp(-(below / 0.05).abs())
    foam = foam * smooth_step(-0.4, 0.8, noise + 1.4 * torch.exp(-(below / 0.02).abs()))
    stage.put(
        rows, (foam * 0.9).clamp(0, 0.9), stage.rgb(0.95, 0.97, 1.0) * stage.light[rows].clamp(min=0.34)
    )
