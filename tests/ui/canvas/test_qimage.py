from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter

from studio.document.pixels import premultiply
from studio.ui.canvas.qimage import (
    CacheImage,
    copy_to_image,
    from_image,
    straight_to_image,
    to_native,
    view_image,
)


def random_pixels(seed: int, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_a_cache_image_shares_its_memory_with_qt() -> None:
    cache = CacheImage(5, 3)
    cache.words.fill(0)
    painter = QPainter(cache.image)
    painter.fillRect(1, 1, 1, 1, QColor(10, 20, 30))
    painter.end()
    assert cache.pixels[1, 1].tolist() == [30, 20, 10, 255]
    cache.words[2, 4] = 0xFF112233
    assert cache.opaque_image.pixelColor(4, 2).getRgb() == (0x11, 0x22, 0x33, 255)


def test_native_order_is_what_qt_shows() -> None:
    rgba = premultiply(random_pixels(1, 6, 7, 4))
    cache = CacheImage(7, 6)
    cache.pixels[:] = to_native(rgba)
    shown = cache.image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    assert np.array_equal(np.frombuffer(shown.constBits(), np.uint8).reshape(6, 7, 4), rgba)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([QImage.Format.Format_RGBA8888, None]))
def test_pictures_from_outside_come_in_unchanged(width: int, height: int, kind: QImage.Format | None) -> None:
    straight = random_pixels(width * 10 + height, height, width, 4)
    image = straight_to_image(straight)
    if kind is None:
        image = image.convertToFormat(QImage.Format.Format_ARGB32)
    back = from_image(image)
    assert back is not None
    assert np.array_equal(back, straight)


def test_rows_with_padding_are_read_right() -> None:
    image = QImage(3, 2, QImage.Format.Format_RGB888)  # 9 bytes a row, padded to 12
    image.fill(QColor(1, 2, 3))
    image.setPixelColor(2, 1, QColor(9, 8, 7))
    back = from_image(image)
    assert back is not None
    assert back[1, 2].tolist() == [9, 8, 7, 255]
    assert back[0, 0].tolist() == [1, 2, 3, 255]


def test_a_null_image_is_no_picture() -> None:
    assert from_image(QImage()) is None


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4)])
def test_copies_outlive_their_array(shape: tuple[int, ...]) -> None:
    pixels = random_pixels(3, *shape)
    if len(shape) == 3 and shape[2] == 4:
        pixels[..., 3] = 255
    image = copy_to_image(pixels[:, ::-1])  # not contiguous
    expected = pixels[1, 3].tolist()
    pixels[:] = 0
    color = image.pixelColor(1, 1)
    assert color.getRgb()[: len(np.atleast_1d(expected))] == tuple(np.atleast_1d(expected))


def test_wrapping_needs_contiguous_memory() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        view_image(random_pixels(0, 4, 4, 4)[:, ::2])
