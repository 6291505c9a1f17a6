"""The picture the tour works on: a lake under mountains, drawn by the starter model's own scene renderer.

    python -m touring.photo FILE

Runs in a process of its own: the renderer needs torch, which the window must never load.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.scenes.render import render
from studio.generation.scenes.spec import SceneSpec

WIDTH_PX, HEIGHT_PX = 640, 448
SEED = 3
SCENE = SceneSpec(time="day", ground="lake", background="snowy", tree="pine", clouds="some")


def draw(file: Path) -> None:
    picture = render([SCENE], HEIGHT_PX, WIDTH_PX, seed=SEED)[0].permute(1, 2, 0).numpy()
    pixels = np.clip(picture * 255, 0, 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(file)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
