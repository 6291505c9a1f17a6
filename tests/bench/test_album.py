"""The tour's pictures: small, numbered, captioned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from touring import album
from touring.album import Album, exact_png, pixels, small_png


def picture(width: int = 320, height: int = 200) -> QImage:
    """Every colour different, no noise."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for y in range(height):
        for x in range(width):
            image.setPixelColor(x, y, QColor(x % 256, y, (x * y) % 256))
    return image


def test_pixels_are_rgb_rows() -> None:
    found = pixels(picture(4, 3))
    assert found.shape == (3, 4, 3)
    assert tuple(found[2, 3]) == (3, 2, 6)


def test_an_exact_picture_keeps_every_colour() -> None:
    image = picture()
    assert np.array_equal(pixels(QImage.fromData(exact_png(image))), pixels(image))


def test_a_picture_too_heavy_is_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    image = picture()
    assert small_png(image) == exact_png(image)
    monkeypatch.setattr(album, "EXACT_BYTES", 1000)
    assert len(small_png(image)) < len(exact_png(image))


def test_the_page_shows_the_shots_in_order_and_old_ones_are_gone(tmp_path: Path) -> None:
    (tmp_path / "07-gone.png").touch()
    made = Album(tmp_path)
    made.add("first", "First", "A caption.", picture(8, 8))
    made.add("second", "Second", "Another.", picture(8, 8))
    made.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["01-first.png", "02-second.png", "README.md"]
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    parts = ("## First", "A caption.", "01-first.png", "## Second", "Another.", "02-second.png")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_tour_too_heavy_for_a_repository_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "MAX_BYTES", 10)
    made = Album(tmp_path)
    made.add("first", "First", "A caption.", picture(8, 8))
    with pytest.raises(ValueError, match="weighs"):
        made.close()
