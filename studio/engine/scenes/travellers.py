"""Boat, hot air balloon and campfire."""

from __future__ import annotations

import math

import torch

from studio.engine.scenes.objects import ObjectPainter, box, inside, joined
from studio.engine.scenes.stage import Stage, mix


def paint_boat(stage: Stage) -> None:
    """Hull, mast, main sail and jib; first mirrored in the water, then itself."""
    rows = stage.rows_in("object", "boat")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows, may_flip=True)
    hull_color = painter.varied(0.38, 0.22, 0.14, 0.05)
    mirrored = (painter.x + 0.012 * torch.sin(stage.y * 260), -painter.y)
    reflection = 0.38 * stage.over_water[rows].float()
    for (x, y), share in ((mirrored, reflection), ((painter.x, painter.y), 1.0)):
        painter.put(box(x, y, 0.0, 0.21, 0.005, 0.20), painter.rgb(0.35, 0.25, 0.18), share=share)
        belly = 0.012 * torch.sin((y - 0.06) * 10)
        main = inside(0.008 - x, (x - belly) - 0.16 * (1 - (y - 0.065) / 0.32), 0.065 - y, y - 0.40)
        painter.put(main, painter.color * (1.05 - 1.1 * x.clamp(0, 0.2)), share=share)
        jib = inside(x + 0.008, -(x + 0.13 * (1 - (y - 0.06) / 0.26)), 0.06 - y, y - 0.34)
        painter.put(jib, painter.color * 0.82, share=share)
        hull = inside(x.abs() - (0.13 + 0.55 * y), y - 0.05, -y)
        painter.put(hull, hull_color * (1 + 3 * (y - 0.03)), share=share)


def paint_balloon(stage: Stage) -> None:
    """A striped envelope, lit from within at night, and its basket."""
    rows = stage.rows_in("object", "balloon")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows)
    x, y, radius = painter.x, painter.y, 0.115
    neck = inside(x.abs() - (0.098 + (y + 0.06) * 0.62).clamp(min=0.022), y + 0.04, -0.155 - y)
    envelope = joined((x**2 + y**2).sqrt() - radius, neck)
    half_width = (radius**2 - y.clamp(-0.11, 0.11) ** 2).clamp(min=1e-4).sqrt()
    stripes = (torch.sin(torch.asin((x / half_width).clamp(-1, 1)) * 7) > 0).float()
    white = stage.flags(rows, "color", "white")
    pale = mix(painter.color, torch.ones_like(painter.color), 0.78)
    other = torch.where(white, painter.rgb(0.78, 0.80, 0.84), pale)
    shade = 1.08 - 0.45 * ((x - 0.4 * y + 0.03) / radius).clamp(-0.2, 1)
    ropes = inside(joined((x - 0.02).abs(), (x + 0.02).abs()) - 0.003, y + 0.15, -0.20 - y)
    painter.put(ropes, painter.rgb(0.25, 0.2, 0.15))
    painter.put(envelope, mix(other, painter.color, stripes) * shade)
    painter.put(box(x, y, 0.0, -0.213, 0.024, 0.018), painter.rgb(0.45, 0.28, 0.15))
    night = stage.flags(rows, "time", "night").float()
    flame = torch.exp(-((x**2 + (y + 0.08) ** 2).sqrt()) / 0.07) * 0.5 * night
    stage.glow(rows, flame * stage.cover(envelope * painter.scale), painter.rgb(1.0, 0.75, 0.4))


def paint_campfire(stage: Stage) -> None:
    """Two crossed logs, three flames inside each other, and their light on the ground."""
    rows = stage.rows_in("object", "campfire")
    if rows is None:
        return
    painter = ObjectPainter(stage, rows)
    x, y = painter.x, painter.y
    distance = (x**2 + ((y - 0.05) * 1.1) ** 2).sqrt()
    strength = torch.where(painter.is_dark, 0.75, 0.25)
    stage.glow(rows, torch.exp(-distance / 0.16) * strength, painter.rgb(1.0, 0.55, 0.2))
    for angle in (0.35, -0.35):
        c, s = math.cos(angle), math.sin(angle)
        painter.put(box(x * c + y * s, y * c - x * s, 0.0, 0.0, 0.085, 0.014), painter.rgb(0.26, 0.16, 0.10))
    flicker = stage.noise(painter.count, 10, 10, 3) * 0.018
    for width, height, color in (
        (0.062, 0.19, (0.95, 0.32, 0.06)),
        (0.044, 0.13, (1.0, 0.62, 0.12)),
        (0.024, 0.075, (1.0, 0.94, 0.55)),
    ):
        t = (y / height).clamp(0, 1)
        outline = width * (t * 6).clamp(0, 1).sqrt() * (1 - t) ** 0.8 * 1.25
        sway = x + flicker * (t * 2) + 0.012 * torch.sin(y * 40)
        painter.put(inside(sway.abs() - outline, -y, y - height), painter.rgb(*color), glowing=True)
