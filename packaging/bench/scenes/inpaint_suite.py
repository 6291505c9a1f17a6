"""Fifty masks over ten pictures, each inpainted and kept: what changed outside, and how visible the border is.

    python -m bench.scenes.inpaint_suite FOLDER

Leaves in FOLDER what the bare pipeline needs to do the same jobs (orders.npz) and prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from bench.inpainting.pictures import pictures
from bench.inpainting.shapes import masks
from bench.inpainting.studio import HeadlessStudio
from studio.document.copying import copy_document
from studio.generation.composite import lay_over, resize
from studio.generation.seam import seam_score
from studio.workspace.build_request import Capture, prepare

PROMPT = "a landscape"
STEPS = 6


def play(folder: Path) -> dict[str, object]:
    ours: list[float] = []
    pasted: list[float] = []
    sides: list[int] = []
    images, shapes = [], []
    outside_changed = inside = 0
    suite = pictures()
    with HeadlessStudio() as studio:
        for index, (_, mask) in enumerate(masks()):
            _, image = suite[index % len(suite)]
            studio.open(image)
            studio.mask(mask)
            candidate = studio.generate(prompt=PROMPT, steps=STEPS, seed=index)
            workspace = studio.workspace
            preparation = prepare(
                Capture(
                    document=copy_document(workspace.document),
                    frame=workspace.frame,
                    values=workspace.settings.values,
                    seed=index,
                ),
                studio.catalog,
            )
            plan = preparation.plan
            after = studio.accept()
            kept = np.zeros(mask.shape, np.uint8)
            if candidate.mask is not None:
                kept[candidate.rect.slices_in(studio.canvas)] = candidate.mask
            changed = (after != image).any(-1)
            outside_changed += int((changed & (kept == 0)).sum())
            inside += int((kept > 0).sum())
            border = np.where(kept > 0, np.uint8(255), np.uint8(0))
            known = np.full_like(mask, 255)
            ours.append(seam_score(after, image, border, known) or 0.0)
            # The same model picture, put back through the painted mask and nothing else done.
            paste = image.copy()
            part = plan.work_rect.intersected(studio.canvas)
            rows, columns = part.slices_in(studio.canvas)
            raw = resize(studio.raw, plan.work_rect.size)[part.slices_in(plan.work_rect)]
            paste[rows, columns] = lay_over(
                image[rows, columns], raw, mask[rows, columns], known[rows, columns]
            )
            pasted.append(seam_score(paste, image, border, known) or 0.0)
            images.append(image)
            shapes.append(mask)
            sides.append(max(plan.model_size))
        values = studio.workspace.settings.values
    np.savez(
        folder / "orders.npz",
        images=np.stack(images),
        masks=np.stack(shapes),
        sides=np.array(sides),
        prompt=PROMPT,
        steps=STEPS,
        guidance_scale=values.guidance_scale,
    )
    return {"ours": ours, "pasted": pasted, "outside_changed": outside_changed, "inside": inside}


if __name__ == "__main__":
    print(json.dumps(play(Path(sys.argv[1]))))
