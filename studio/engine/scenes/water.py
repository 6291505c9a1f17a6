"""Sea and lake: the drawn scene mirrored with ripples, and the sun's glitter."""

from __future__ import annotations

import torch

from studio.engine.scenes.stage import Stage, mix, smooth_step


def paint_water(stage: Stage) -> None:
    rows = stage.rows_in("ground", "sea", "lake")
    if rows is None:
        return
    count, horizon = len(rows), stage.horizon[rows]
    below = (stage.y - horizon).clamp(0)
    lake = stage.flags(rows, "ground", "lake")
    wave = torch.sin(2.2 / (0.06 + below) + stage.x * 9 + stage.uniform(0, 6, count)) * 0.5
    broad, fine = stage.noise(count, 10, 90, 2, 0.6), stage.noise(count, 30, 110, 1)
    height = torch.where(lake, 0.022, 0.055)
    x = stage.x + height * (below * 2.2 + 0.04) * (broad + 0.3 * wave)
    y = 2 * horizon - stage.y + height * 1.35 * below * fine
    mirrored = stage.sample(stage.image[rows], x, y, padding="reflection")
    deep = torch.where(lake, stage.rgb(0.10, 0.26, 0.34), stage.rgb(0.05, 0.30, 0.46))
    deep = deep * (stage.light[rows] * 0.85 + 0.08)
    # Grazing view far away mirrors more than the steep view near the lower edge.
    far, near = torch.where(lake, 0.85, 0.62), torch.where(lake, 0.62, 0.30)
    color = mix(deep, mirrored, mix(far, near, (below / 0.45).clamp(0, 1)))
    color = color * (1 + torch.where(lake, 0.05, 0.12) * fine * smooth_step(0, 0.1, below))
    shining = stage.flags(rows, "celestial", "sun", "moon").float()
    path = torch.exp(-(((stage.x - stage.sun_x[rows]) / (0.035 + 0.22 * below)) ** 2)) * shining
    glitter = smooth_step(0.2, 1.2, fine + broad * 0.4) * path * 0.8
    is_sun = stage.flags(rows, "celestial", "sun")
    light = torch.where(is_sun, stage.rgb(1.0, 0.90, 0.66), stage.rgb(0.85, 0.88, 0.92))
    stage.put(rows, stage.cover(horizon - stage.y), color + (1 - color) * glitter * light)
