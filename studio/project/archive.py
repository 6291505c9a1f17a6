"""The project file: OpenRaster that other programs open, with our own parts under studio/ in the same archive.

https://www.openraster.org/baseline/file-layout-spec.html. A layer with a mask is stored twice: as others show it, and
without the mask. stack.xml and the manifest come first, so that a file that was cut short still tells what it was.
"""

from __future__ import annotations

import functools
import json
import os
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np

import studio
from studio.core.errors import ProjectError
from studio.core.geometry import Rect
from studio.core.opencv import cv2
from studio.document.blend import BLEND_MODES
from studio.document.composite import flatten
from studio.document.pixels import UInt8Array, unpremultiply
from studio.project import atomic, members, png, schema, stack_xml
from studio.project.container import Container, is_safe_name
from studio.project.damage import DamagedError
from studio.project.layer_images import Sheet, masked, sheet
from studio.project.reading import LoadedProject, read_project
from studio.project.snapshot import LayerSnapshot, ProjectSnapshot, build_layers

EXTENSION = ".ora"
THUMBNAIL_PX = 256
# One core stays with the hand; beyond two threads the disk and the interpreter are the limit.
WORKERS = max(1, min(2, (os.cpu_count() or 1) - 1))
_DATE = (1980, 1, 1, 0, 0, 0)
_ORDINARY_FILE = 0o100644 << 16
_UNIX = 3

Parts = Sequence[tuple[str, bytes]]
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
        names = members.layer_names(self._kept)
        self._layers = [
            _LayerPlan(layer, project.canvas, number, next(names))
            for number, layer in enumerate(project.layers)
        ]
        self._selection: Sheet | None = None
        if project.selection:
            self._selection = sheet(project.selection, 1, project.canvas, "The mask")
        self.stack = stack_xml.Stack(
            width=project.canvas.width,
            height=project.canvas.height,
            layers=tuple(layer.entry(layer.id == project.active_layer_id) for layer in self._layers),
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
            selection=None if selection is None else _placed(members.SELECTION, selection.rect),
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


class _LayerPlan:
    def __init__(self, layer: LayerSnapshot, canvas: Rect, number: int, source: str) -> None:
        self.id = layer.id
        self._layer = layer
        self._canvas = canvas
        self._source = source
        self._number = number
        shown_name = f"The layer “{layer.properties.name}”"
        self._mask: Sheet | None = None
        self._pixels: Sheet | None = None
        if layer.mask is None:
            self._shown = sheet(layer.tiles, 4, canvas, shown_name)
        else:
            self._shown = sheet(masked(layer.tiles, layer.mask), 4, canvas, shown_name)
            self._mask = sheet(layer.mask, 1, canvas, shown_name)
            self._pixels = sheet(layer.tiles, 4, canvas, shown_name)

    def encode(self) -> Parts:
        parts = [(self._source, self._shown.encode())]
        if self._mask is not None and self._pixels is not None:
            parts.append((members.mask_name(self._number), self._mask.encode()))
            parts.append((members.pixels_name(self._number), self._pixels.encode()))
        return parts

    def entry(self, is_active: bool) -> stack_xml.LayerEntry:
        properties = self._layer.properties
        return stack_xml.LayerEntry(
            source=self._source,
            name=properties.name,
            x=self._shown.rect.x - self._canvas.x,
            y=self._shown.rect.y - self._canvas.y,
            opacity=properties.opacity,
            is_visible=properties.is_visible,
            composite_op=_composite_op(properties.blend_mode),
            is_locked=properties.is_locked,
            is_selected=is_active,
            id=self.id,
            extra=properties.extra,
        )

    def manifest_layer(self) -> schema.ManifestLayer:
        entry = self.entry(False)
        mask, pixels = self._mask, self._pixels
        return schema.ManifestLayer(
            id=self.id,
            source=self._source,
            x=entry.x,
            y=entry.y,
            name=self._layer.properties.name,
            blend_mode=self._layer.properties.blend_mode,
            mask=None if mask is None else _placed(members.mask_name(self._number), mask.rect),
            pixels=None if pixels is None else _placed(members.pixels_name(self._number), pixels.rect),
            recipe=self._layer.recipe,
        )


def thumbnail(flat: UInt8Array) -> UInt8Array:
    """Premultiplied (h, w, 4), reduced to THUMBNAIL_PX on its longer side; itself when it is small enough."""
    height, width = flat.shape[:2]
    scale = THUMBNAIL_PX / max(width, height)
    if scale >= 1:
        return flat
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)


def _composite_op(blend_mode: str) -> str:
    """An operator of another program, which we carry under its own name, keeps it."""
    if blend_mode in BLEND_MODES:
        return BLEND_MODES[blend_mode].svg
    return blend_mode if ":" in blend_mode else BLEND_MODES["normal"].svg


def _placed(source: str, rect: Rect) -> schema.Placed:
    return schema.Placed(source=source, x=rect.x, y=rect.y)


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
        sources = {layer.source for layer in stack.layers}
        if not sound or names[0] != members.MIMETYPE or container.refusals:
            raise DamagedError("a member of the archive reads back differently")
        if len(written.layers) != len(stack.layers) or not sources <= set(names):
            raise DamagedError("a layer is missing")
    except ProjectError as error:
        raise ProjectError(
            "The project was not saved: what was written reads back differently.",
            remedy="The old file is untouched and your work is safe in the studio. Save elsewhere.",
            details=error.message,
        ) from error
