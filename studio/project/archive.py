"""The project file: OpenRaster that other programs open, with our own parts under studio/ in the same archive.

https://www.openraster.org/baseline/file-layout-spec.html. What no other program knows (masks,
clipping) is stored twice: as others show it, and as it is (`layer_plan`). stack.xml and the manifest come first, so that a file that was cut short still tells what it was.
"""

from __future__ import annotations

import functools
import json
import os
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np

import studio
from studio.core.errors import ProjectError
from studio.core.opencv import cv2
from studio.document.composite import flatten
from studio.document.pixels import UInt8Array, unpremultiply
from studio.project import atomic, members, png, schema, stack_xml
from studio.project.container import Container, is_safe_name
from studio.project.damage import DamagedError
from studio.project.layer_images import Sheet, sheet
from studio.project.layer_plan import Parts, every_plan, placed, plan_layers
from studio.project.reading import LoadedProject, read_project
from studio.project.snapshot import ProjectSnapshot, build_layers

EXTENSION = ".ora"
THUMBNAIL_PX = 256
# One core stays with the hand; beyond two threads the disk and the interpreter are the limit.
WORKERS = max(1, min(2, (os.cpu_count() or 1) - 1))
_DATE = (1980, 1, 1, 0, 0, 0)
_ORDINARY_FILE = 0o100644 << 16
_UNIX = 3

Job = Callable[[], Parts]


def write(project: ProjectSnapshot, path: Path, *, keep_backup: bool = False) -> None:
    """Writes, reads back and only then replaces: afterwards the file is whole, or the old one is untouched.

    Call it off the UI thread. keep_backup: the version before stays as `name~`. Raises ProjectError.
    """
    plan = _Plan(project)

    def verify(file: BinaryIO) -> None:
        _verify(file, plan.stack)

    atomic.replace_file(path, plan.write, verify=verify, keep_backup=keep_backup)


def read(path: Path) -> LoadedProject:
    """Opens our own projects and other programs' OpenRaster files; salvages what a damaged one still holds.

    Raises ProjectError: the file cannot be read, or there is nothing in it to show.
    """
    try:
        with path.open("rb") as file:
            return read_project(file)
    except DamagedError as error:
        raise ProjectError(
            f"“{path.name}” is damaged: {error.message}.",
            remedy="The file was not changed; try an older copy of it.",
            details=error.details,
        ) from error
    except OSError as error:
        reason = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise ProjectError(
            f"“{path.name}” {reason}.", remedy="Check the file and its folder.", details=str(error)
        ) from error


class _Plan:
    """Names and places of everything, settled before the first byte is written."""

    def __init__(self, project: ProjectSnapshot) -> None:
        self._project = project
        kept = project.kept
        self._kept = {
            name: data
            for name, data in kept.members.items()
            if is_safe_name(name) and name not in members.FIXED and not name.startswith(members.OWN_FOLDER)
        }
        names = enumerate(members.layer_names(self._kept))
        self._roots = plan_layers(project.layers, project.canvas, names, None)
        self._layers = tuple(every_plan(self._roots))
        self._selection: Sheet | None = None
        if project.selection:
            self._selection = sheet(project.selection, 1, project.canvas, "The mask")
        self._saved = [
            sheet(mask.tiles, 1, project.canvas, f"The mask “{mask.name}”") for mask in project.saved_masks
        ]
        self.stack = stack_xml.Stack(
            width=project.canvas.width,
            height=project.canvas.height,
            layers=tuple(layer.entry(project.active_layer_id) for layer in self._roots),
            image_attributes=kept.image_attributes,
            stack_attributes=kept.stack_attributes,
            namespaces=kept.namespaces,
        )

    def write(self, file: BinaryIO) -> None:
        checksums: dict[str, int] = {}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            _add(archive, members.MIMETYPE, members.MIMETYPE_CONTENT)
            _add(archive, members.STACK, stack_xml.render(self.stack), is_deflated=True)
            _add(archive, members.MANIFEST, schema.render(self._manifest()), is_deflated=True)
            for parts in _ahead(self._jobs()):
                for name, data in parts:
                    _add(archive, name, data)
                    checksums[name] = zlib.crc32(data)
            for name, data in self._kept.items():
                _add(archive, name, data, is_deflated=True)
            _add(archive, members.CHECKSUMS, json.dumps(checksums).encode("ascii"), is_deflated=True)

    def _jobs(self) -> Iterator[Job]:
        for layer in self._layers:
            yield layer.encode
        if self._selection is not None:
            selection = self._selection
            yield lambda: [(members.SELECTION, selection.encode())]
        for number, mask in enumerate(self._saved):
            yield functools.partial(_encode_mask, members.saved_mask_name(number), mask)
        yield self._encode_merged
        for number in range(len(self._project.candidates)):
            yield functools.partial(self._encode_candidate, number)

    def _encode_merged(self) -> Parts:
        project = self._project
        flat = flatten(build_layers(project), project.canvas)
        return [
            (members.MERGED, png.encode(unpremultiply(flat))),
            (members.THUMBNAIL, png.encode(unpremultiply(thumbnail(flat)))),
        ]

    def _encode_candidate(self, number: int) -> Parts:
        candidate = self._project.candidates[number]
        parts = [(members.candidate_name(number), png.encode(candidate.rgb))]
        if candidate.mask is not None:
            parts.append((members.candidate_mask_name(number), png.encode(candidate.mask)))
        return parts

    def _manifest(self) -> schema.Manifest:
        project = self._project
        selection = self._selection
        return schema.Manifest(
            document_id=project.document_id,
            application=f"Underpaint {studio.__version__}",
            canvas=project.canvas,
            frame=project.frame,
            active_layer_id=project.active_layer_id,
            settings=project.settings,
            layers=tuple(layer.manifest_layer() for layer in self._layers),
            selection=None if selection is None else placed(members.SELECTION, selection.rect),
            guides=project.guides,
            saved_masks=tuple(
                schema.ManifestSavedMask(
                    id=mask.id,
                    name=mask.name,
                    pixels=placed(members.saved_mask_name(number), stored.rect),
                    prompt=mask.prompt,
                    weight=mask.weight,
                    feather_px=mask.feather_px,
                )
                for number, (mask, stored) in enumerate(zip(project.saved_masks, self._saved, strict=True))
            ),
            candidates=tuple(
                schema.ManifestCandidate(
                    id=candidate.id,
                    recipe=candidate.recipe,
                    rect=candidate.rect,
                    source=members.candidate_name(number),
                    mask_source=None if candidate.mask is None else members.candidate_mask_name(number),
                    goes_below=candidate.goes_below,
                    seam_score=candidate.seam_score,
                )
                for number, candidate in enumerate(project.candidates)
            ),
            shown_candidate_id=project.shown_candidate_id,
        )


def thumbnail(flat: UInt8Array) -> UInt8Array:
    """Premultiplied (h, w, 4), reduced to THUMBNAIL_PX on its longer side; itself when it is small enough."""
    height, width = flat.shape[:2]
    scale = THUMBNAIL_PX / max(width, height)
    if scale >= 1:
        return flat
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)


def _encode_mask(name: str, mask: Sheet) -> Parts:
    return [(name, mask.encode())]


def _ahead(jobs: Iterator[Job]) -> Iterator[Parts]:
    """Results in order, encoded by at most WORKERS threads, few enough waiting to be written."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="save") as pool:
        waiting: deque[Future[Parts]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(job))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, is_deflated: bool = False) -> None:
    """PNG is stored: it is compressed already."""
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED if is_deflated else zipfile.ZIP_STORED
    info.create_system = _UNIX
    info.external_attr = _ORDINARY_FILE
    archive.writestr(info, data)


def _verify(file: BinaryIO, stack: stack_xml.Stack) -> None:
    """Every checksum, the layer list and the manifest of what was just written. Raises ProjectError."""
    try:
        container = Container(file)
        names = container.names
        sound = all(container.read(name).is_sound for name in names) and container.has_directory
        written = stack_xml.parse(container.read(members.STACK).data)
        schema.parse(container.read(members.MANIFEST).data)
        meant = tuple(stack_xml.every_entry(stack.layers))
        sources = {entry.source for entry in meant if entry.children is None}
        if not sound or names[0] != members.MIMETYPE or container.refusals:
            raise DamagedError("a member of the archive reads back differently")
        if len(tuple(stack_xml.every_entry(written.layers))) != len(meant) or not sources <= set(names):
            raise DamagedError("a layer is missing")
    except ProjectError as error:
        raise ProjectError(
            "The project was not saved: what was written reads back differently.",
            remedy="The old file is untouched and your work is safe in the studio. Save elsewhere.",
            details=error.message,
        ) from error
