"""Pixels moved, scaled, turned, skewed or put into perspective: one resample from the originals, premultiplied.

A matrix (3 x 3) maps canvas points to canvas points; pixel (i, j) covers [i, i + 1) x [j, j + 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from studio.core.geometry import EMPTY, Point, Rect
from studio.core.opencv import cv2
from studio.document.pixels import ALPHA, UInt8Array, weighted
from studio.document.shapes import polygon

Matrix = npt.NDArray[np.float64]
Quality = Literal["smooth", "sharp"]
"""sharp: the nearest pixel, for pictures whose pixels are meant to be seen."""

PIECE_PX = 1024
"""Results are made in pieces: OpenCV's warp reads at most 32767 pixels a side."""

MARGIN_PX = 6
"""What bicubic reads beyond the pixels it hits, and some more for rounding."""

MAX_FREE_PIXELS = 1 << 26
"""Above this only what lies on the canvas is made."""

IDENTITY: Matrix = np.eye(3)


def translation(dx: float, dy: float) -> Matrix:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])


def scaling(sx: float, sy: float, about: Point) -> Matrix:
    return _about(np.diag([sx, sy, 1.0]), about)


def rotation(angle: float, about: Point) -> Matrix:
    """angle: radians, clockwise on the screen."""
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return _about(turn, about)


def shearing(kx: float, ky: float, about: Point) -> Matrix:
    """x moves by kx for each pixel of y, y by ky for each pixel of x."""
    shear = np.array([[1.0, kx, 0.0], [ky, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return _about(shear, about)


def _about(matrix: Matrix, center: Point) -> Matrix:
    return np.asarray(translation(center.x, center.y) @ matrix @ translation(-center.x, -center.y))


def inverse(matrix: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def corners_of(rect: Rect) -> tuple[Point, Point, Point, Point]:
    """Clockwise from the upper left."""
    return (
        Point(rect.x, rect.y),
        Point(rect.right, rect.y),
        Point(rect.right, rect.bottom),
        Point(rect.x, rect.bottom),
    )


def from_corners(rect: Rect, corners: Sequence[Point]) -> Matrix | None:
    """What takes the corners of `rect` to `corners`; None where those make no convex shape."""
    turns = [
        (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
        for a, b, c in zip(
            corners, (*corners[1:], corners[0]), (*corners[2:], corners[0], corners[1]), strict=True
        )
    ]
    if not (all(turn > 1.0 for turn in turns) or all(turn < -1.0 for turn in turns)):
        return None
    source = np.array(corners_of(rect), np.float32)
    found: Matrix = np.asarray(cv2.getPerspectiveTransform(source, np.array(corners, np.float32)), np.float64)
    return found


def mapped(matrix: Matrix, point: Point) -> Point:
    x, y, w = (matrix @ (point.x, point.y, 1.0)).tolist()
    return Point(x / w, y / w)


def mapped_corners(matrix: Matrix, rect: Rect) -> tuple[Point, Point, Point, Point]:
    first, second, third, fourth = (mapped(matrix, corner) for corner in corners_of(rect))
    return first, second, third, fourth


def mapped_box(matrix: Matrix, rect: Rect) -> tuple[float, float, float, float]:
    """left, top, right, bottom of what `rect` becomes."""
    corners = mapped_corners(matrix, rect)
    xs, ys = [point.x for point in corners], [point.y for point in corners]
    return min(xs), min(ys), max(xs), max(ys)


def whole_shift(matrix: Matrix) -> tuple[int, int] | None:
    """The matrix as a move by whole pixels, where it is one."""
    dx, dy = round(float(matrix[0, 2])), round(float(matrix[1, 2]))
    return (dx, dy) if np.allclose(matrix, translation(dx, dy), rtol=0, atol=1e-9) else None


def local_scales(matrix: Matrix, rect: Rect) -> tuple[float, float]:
    """How long a pixel's upper and left side become in the middle of `rect`."""
    center = rect.center
    middle = mapped(matrix, center)
    across = mapped(matrix, Point(center.x + 0.5, center.y))
    down = mapped(matrix, Point(center.x, center.y + 0.5))
    return 2 * middle.distance_to(across), 2 * middle.distance_to(down)


def transformed(
    pixels: UInt8Array, rect: Rect, matrix: Matrix, *, canvas: Rect, quality: Quality = "smooth"
) -> tuple[Rect, UInt8Array]:
    """What (h, w, 4) premultiplied or (h, w) `pixels`, which fill `rect`, become, and where it lies.

    Smooth: the mean over the area when it shrinks, bicubic otherwise (22 ms a million pixels; Lanczos takes 124), without
    the rings either draws at edges: each value stays between those of the pixels around it. A move by whole pixels is exact, and so are quarter turns
    and mirroring onto whole pixels.
    """
    shift = whole_shift(matrix)
    if shift is not None:
        return rect.translated(*shift), pixels
    left, top, right, bottom = mapped_box(matrix, rect)
    target = Rect.from_edges(
        math.floor(left + 1e-6), math.floor(top + 1e-6), math.ceil(right - 1e-6), math.ceil(bottom - 1e-6)
    )
    if target.area > MAX_FREE_PIXELS:
        target = target.intersected(canvas)
    if target.is_empty or rect.is_empty:
        return EMPTY, pixels[:0, :0]
    outline = [(x - target.x, y - target.y) for x, y in mapped_corners(matrix, rect)]
    to_target = translation(-0.5, -0.5) @ translation(-target.x, -target.y) @ matrix
    to_target = to_target @ translation(rect.x, rect.y)
    if quality == "smooth":
        pixels, spread_x, spread_y = _shrunk(pixels, local_scales(matrix, rect))
        to_target = to_target @ np.diag([spread_x, spread_y, 1.0])
    to_target = to_target @ translation(0.5, 0.5)
    result = np.zeros((target.height, target.width, *pixels.shape[2:]), np.uint8)
    for column, row in Rect(0, 0, target.width, target.height).tiles(PIECE_PX):
        piece = Rect(column * PIECE_PX, row * PIECE_PX, PIECE_PX, PIECE_PX).intersected(
            Rect(0, 0, target.width, target.height)
        )
        warped = _piece(pixels, to_target, piece, quality)
        if warped is not None and quality == "smooth":
            warped = _within(warped, piece, outline)
        if warped is not None:
            result[piece.slices_in(Rect(0, 0, target.width, target.height))] = warped
    return target, result


def _shrunk(pixels: UInt8Array, scales: tuple[float, float]) -> tuple[UInt8Array, float, float]:
    """The pixels averaged to about the size they will have, and by how much each side shrank."""
    height, width = pixels.shape[:2]
    size = (
        max(1, round(width * min(scales[0], 1.0))),
        max(1, round(height * min(scales[1], 1.0))),
    )
    if size == (width, height):
        return pixels, 1.0, 1.0
    return _u8(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)), width / size[0], height / size[1]


def _piece(pixels: UInt8Array, to_target: Matrix, piece: Rect, quality: Quality) -> UInt8Array | None:
    """One piece of the result; None where nothing reaches it. to_target: from the centres of pixels to such."""
    back = inverse(to_target)
    source = _read_by(back, piece, pixels)
    if source.is_empty:
        return None
    part = np.ascontiguousarray(pixels[source.slices_in(Rect(0, 0, pixels.shape[1], pixels.shape[0]))])
    if not part.any():
        return None
    here = translation(-piece.x, -piece.y) @ to_target @ translation(source.x, source.y)
    size = (piece.width, piece.height)
    shift = whole_shift(here)
    if shift is not None and Rect(*shift, *part.shape[1::-1]).contains_rect(Rect(0, 0, *size)):
        # Shrinking onto whole pixels has done it all.
        return part[-shift[1] : size[1] - shift[1], -shift[0] : size[0] - shift[0]].copy()
    if quality == "sharp":
        return _u8(cv2.warpPerspective(part, here, size, flags=cv2.INTER_NEAREST))
    warped = _warped(part, here, size, cv2.INTER_CUBIC)
    kernel = np.ones((3, 3), np.uint8)
    for bound, limit in ((cv2.erode(part, kernel), np.maximum), (cv2.dilate(part, kernel), np.minimum)):
        limit(warped, _warped(_u8(bound), here, size, cv2.INTER_NEAREST), out=warped)
    if warped.ndim == 3:
        np.minimum(warped, warped[..., ALPHA:], out=warped)
    return warped


def _within(pixels: UInt8Array, piece: Rect, outline: Sequence[tuple[float, float]]) -> UInt8Array | None:
    """Nothing beyond the outline, and along it as much of each pixel as it covers."""
    patch = polygon(outline, clip=piece)
    if patch.rect.is_empty:
        return None
    coverage = np.zeros((piece.height, piece.width), np.uint8)
    coverage[patch.rect.slices_in(piece)] = patch.coverage
    return weighted(pixels, coverage)


def _warped(pixels: UInt8Array, matrix: Matrix, size: tuple[int, int], interpolation: int) -> UInt8Array:
    """The pixels at the edge go on beyond it: how much of each pixel is covered, the outline decides."""
    return _u8(
        cv2.warpPerspective(pixels, matrix, size, flags=interpolation, borderMode=cv2.BORDER_REPLICATE)
    )


def _read_by(back: Matrix, piece: Rect, pixels: UInt8Array) -> Rect:
    """What of the source a piece of the result may read."""
    corners = np.array(corners_of(piece), np.float64)
    points = np.column_stack((corners, np.ones(4))) @ back.T
    whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    if (points[:, 2] * points[0, 2] <= 0).any():
        return whole  # the horizon runs through the piece
    places = points[:, :2] / points[:, 2:]
    low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    limits = [min(max(value, -1e6), 1e6) for value in (*low, *high)]
    return (
        Rect.from_edges(
            math.floor(limits[0]), math.floor(limits[1]), math.ceil(limits[2]) + 1, math.ceil(limits[3]) + 1
        )
        .expanded(MARGIN_PX)
        .intersected(whole)
    )


def _u8(array: Any) -> UInt8Array:
    """OpenCV's type hints allow any depth; with 8-bit input its result is 8-bit."""
    return cast("UInt8Array", array)
