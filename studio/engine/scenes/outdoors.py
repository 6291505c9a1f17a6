"""Tent, snowman, cactus, rowing boat and tree house."""

from __future__ import annotations

import torch

from studio.engine.scenes.countryside import rounded
from studio.engine.scenes.objects import ObjectPainter, box, ellipse, inside, joined, stick, taper
from studio.engine.scenes.stage import Stage, mix


def paint_tent(stage: Stage) -> None:
    """A ridge tent seen from a corner, its door open, lit from within when it is dark."""
    rows = stage.rows_in("object", "tent")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.30, 0.03, 0.24))
    x, y, color = painter.x, painter.y, painter.color
    rope = painter.rgb(0.80, 0.76, 0.66)
    for start, end in (((-0.05, 0.175), (-0.235, 0.0)), ((0.15, 0.165), (0.265, 0.012))):
        painter.put(stick(x, y, start, end, 0.0022), rope)
    side = inside(
        -(x + 0.05) + (0.175 - y) * 0.02,
        x - 0.15 - (0.165 - y) * 0.42,
        y - 0.175 + (x + 0.05) * 0.05,
        0.008 - y,
    )
    painter.put(side, color * (0.70 + 0.9 * y) * (1 - 0.05 * torch.sin(x * 90)))
    front = taper(x, y, -0.05, 0.0, 0.178, 0.118, 0.0)
    painter.put(front, color * (1.02 + 0.3 * (y - 0.1)))
    door = taper(x, y, -0.05, 0.0, 0.135, 0.052, 0.0)
    glow = painter.window_color(0.20, 0.17, 0.16)
    painter.put(door, glow * (0.75 + 1.6 * y).clamp(0, 1), glowing=True)
    flap = inside(taper(x, y, -0.05, 0.0, 0.135, 0.085, 0.0), -door, -(x + 0.05))
    painter.put(flap, color * 0.82)
    painter.put(stick(x, y, (-0.05, 0.0), (-0.05, 0.186), 0.003), painter.rgb(0.32, 0.24, 0.18))
    light = torch.exp(-torch.hypot(x + 0.05, (y - 0.05) * 1.3) / 0.07) * 0.35 * painter.is_dark
    painter.glow(light, painter.rgb(1.0, 0.72, 0.36))


def paint_snowman(stage: Stage) -> None:
    """Three balls of snow, a hat, a carrot, arms of twigs and a scarf of the named colour."""
    rows = stage.rows_in("object", "snowman")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.24, 0.04, 0.42))
    x, y = painter.x, painter.y
    twig = painter.rgb(0.28, 0.19, 0.13)
    for line in (
        ((0.06, 0.175), (0.165, 0.245)),
        ((0.13, 0.222), (0.140, 0.262)),
        ((-0.06, 0.175), (-0.165, 0.225)),
        ((-0.13, 0.208), (-0.160, 0.188)),
    ):
        painter.put(stick(x, y, *line, 0.005), twig)
    blue, white = painter.rgb(0.66, 0.75, 0.90), painter.rgb(1.0, 1.0, 1.0)
    for middle, radius in ((0.072, 0.100), (0.185, 0.072), (0.278, 0.052)):
        ball = ellipse(x, y, 0.0, middle, radius, radius)
        shade = (0.72 + 0.5 * ((y - middle) - (x * 0.7)) / radius).clamp(0, 1)
        painter.put(inside(ball, -0.012 - y), mix(blue, white, shade))
    coal = painter.rgb(0.09, 0.09, 0.10)
    dots = [
        (-0.018, 0.292, 0.0075),
        (0.018, 0.292, 0.0075),
        (0.0, 0.205, 0.008),
        (0.0, 0.175, 0.008),
        (0.0, 0.145, 0.008),
    ]
    dots += [(k * 0.0105, 0.254 + 0.0016 * k * k, 0.004) for k in (-2, -1, 0, 1, 2)]
    painter.put(joined(*(ellipse(x, y, cx, cy, r, r) for cx, cy, r in dots)), coal)
    carrot = inside(-x, x - 0.062, (y - 0.276 + 0.05 * x).abs() - 0.011 * (1 - x / 0.062))
    painter.put(carrot, painter.rgb(0.95, 0.48, 0.12))
    scarf = joined(
        box(x, y + 0.15 * x.abs(), 0.0, 0.240, 0.052, 0.013),
        inside(box(x, y, 0.034, 0.190, 0.014, 0.042)),
    )
    painter.put(scarf, painter.color * (1 - 0.14 * ((x * 90).frac().abs() < 0.4).float()))
    hat = joined(box(x, y, 0.0, 0.318, 0.062, 0.006), taper(x, y, 0.0, 0.318, 0.385, 0.038, 0.042))
    painter.put(hat, painter.rgb(0.14, 0.14, 0.17) * rounded(x, 0.05))
    painter.put(box(x, y, 0.0, 0.334, 0.040, 0.009), painter.color * 0.9)


def paint_cactus(stage: Stage) -> None:
    """A saguaro with two arms, ribbed, sometimes in bloom."""
    rows = stage.rows_in("object", "cactus")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.20, 0.04, 0.42))
    x, y = painter.x, painter.y
    dark, bright = painter.rgb(0.10, 0.28, 0.16), painter.varied(0.40, 0.60, 0.28, 0.03)
    shadow = ellipse(x, y, 0.03, -0.004, 0.10, 0.016)
    painter.put(shadow, painter.rgb(0.45, 0.32, 0.22), share=0.6)
    left = joined(
        stick(x, y, (-0.03, 0.125), (-0.105, 0.140), 0.025),
        stick(x, y, (-0.105, 0.140), (-0.108, 0.235), 0.025),
    )
    right = joined(
        stick(x, y, (0.03, 0.165), (0.098, 0.178), 0.022), stick(x, y, (0.098, 0.178), (0.100, 0.255), 0.022)
    )
    for arm, middle, half in ((left, -0.107, 0.03), (right, 0.099, 0.026)):
        lit = (0.9 - 0.75 * ((x - middle) / half * 0.5 + 0.5)).clamp(0, 1) * (
            0.88 + 0.12 * torch.cos((x - middle) * 520)
        )
        painter.put(arm, mix(dark, bright, lit))
    trunk = stick(x, y, (0.0, 0.0), (0.0, 0.33), 0.042)
    lit = (0.95 - 0.8 * (x / 0.042 * 0.5 + 0.5)).clamp(0, 1) * (0.85 + 0.15 * torch.cos(x * 460))
    painter.put(inside(trunk, -y), mix(dark, bright, lit))
    blooms = joined(
        *(
            ellipse(x, y, cx, cy, 0.013, 0.011)
            for cx, cy in ((0.0, 0.374), (-0.018, 0.366), (-0.108, 0.262), (0.100, 0.280))
        )
    )
    blossoming = (stage.uniform(0, 1, painter.count) < 0.6).float()
    painter.put(blooms + (1 - blossoming), painter.rgb(0.95, 0.42, 0.55))


def paint_rowboat(stage: Stage) -> None:
    """A small boat with benches and two oars; first mirrored in the water, then itself."""
    rows = stage.rows_in("object", "rowboat")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.34, 0.18, 0.16))
    mirrored = (painter.x + 0.012 * torch.sin(stage.y[..., painter.window[0], :] * 260), -painter.y)
    reflection = 0.40 * stage.over_water[rows].float()
    for (x, y), share in ((mirrored, reflection), ((painter.x, painter.y), 1.0)):
        rim = 0.062 + 1.1 * x * x
        hull = inside(y - rim, -y - 0.004, x.abs() - (0.145 + 0.75 * y))
        inner = inside(ellipse(x, y - 1.1 * x * x, 0.0, 0.062, 0.168, 0.015))
        painter.put(hull, painter.color * (0.62 + 6 * y.clamp(0, 0.07)), share=share)
        painter.put(inside(hull, rim - 0.014 - y), painter.rgb(0.93, 0.90, 0.82), share=share)
        painter.put(inner, painter.rgb(0.34, 0.23, 0.15), share=share)
        for seat in (-0.06, 0.05):
            painter.put(box(x, y, seat, 0.070, 0.014, 0.007), painter.rgb(0.62, 0.46, 0.28), share=share)
        oar = painter.rgb(0.72, 0.55, 0.34)
        painter.put(stick(x, y, (-0.02, 0.082), (-0.215, 0.010), 0.005), oar, share=share)
        painter.put(stick(x, y, (-0.195, 0.017), (-0.245, -0.002), 0.010), oar * 0.92, share=share)
        painter.put(stick(x, y, (0.02, 0.085), (0.165, 0.112), 0.005), oar, share=share)


def paint_treehouse(stage: Stage) -> None:
    """A hut of the named colour among the branches of a broad tree, with a ladder."""
    rows = stage.rows_in("object", "treehouse")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True, reach=(0.38, 0.02, 0.62))
    x, y, color = painter.x, painter.y, painter.color
    leaves = painter.noise(34)
    autumn, winter = stage.flags(rows, "tree", "autumn"), stage.flags(rows, "ground", "snow")
    dark = torch.where(autumn, painter.rgb(0.55, 0.18, 0.06), painter.rgb(0.09, 0.26, 0.09))
    bright = torch.where(autumn, painter.rgb(0.96, 0.62, 0.16), painter.rgb(0.42, 0.62, 0.22))
    bright = torch.where(winter, painter.rgb(0.86, 0.91, 0.96), bright)

    def crown(*balls: tuple[float, float, float]) -> torch.Tensor:
        return joined(*(ellipse(x, y, cx, cy, r, r * 0.86) for cx, cy, r in balls)) + 0.022 * leaves

    def put_leaves(shape: torch.Tensor, lift: float) -> None:
        share = (0.42 + 1.5 * (y - lift) - 0.7 * x + 0.16 * leaves).clamp(0, 1)
        painter.put(shape, mix(dark, bright, share))

    put_leaves(crown((0.0, 0.42, 0.17), (-0.17, 0.36, 0.13), (0.17, 0.37, 0.13), (-0.06, 0.50, 0.10)), 0.42)
    bark = painter.rgb(0.34, 0.23, 0.15) * rounded(x, 0.06) * (1 + 0.08 * torch.sin(x * 300 + 4 * leaves))
    painter.put(
        joined(taper(x, y, 0.0, 0.0, 0.40, 0.060, 0.034), taper(x, y, 0.0, -0.005, 0.04, 0.10, 0.045)), bark
    )
    for line in (((0.0, 0.20), (-0.15, 0.33)), ((0.0, 0.22), (0.16, 0.34))):
        painter.put(stick(x, y, *line, 0.016), painter.rgb(0.32, 0.22, 0.14))
    wood = painter.rgb(0.50, 0.36, 0.22)
    for rail in (0.098, 0.132):
        painter.put(stick(x, y, (rail + 0.012, 0.0), (rail, 0.21), 0.004), wood * 0.85)
    rungs = inside(((y * 38).frac().abs() - 0.5).abs() / 38 - 0.0035, box(x, y, 0.12, 0.10, 0.021, 0.10))
    painter.put(rungs, wood * 0.85)
    painter.put(
        box(x, y, 0.0, 0.212, 0.165, 0.010), wood * (1 - 0.2 * ((x * 40).frac().abs() < 0.12).float())
    )
    boards = 1 - 0.10 * (((y * 60).frac().abs()) < 0.15).float()
    painter.put(
        box(x, y, -0.005, 0.278, 0.095, 0.058), color * boards * (1.02 - 1.0 * (x - 0.0).clamp(0, 0.2))
    )
    painter.put(box(x, y, 0.050, 0.258, 0.022, 0.038), painter.rgb(0.28, 0.18, 0.12))
    painter.put(box(x, y, -0.048, 0.282, 0.024, 0.022), painter.window_color(0.24, 0.32, 0.42), glowing=True)
    roof = torch.where(winter, painter.rgb(0.93, 0.95, 1.0), painter.varied(0.36, 0.24, 0.18, 0.03))
    painter.put(taper(x, y, -0.005, 0.330, 0.405, 0.125, 0.0), roof)
    for post in (-0.155, -0.105, 0.105, 0.155):
        painter.put(box(x, y, post, 0.238, 0.004, 0.024), wood)
    rail_left, rail_right = box(x, y, -0.13, 0.258, 0.030, 0.004), box(x, y, 0.13, 0.258, 0.030, 0.004)
    painter.put(joined(rail_left, rail_right), wood)
    put_leaves(crown((-0.15, 0.45, 0.085), (0.11, 0.46, 0.095), (-0.02, 0.505, 0.08)), 0.44)
