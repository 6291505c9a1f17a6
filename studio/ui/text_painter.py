"""Words become pixels: the only place where a font is asked for its shapes."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter

from studio.core.errors import DocumentError
from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.pixels import UInt8Array
from studio.document.text import Text
from studio.ui.canvas.qimage import CacheImage

MAX_SIDE_PX = 30_000
"""What Qt draws into."""

MAX_PIXELS = 1 << 28
SHARE: dict[str, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
"""Which part of a line lies before the place it is aligned to."""


def font_of(text: Text, scale: float = 1.0) -> QFont:
    font = QFont(text.family)
    font.setPixelSize(max(1, round(text.size_px * scale)))
    font.setBold(text.is_bold)
    font.setItalic(text.is_italic)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, text.letter_spacing_px * scale)
    # The shapes as they were drawn: hinting would set them otherwise at each size of the screen.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def is_installed(family: str) -> bool:
    return QFontDatabase.hasFamily(family)


def draw_text(text: Text) -> tuple[Rect, UInt8Array]:
    """Where it lies and (h, w, 4) premultiplied. Raises DocumentError where it would be larger than can be drawn."""
    font = font_of(text)
    metrics = QFontMetricsF(font)
    lines = text.text.split("\n")
    step = metrics.lineSpacing() * text.line_spacing / 100
    widths = [metrics.horizontalAdvance(line) for line in lines]
    share, margin = (
        SHARE[text.alignment],
        text.size_px,
    )  # strokes of italics and swashes reach past their advance
    left = math.floor(text.position.x - share * max(widths)) - margin
    top = math.floor(text.position.y) - margin
    width = math.ceil(max(widths)) + 2 * margin + 1
    height = math.ceil(step * (len(lines) - 1) + metrics.height()) + 2 * margin + 1
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise DocumentError("The text is too large to be drawn.", remedy="Make it shorter or smaller.")
    image = CacheImage(width, height)
    image.words[:] = 0
    painter = QPainter(image.image)
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(QColor(*text.color))
        for number, (line, line_width) in enumerate(zip(lines, widths, strict=True)):
            x = text.position.x - share * line_width - left
            y = text.position.y - top + metrics.ascent() + number * step
            painter.drawText(QPointF(x, y), line)
    finally:
        painter.end()  # a painter left open takes the process down with the image
    rgba = np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_BGRA2RGBA), np.uint8)
    return Rect(left, top, width, height), rgba
