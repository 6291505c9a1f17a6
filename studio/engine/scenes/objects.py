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


def ellipse(
    x: torch.Tensor, y: torch.Tensor, middle_x: float, middle_y: float, radius_x: float, radius_y: float
) -> torch.Tensor:
    """Approximate signed distance of an upright ellipse; exact for a circle."""
    away = (((x - middle_x) / radius_x) ** 2 + ((y - middle_y) / radius_y) ** 2).clamp(min=1e-8).sqrt()
    return (away - 1) * min(radius_x, radius_y)


def taper(
    x: torch.Tensor,
    y: torch.Tensor,
    middle_x: float,
    bottom: float,
    top: float,
    half_bottom: float,
    half_top: float,
) -> torch.Tensor:
    """Signed distance (bounding) of a trapezium that stands upright; a gable with `half_top` 0."""
    share = (y - bottom) / (top - bottom)
    return torch.maximum(
        (x - middle_x).abs() - (half_bottom + (half_top - half_bottom) * share),
        torch.maximum(bottom - y, y - top),
    )


def stick(
    x: torch.Tensor, y: torch.Tensor, start: tuple[float, float], end: tuple[float, float], radius: float
) -> torch.Tensor:
    """Signed distance of a line with round ends."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    share = ((x - start[0]) * along_x + (y - start[1]) * along_y) / (along_x**2 + along_y**2)
    share = share.clamp(0, 1)
    return torch.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y) - radius


class ObjectPainter:
    """Paints in the object's own coordinates: x right and y up from its foot, in units of its scale.

    reach: how far anything of it lies from its foot, left and right, below and above; what lies beyond is left alone,
    which saves most of the work in large pictures. Without it the object may paint anywhere.
    """

    def __init__(
        self,
        stage: Stage,
        rows: torch.Tensor,
        *,
        may_flip: bool = False,
        reach: tuple[float, float, float] | None = None,
    ) -> None:
        self.stage, self.rows, self.count = stage, rows, len(rows)
        self.scale = stage.object_scale[rows]
        self.window = stage.whole
        if reach is not None:
            beside, below, above = reach
            x, y, scale = stage.object_x[rows], stage.object_y[rows], self.scale
            self.window = stage.window(
                float((x - beside * scale).min()),
                float((x + beside * scale).max()),
                float((y - above * scale).min()),
                float((y + below * scale).max()),
            )
        self.x = (stage.x[..., self.window[1]] - stage.object_x[rows]) / self.scale
        self.y = (stage.object_y[rows] - stage.y[..., self.window[0], :]) / self.scale
        if may_flip:
            self.x = self.x * stage.coin(self.count)
        self.color = stage.paint(rows, "color")
        self.is_dark = stage.flags(rows, "time", "sunset", "night", "storm")

    def put(
        self,
        distance: torch.Tensor,
        color: torch.Tensor,
        *,
        glowing: bool = False,
        share: torch.Tensor | float = 1.0,
    ) -> None:
        """Paints a shape, shaded by the time of day unless it glows by itself."""
        lit = color if glowing else color * self.stage.light[self.rows].clamp(min=0.12)
        self.stage.put(self.rows, self.stage.cover(distance * self.scale) * share, lit, self.window)

    def glow(self, strength: torch.Tensor, color: torch.Tensor) -> None:
        self.stage.glow(self.rows, strength, color, self.window)

    def noise(self, across: int, octaves: int = 3) -> torch.Tensor:
        """Of unit variance, in the picture's own grain; see `Stage.noise`."""
        return self.stage.noise(self.count, across, across, octaves)[..., self.window[0], self.window[1]]

    def rgb(self, red: float, green: float, blue: float) -> torch.Tensor:
        return self.stage.rgb(red, green, blue)

    def varied(self, red: float, green: float, blue: float, amount: float) -> torch.Tensor:
        """The colour, a little different in each sample."""
        return self.rgb(red, green, blue) + self.stage.normal(self.count, 3, 1, 1) * amount

    def window_color(self, red: float, green: float, blue: float) -> torch.Tensor:
        """Lamp light after sunset, the given colour by day."""
        return torch.where(self.is_dark, self.rgb(1.0, 0.82, 0.40), self.rgb(red, green, blue))
