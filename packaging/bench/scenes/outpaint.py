"""Pictures extended to the right and upward: the step across the border, beside those inside the new part.

python -m bench.scenes.outpaint
"""

from __future__ import annotations

import json

import numpy as np

from bench.inpainting.pictures import pictures
from bench.inpainting.studio import HeadlessStudio
from studio.core.geometry import Rect
from studio.generation.color_difference import difference, to_lab
from studio.generation.fill import FloatArray

SIDE_PX = 256
EXTENT_PX = 128
STEPS = 10
RENDERED = (0, 2, 3, 4)
PHOTOS = (6, 8)


def play() -> dict[str, object]:
    suite = pictures()
    ratios: dict[str, list[float]] = {"rendered": [], "photos": []}
    changed = steps = 0
    with HeadlessStudio() as studio:
        for name, indices in (("rendered", RENDERED), ("photos", PHOTOS)):
            for index in indices:
                image = np.ascontiguousarray(suite[index][1][64 : 64 + SIDE_PX, 64 : 64 + SIDE_PX])
                for frame in (
                    Rect(0, 0, SIDE_PX + EXTENT_PX, SIDE_PX),
                    Rect(0, -EXTENT_PX, SIDE_PX, SIDE_PX + EXTENT_PX),
                ):
                    studio.open(image)
                    studio.workspace.settings.choose_verb("extend")
                    studio.workspace.set_frame(frame)
                    studio.generate(prompt="a landscape", steps=STEPS, seed=index)
                    before = len(studio.workspace.history.labels())
                    studio.accept()
                    steps = max(steps, len(studio.workspace.history.labels()) - before)
                    changed += int((studio.picture(Rect(0, 0, SIDE_PX, SIDE_PX)) != image).any(-1).sum())
                    lab = to_lab(studio.picture(frame))
                    ratios[name].append(_ratio(lab if frame.y == 0 else lab[::-1].transpose(1, 0, 2)))
    return {**ratios, "changed": changed, "steps": steps}


def _ratio(lab: FloatArray) -> float:
    """Of a picture whose new part begins at column SIDE_PX."""
    columns = difference(lab[:, :-1], lab[:, 1:]).mean(0)
    return float(columns[SIDE_PX - 1] / columns[SIDE_PX:].mean())


if __name__ == "__main__":
    print(json.dumps(play()))
