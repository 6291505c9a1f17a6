"""Rows of pines and leafy trees by domain repetition, and palms one by one."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from studio.engine.scenes.stage import Stage, Window, mix, smooth_step

_ROW_TREES = ("pine", "oak", "autumn")


@dataclass(frozen=True, kw_only=True)
class Row:
    """`base` and `height` (n, 1, 1, 1) in picture heights; `share` of the cells that hold a tree."""

    rows: torch.Tensor
    cells: float
    base: torch.Tensor
    height: torch.Tensor
    share: torch.Tensor | float
    haze: float
    clearing: torch.Tensor | float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Tree:
    """Local coordinates of the tree of each column: x in picture heights, y 0 at its foot and 1 at its top."""

    x: torch.Tensor
    y: torch.Tensor
    height: torch.Tensor
    chance: torch.Tensor
    present: torch.Tensor
    sunny: torch.Tensor
    window: Window


def paint_trees_behind(stage: Stage) -> None:
    """Two dense rows for a forest, one loose row elsewhere."""
    has_row = stage.is_in("tree", *_ROW_TREES)
    forest = stage.is_in("ground", "forest")
    rows = stage.rows(forest & has_row)
    if rows is not None:
        count, horizon = len(rows), stage.horizon[rows]
        tall, taller = stage.uniform(0.20, 0.26, count), stage.uniform(0.26, 0.34, count)
        _paint_row(stage, Row(rows=rows, cells=13, base=horizon + 0.02, height=tall, share=1.0, haze=0.38))
        _paint_row(stage, Row(rows=rows, cells=9, base=horizon + 0.055, height=taller, share=0.85, haze=0.14))
    rows = stage.rows(~forest & has_row)
    if rows is not None:
        count = len(rows)
        base = stage.horizon[rows] + torch.where(stage.flags(rows, "ground", "lake"), -0.004, 0.02)
        height, share = stage.uniform(0.09, 0.14, count), stage.uniform(0.35, 0.8, count)
        _paint_row(stage, Row(rows=rows, cells=12, base=base, height=height, share=share, haze=0.22))


def paint_trees_in_front(stage: Stage) -> None:
    """Large trees that leave a clearing around what stands on the ground, then the palms."""
    on_land = ~stage.is_in("ground", "sea", "lake")
    rows = stage.rows(stage.is_in("tree", *_ROW_TREES) & on_land)
    if rows is not None:
        count = len(rows)
        forest = stage.flags(rows, "ground", "forest").float()
        empty = stage.flags(rows, "object", "none", "balloon")
        _paint_row(
            stage,
            Row(
                rows=rows,
                cells=5,
                base=stage.horizon[rows] + stage.uniform(0.10, 0.2, count),
                height=stage.uniform(0.26, 0.38, count) + 0.08 * forest,
                share=0.30 + 0.35 * forest,
                haze=0.03,
                clearing=torch.where(empty, 0.0, 0.27),
            ),
        )
    rows = stage.rows_in("tree", "palm")
    if rows is not None:
        _paint_palms(stage, rows)


def _paint_row(stage: Stage, row: Row) -> None:
    count = len(row.rows)
    pine = stage.flags(row.rows, "tree", "pine")
    tallest, lowest = (row.base - 1.5 * row.height).min(), (row.base + 0.03).max()
    window = stage.window(0.0, stage.aspect, float(tallest), float(lowest))
    shown_y = stage.y[..., window[0], :]
    # A second pass, half a cell on, lets the trees overlap. A crown ends at the edge of its cell, and broad ones are
    # cut there; the refined edition takes cells of twice the width, twice as many passes, and none is cut.
    phases, cells = ((0.0, 0.25, 0.5, 0.75), row.cells / 2) if stage.is_refined else ((0.0, 0.5), row.cells)
    for phase in phases:
        columns = int(cells * stage.aspect) + 3
        cell = (stage.x * cells + phase).floor().long().view(-1).clamp(0, columns - 1)
        random = torch.rand((count, 4, columns), generator=stage.generator, device=stage.device)
        random = random[:, :, cell].unsqueeze(2)
        middle = (cell.view(1, 1, 1, -1) + 0.35 + 0.3 * random[:, 0:1] - phase) / cells
        height = row.height * (0.65 + 0.55 * random[:, 1:2])
        present = (random[:, 2:3] < row.share).float()
        present = present * ((middle - stage.object_x[row.rows]).abs() > row.clearing).float()
        x = stage.x - middle
        tree = _Tree(
            x=x,
            y=(row.base + 0.012 * random[:, 3:4] - shown_y) / height,
            height=height,
            chance=random[:, 3:4],
            present=present,
            sunny=torch.sigmoid(x * stage.sun_side(row.rows) / 0.012),
            window=window,
        )
        if bool(pine.any()):
            _paint_pines(stage, row, tree, pine)
        if not bool(pine.all()):
            _paint_leafy(stage, row, tree, ~pine)


def _put_lit(
    stage: Stage, row: Row, window: Window, coverage: torch.Tensor, color: torch.Tensor, least: float
) -> None:
    lit = color * stage.light[row.rows].clamp(min=least)
    stage.put(row.rows, coverage, mix(lit, stage.haze[row.rows], row.haze), window)


def _paint_pines(stage: Stage, row: Row, tree: _Tree, chosen: torch.Tensor) -> None:
    x, y, height = tree.x.abs(), tree.y, tree.height
    tier = (y * 6.5) - (y * 6.5).floor()
    width = height * 0.235 * (1.02 - y) * (0.62 + 0.55 * (1 - tier))
    crown = torch.maximum(x - width, torch.maximum(0.10 - y, y - 1) * height)
    trunk = torch.maximum(x - height * 0.028, torch.maximum(-y, y - 0.12) * height)
    dark, bright = stage.rgb(0.05, 0.17, 0.12), stage.rgb(0.16, 0.36, 0.20)
    color = mix(dark, bright, tree.sunny * (0.4 + 0.6 * (1 - tier))) * (0.85 + 0.3 * tree.chance)
    winter = stage.flags(row.rows, "ground", "snow").float()
    color = mix(color, stage.rgb(0.93, 0.96, 1.0), winter * smooth_step(0.25, 0.75, tier) * 0.8)
    present = tree.present * chosen
    _put_lit(stage, row, tree.window, stage.cover(trunk) * present, stage.rgb(0.24, 0.16, 0.11), 0.0)
    _put_lit(stage, row, tree.window, stage.cover(crown) * present, color, 0.16)


def _paint_leafy(stage: Stage, row: Row, tree: _Tree, chosen: torch.Tensor) -> None:
    x, y, height = tree.x, tree.y, tree.height
    leaves = stage.noise(len(row.rows), 26, 26, 3, 0.6)[..., tree.window[0], :]
    ellipse = ((x / (0.34 * height)) ** 2 + ((y - 0.66) / 0.36) ** 2).clamp(min=1e-6).sqrt()
    crown = (ellipse - 1 + 0.16 * leaves) * height * 0.3
    trunk = torch.maximum(x.abs() - height * 0.035, torch.maximum(-y, y - 0.5) * height)
    autumn = stage.flags(row.rows, "tree", "autumn")
    rust = mix(stage.rgb(0.55, 0.16, 0.06), stage.rgb(0.70, 0.40, 0.06), tree.chance)
    gold = mix(stage.rgb(0.92, 0.38, 0.10), stage.rgb(0.98, 0.74, 0.18), tree.chance)
    dark = torch.where(autumn, rust, stage.rgb(0.08, 0.24, 0.08))
    bright = torch.where(autumn, gold, stage.rgb(0.40, 0.60, 0.20))
    share = (tree.sunny * 0.45 + 0.35 * (y - 0.35) + 0.18 * leaves + 0.1).clamp(0, 1)
    present = tree.present * chosen
    _put_lit(stage, row, tree.window, stage.cover(trunk) * present, stage.rgb(0.26, 0.17, 0.12), 0.0)
    _put_lit(stage, row, tree.window, stage.cover(crown, 1.5) * present, mix(dark, bright, share), 0.16)


def _paint_palms(stage: Stage, rows: torch.Tensor) -> None:
    """Up to three palms, on the side away from the object."""
    count = len(rows)
    side = torch.where(stage.object_x[rows] < 0.5 * stage.aspect, 1.0, -1.0)
    side = torch.where(stage.flags(rows, "position", "center"), stage.coin(count), side)
    number = stage.uniform(0, 3, count)
    alone = stage.flags(rows, "object", "none").float()
    light = stage.light[rows].clamp(min=0.12)
    for k in range(3):
        beside = (0.5 + side * stage.uniform(0.20, 0.42, count)) * stage.aspect
        foot_x = beside if k < 2 else stage.uniform(0.1, 0.9, count) * stage.aspect
        foot_y = stage.uniform(0.86, 0.97, count)
        height = stage.uniform(0.32, 0.52, count) * (1.0 if k == 0 else 0.75)
        present = (number >= k).float() * (1.0 if k < 2 else alone)
        lean = stage.uniform(-0.16, 0.16, count)
        y = (foot_y - stage.y) / height
        bent = foot_x + lean * y.clamp(0, 1) ** 2
        trunk = torch.maximum(
            (stage.x - bent).abs() - height * (0.034 - 0.014 * y), torch.maximum(-y, y - 1) * height
        )
        rings = 1 + 0.18 * torch.sign(torch.sin(y * 75))
        stage.put(rows, stage.cover(trunk) * present, stage.rgb(0.46, 0.33, 0.22) * rings * light)
        crown_x, crown_y = (stage.x - foot_x - lean) / height, foot_y / height - 1 - stage.y / height
        radius = (crown_x**2 + crown_y**2).clamp(min=1e-6).sqrt()
        angle = torch.atan2(crown_y + 1.15 * radius * radius, crown_x)
        frond = torch.cos(angle * 4 + stage.uniform(0, 3.1, count)).abs()
        reach = 0.44 + 0.08 * torch.sin(angle * 3 + stage.uniform(0, 6, count))
        edge = (frond - (0.45 + 0.5 * (radius / reach).clamp(0, 1))) * (1 + 0.25 * torch.sin(radius * 150))
        leaf = (edge / 0.16).clamp(0, 1) * (radius < reach)
        shade = (0.5 + crown_y * 2 + 0.3 * (frond - 0.7)).clamp(0, 1)
        stage.put(
            rows, leaf * present, mix(stage.rgb(0.08, 0.26, 0.10), stage.rgb(0.36, 0.58, 0.20), shade) * light
        )
