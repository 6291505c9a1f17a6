"""What every object needs: local coordinates, boxes, lit paint."""

from __future__ import annotations

import torch

from studio.engine.scenes.stage import Stage


def box(
    x: torch.Tensor, y: torch.Tensor, middle_x: float, middle_y: float, half_width: float, half_height: float
) -> torch.Tensor:
    """Signed distance (bounding) of an upright rectangle."""
    return torch.maximum((x - middle_x).abs() - half_width, (y - middle_y).abs() - half_height)


def inside(*distances: torch.Tensor) -> torch.Tensor:
    """Intersection of shapes."""
    result = distances[0]
    for distance in distances[1:]:
        result = torch.maximum(result, distance)
    return result


def joined(*distances: torch.Tensor) -> torch.Tensor:
    """Union of shapes."""
    result = distances[0]
    for distance in distances[1:]:
        result = torch.minimum(result, distance)
    return result


class ObjectPainter:
    """Paints in the object's own coordinates: x right and y up from its foot, in units of its scale."""

    def __init__(self, stage: Stage, rows: torch.Tensor, *, may_flip: bool = False) -> None:
        self.stage, self.rows, self.count = stage, rows, len(rows)
        self.scale = stage.object_scale[rows]
        self.x = (stage.x - stage.object_x[rows]) / self.scale
        self.y = (stage.object_y[rows] - stage.y) / self.scale
        if may_flip:
            self.x = self.x * stage.coin(self.count)
        self.color = stage.paint(rows, "color")
        self.is_dark = stage.flags(rows, "time", "sunset", "night", "storm")

    def put(
        self, distance: torch.Tensor, color: torch.Tensor, *, glowing: bool = False, share: float = 1.0
    ) -> None:
        """Paints a shape, shaded by the time of day unless it glows by itself."""
        lit = color if glowing else color * self.stage.light[self.rows].clamp(min=0.12)
        self.stage.put(self.rows, self.stage.cover(distance * self.scale) * share, lit)

    def rgb(self, red: float, green: float, blue: float) -> torch.Tensor:
        return self.stage.rgb(red, green, blue)

    def varied(self, red: float, green: float, blue: float, amount: float) -> torch.Tensor:
        """The colour, a little different in each sample."""
        return self.rgb(red, green, blue) + self.stage.normal(self.count, 3, 1, 1) * amount

    def window_color(self, red: float, green: float, blue: float) -> torch.Tensor:
        """Lamp light after sunset, the given colour by day."""
        return torch.where(self.is_dark, self.rgb(1.0, 0.82, 0.40), self.rgb(red, green, blue))
