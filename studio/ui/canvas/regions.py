"""Rectangles of pixels as Qt's, and the other way round."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from studio.core.geometry import Rect

RECT_COST_PX = 270 * 270
"""Painting one more rectangle costs as much as so many pixels more in another."""


def qrect(rect: Rect) -> QRect:
    return QRect(rect.x, rect.y, rect.width, rect.height)


def rects_of(region: QRegion) -> list[QRect]:
    # The stubs do not say that a region can be iterated.
    return list(cast("Iterable[QRect]", region))


def rect_of(rect: QRect) -> Rect:
    return Rect(rect.x(), rect.y(), rect.width(), rect.height())


def device_rect(rect: QRect, ratio: float) -> QRect:
    """All device pixels of a widget's rectangle."""
    left, top = math.floor(rect.left() * ratio), math.floor(rect.top() * ratio)
    right, bottom = math.ceil((rect.right() + 1) * ratio), math.ceil((rect.bottom() + 1) * ratio)
    return QRect(left, top, right - left, bottom - top)


def logical_rect(device: Rect, ratio: float) -> QRect:
    """The widget's rectangle that holds all of some device pixels."""
    left, top = math.floor(device.x / ratio), math.floor(device.y / ratio)
    right, bottom = math.ceil(device.right / ratio), math.ceil(device.bottom / ratio)
    return QRect(left, top, right - left, bottom - top)


def worthwhile_rects(region: QRegion) -> list[QRect]:
    """The parts of a region, or its bounding box where that is cheaper."""
    box = region.boundingRect()
    parts = rects_of(region)
    area = sum(part.width() * part.height() + RECT_COST_PX for part in parts)
    return parts if area < box.width() * box.height() + RECT_COST_PX else [box]
