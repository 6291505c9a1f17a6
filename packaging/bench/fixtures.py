"""Pictures and projects to measure with, drawn by arithmetic: the same everywhere, nobody's property."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from studio.core.geometry import Rect, Size
from studio.document.edits import AddLayer
from studio.document.layer import layer_from_image
from studio.generation.request import UInt8Array
from studio.jobs.process_link import ProcessLink
from studio.jobs.queue import JobQueue
from studio.project.formats import images
from studio.project.formats.format import EncodeOptions
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

LAYERS = 5
SIDE_PX = 2048
TONES = ((60, 18), (140, 30), (70, 18))
"""Mean and standard deviation of red, green and blue."""


def picture(height: int, width: int, seed: int = 0) -> UInt8Array:
    """Noise with the spectrum of a photo and a little grain, opaque (h, w, 4); compresses like a photo.

    Green, as a mask's tint never is: a masked pixel always looks another than before.
    """
    random = np.random.default_rng(seed)
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    frequency = np.hypot(y, x)
    frequency[0, 0] = 1.0
    made = np.full((height, width, 4), 255, np.uint8)
    for channel in range(3):
        spectrum = random.standard_normal(frequency.shape) + 1j * random.standard_normal(frequency.shape)
        field = np.fft.irfft2(spectrum / frequency**1.3, (height, width))
        grain = random.standard_normal((height, width)) * 2
        mean, contrast = TONES[channel]
        made[..., channel] = np.clip((field - field.mean()) / field.std() * contrast + mean + grain, 0, 255)
    return made


def strokes(height: int, width: int, seed: int = 0, count: int = 40) -> UInt8Array:
    """Soft strokes on nothing, straight RGBA (h, w, 4): what a painted layer looks like."""
    random = np.random.default_rng(seed)
    made = np.zeros((height, width, 4), np.uint8)
    for _ in range(count):
        points = random.integers(0, [width, height], (4, 2)).astype(np.int32)
        thickness = int(random.integers(8, 80))
        color = [int(value) for value in random.integers((0, 90, 0), (90, 200, 120))]
        cv2.polylines(made, [points], False, [*color, int(random.integers(80, 255))], thickness, cv2.LINE_AA)
    made[..., 3] = cv2.GaussianBlur(made[..., 3], (0, 0), 4)
    return made


def layered_workspace(side_px: int = SIDE_PX, layers: int = LAYERS) -> Workspace:
    """A picture with painted layers over it, one of them masked, and a selection."""
    workspace = Workspace(queue=JobQueue(ProcessLink()), background=Inline(), canvas=Size(side_px, side_px))
    document = workspace.document
    for index in range(layers):
        image = picture(side_px, side_px) if index == 0 else strokes(side_px, side_px, seed=index)
        AddLayer(layer_from_image(f"Layer {index + 1}", image), len(document.layers)).apply(document)
    workspace.delete_layer(document.layers.ids[0])
    workspace.set_mask(
        Rect(side_px // 4, side_px // 4, side_px // 3, side_px // 3),
        np.full((side_px // 3, side_px // 3), 200, np.uint8),
        label="Mask",
    )
    return workspace


def save_project(workspace: Workspace, path: Path) -> None:
    """Raises RuntimeError with what the studio says when it cannot."""
    problems: list[Notice] = []
    end = workspace.notices.subscribe(lambda notice: problems.append(notice) if notice.is_error else None)
    workspace.files.save(path)
    end()
    if problems:
        raise RuntimeError(f"{problems[0].message} {problems[0].details}")


def write_picture(path: Path, pixels: UInt8Array) -> None:
    path.write_bytes(
        images.encode(pixels, images.format_for(path).identifier, options=EncodeOptions(), texts={})
    )
