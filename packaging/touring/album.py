"""Screenshots with captions: small files, and a page that shows them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

MAX_BYTES = 6_000_000
COLORS = 256
EXACT_BYTES = 400_000
PAGE = """\
# A tour

`python3 packaging/start.py tour` drives the real window with real keys and pointer events and takes these pictures on
the way. It stops when something does not hold: what each caption claims was checked in the same run. The photo is
drawn by the script, the pictures are made by the starter model.
"""


@dataclass(frozen=True, kw_only=True)
class Shot:
    file_name: str
    title: str
    caption: str


class Album:
    """Numbers the shots in the order in which they are taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shots: list[Shot] = []
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("[0-9][0-9]-*.png"):
            old.unlink()

    def add(self, name: str, title: str, caption: str, image: QImage, *, is_exact: bool = False) -> None:
        """is_exact: every colour is kept, whatever it weighs."""
        shot = Shot(file_name=f"{len(self._shots) + 1:02}-{name}.png", title=title, caption=caption)
        (self._folder / shot.file_name).write_bytes(exact_png(image) if is_exact else small_png(image))
        self._shots.append(shot)
        print(f"   {shot.file_name}", flush=True)

    def close(self) -> None:
        """Writes the page. Raises ValueError when the pictures have become too large for a repository."""
        parts = [PAGE]
        parts += [f"## {s.title}\n\n{s.caption}\n\n![{s.title}]({s.file_name})\n" for s in self._shots]
        (self._folder / "README.md").write_text("\n".join(parts), encoding="utf-8")
        total = sum((self._folder / shot.file_name).stat().st_size for shot in self._shots)
        if total > MAX_BYTES:
            raise ValueError(f"the tour weighs {total / 1e6:.1f} MB")


def exact_png(image: QImage) -> bytes:
    return _optimised(_picture(image))


def small_png(image: QImage) -> bytes:
    """Exact where that is small enough for a repository, else with 256 colours, dithered."""
    exact = exact_png(image)
    if len(exact) <= EXACT_BYTES:
        return exact
    reduced = _picture(image).quantize(COLORS, dither=Image.Dither.FLOYDSTEINBERG)
    return min(exact, _optimised(reduced), key=len)


def _optimised(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def pixels(image: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(h, w, 3)."""
    return np.asarray(_picture(image), np.uint8)


def _picture(image: QImage) -> Image.Image:
    return Image.open(io.BytesIO(_png(image))).convert("RGB")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub knows the format as bytes only
    return bytes(buffer.data().data())
