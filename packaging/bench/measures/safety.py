"""Not a pixel that was not asked for: inpainting in the real window, and a project on its way through the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyora

from bench.fixtures import LAYERS, SIDE_PX, layered_workspace, picture, save_project, write_picture
from bench.row import Measure, Reading, Target
from bench.scratch import run_scene, scratch
from studio.core.geometry import Size
from studio.document.document import Document
from studio.document.pixels import unpremultiply
from studio.document.surface import TiledSurface
from studio.generation.request import UInt8Array
from studio.jobs.process_link import ProcessLink
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.workspace import Workspace

OUTSIDE = Target(name="pixels changed where the mask is 0, after inpainting and accepting", unit="px", bar=0)
UNDONE = Target(name="pixels changed by previews, by a shown result, or left after undo", unit="px", bar=0)
REOPENED = Target(
    name=f"project of {LAYERS} layers at {SIDE_PX}², saved and reopened: pixels that differ", unit="px", bar=0
)
SECOND = Target(name="the same project in a second reader (pyora): pixels that differ", unit="px", bar=0)


def inpaint() -> Mapping[str, Reading]:
    with scratch() as folder:
        file = folder / "photo.png"
        write_picture(file, picture(768, 1024))
        found = run_scene("inpaint", file, folder=folder, timeout_s=300)
    assert found["inside_changed"] > found["inside"] / 10, "the mask's inside did not change"
    kept = ("changed_by_previews", "changed_before_accept", "changed_after_undo")
    return {
        OUTSIDE.name: Reading(
            value=found["outside_changed"],
            peers=f"of {found['outside']} outside; inside {found['inside_changed']} of {found['inside']} changed",
        ),
        UNDONE.name: Reading(
            value=max(found[name] for name in kept),
            peers=", ".join(f"{name.replace('_', ' ')} {found[name]}" for name in kept),
        ),
    }


def project() -> Mapping[str, Reading]:
    with scratch() as folder:
        file = folder / "five.ora"
        workspace = layered_workspace()
        save_project(workspace, file)
        reopened = _open(file)
        differing = differing_pixels(workspace.document, reopened.document)
        second = _differing_in_pyora(workspace.document, file)
        size = file.stat().st_size
    pixels = len(workspace.document.layers) * SIDE_PX**2
    return {
        REOPENED.name: Reading(
            value=differing, peers=f"of {pixels} in {LAYERS} layers, and the mask; {size / 1e6:.0f} MB"
        ),
        SECOND.name: Reading(
            value=second, peers=f"pyora {LAYERS} layers at their places, opacity, merged picture"
        ),
    }


def differing_pixels(one: Document, other: Document) -> int:
    """Premultiplied pixels, masks and selection; a layer that is missing counts with all its pixels."""
    pairs = list(zip(one.layers, other.layers, strict=False))
    missing = abs(len(one.layers) - len(other.layers)) * one.canvas.area
    surfaces = [(mine.surface, theirs.surface) for mine, theirs in pairs]
    surfaces += [(one.selection, other.selection)]
    return missing + sum(_differing_in_surface(mine, theirs) for mine, theirs in surfaces)


def _differing_in_surface(one: TiledSurface, other: TiledSurface) -> int:
    rect = one.tile_bounds().united(other.tile_bounds())
    if rect.is_empty:
        return 0
    different = one.read(rect) != other.read(rect)
    return int((different.any(-1) if different.ndim == 3 else different).sum())


def _open(file: Path) -> Workspace:
    workspace = Workspace(queue=JobQueue(ProcessLink()), background=Inline(), canvas=Size(64, 64))
    workspace.files.open(file)
    assert workspace.project_path == file, "the project was not opened whole"
    return workspace


def _differing_in_pyora(document: Document, file: Path) -> int:
    """Straight pixels of every layer where something shows; pyora's order is bottom to top, as ours."""
    loaded = pyora.Project.load(str(file))
    theirs = {layer.name: layer for layer in loaded.children_recursive}
    assert len(theirs) == len(document.layers), f"pyora found {len(theirs)} layers"
    differing = 0
    for layer in document.layers:
        placed = theirs[layer.properties.name].get_image_data(raw=False)
        read = np.asarray(placed.convert("RGBA"), np.uint8)
        differing += _differing_where_visible(unpremultiply(layer.surface.read(document.canvas)), read)
    return differing


def _differing_where_visible(one: UInt8Array, other: UInt8Array) -> int:
    assert one.shape == other.shape, f"the layer is {other.shape} there"
    visible = (one[..., 3] > 0) | (other[..., 3] > 0)
    return int(((one != other).any(-1) & visible).sum())


MEASURES = (
    Measure(targets=(OUTSIDE, UNDONE), run=inpaint),
    Measure(targets=(REOPENED, SECOND), run=project),
)
