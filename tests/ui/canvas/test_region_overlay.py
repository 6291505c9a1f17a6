"""Regions as they are drawn over the canvas."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from studio.core.geometry import EMPTY, Rect, Size
from studio.document.document import Document
from studio.document.saved_mask import SavedMask
from studio.document.surface import TiledSurface
from studio.ui.canvas.region_overlay import RegionOverlay
from studio.ui.canvas.viewport import Viewport
from studio.ui.region_colors import region_color


def region(rect: Rect, prompt: str) -> SavedMask:
    surface = TiledSurface(1)
    surface.write(rect, np.full((rect.height, rect.width), 255, np.uint8))
    return SavedMask(id=prompt, name=prompt, tiles=surface.snapshot(), prompt=prompt)


def drawn(overlay: RegionOverlay) -> QImage:
    image = QImage(256, 256, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("white"))
    painter = QPainter(image)
    overlay.draw(painter, QRect(0, 0, 256, 256), Viewport(size=Size(256, 256)), 1.0)
    painter.end()
    return image


def test_each_region_has_its_outline_and_label_in_its_colour(qapp: object) -> None:
    document = Document(Rect(0, 0, 256, 256))
    document.saved_masks = (region(Rect(40, 60, 80, 80), "a house"), region(Rect(140, 60, 60, 60), "a tree"))
    overlay = RegionOverlay()
    assert overlay.touched_rect == EMPTY
    overlay.follow(document)
    assert overlay.touched_rect == Rect(40, 60, 160, 80)
    image = drawn(overlay)
    for index, at in ((0, (42, 50)), (1, (142, 50))):
        assert image.pixelColor(*at) == QColor(region_color(index))
    assert image.pixelColor(80, 100) == QColor("white")
    assert image.pixelColor(40, 100) != QColor("white")
    overlay.is_hidden = True
    assert drawn(overlay).pixelColor(40, 100) == QColor("white")


def test_a_mask_without_a_prompt_is_not_drawn(qapp: object) -> None:
    document = Document(Rect(0, 0, 256, 256))
    document.saved_masks = (region(Rect(40, 60, 80, 80), " "),)
    overlay = RegionOverlay()
    overlay.follow(document)
    assert overlay.touched_rect == EMPTY
