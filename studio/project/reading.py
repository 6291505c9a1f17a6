"""Reads OpenRaster files of every origin, and as much of a broken one as is left."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from studio.core.errors import ProjectError
from studio.core.geometry import Rect, Size
from studio.document.blend import BLEND_MODES, blend_mode_id
from studio.document.document import MAX_CANVAS_SIDE_PX
from studio.document.layer import LayerProperties, new_layer_id
from studio.document.saved_mask import SavedMask
from studio.document.surface import TiledSurface
from studio.project import layer_images, members, schema, stack_xml
from studio.project.container import Container
from studio.project.damage import DamagedError
from studio.project.formats import images
from studio.project.formats.format import DAMAGED
from studio.project.snapshot import (
    CandidateRecord,
    KeptParts,
    LayerSnapshot,
    ProjectSnapshot,
    Tiles,
    is_document_id,
    new_document_id,
)

MAX_KEPT_BYTES = 256_000_000
_BUDGET_PIXELS = 1 << 30
_BUDGET_PIXELS_PER_BYTE = 25
_ARCHIVE_DAMAGED = "The archive around the picture is damaged; some of it may be wrong."
_DATA_PNG = re.compile(r"/?data/[^/]*\.png", re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedProject:
    """warnings: a sentence for each thing that is not as it was saved. is_foreign: written by another program.

    is_damaged: something could not be read; saving under the same name would make the loss final.
    """

    project: ProjectSnapshot
    warnings: tuple[str, ...] = ()
    is_damaged: bool = False
    is_foreign: bool = False


def read_project(file: BinaryIO) -> LoadedProject:
    """Raises DamagedError when there is nothing in it to show."""
    return _Reader(file).read()


class _Reader:
    def __init__(self, file: BinaryIO) -> None:
        self._container = Container(file)
        file_bytes = file.seek(0, 2)
        self._pixels_left = _BUDGET_PIXELS + _BUDGET_PIXELS_PER_BYTE * file_bytes
        self._warnings: dict[str, None] = {}
        self._is_damaged = False
        self._is_foreign = False
        self._used: set[str] = set()
        self._selected_id: str | None = None
        self._checksums = self._read_checksums()

    def read(self) -> LoadedProject:
        if not self._container.has_directory:
            self._damage("The file was cut short; what was left of it is shown.")
        for refusal in self._container.refusals:
            self._damage(refusal)
        manifest = self._read_manifest()
        stack = self._read_stack()
        canvas = self._canvas(stack, manifest)
        known = {layer.id: layer for layer in manifest.layers} if manifest is not None else {}
        layers = self._read_layers(stack.layers, known, canvas)
        active_id = manifest.active_layer_id if manifest is not None else None
        if active_id is None:
            active_id = self._selected_id
        if not layers and (stack.layers or not self._container.has_directory):
            layers = self._merged_as_layer(canvas)
        project = ProjectSnapshot(
            document_id=self._document_id(manifest),
            canvas=canvas,
            layers=tuple(layers),
            active_layer_id=active_id,
            frame=manifest.frame if manifest is not None else canvas,
        )
        if manifest is not None:
            project = self._with_manifest(project, manifest)
        project = replace(project, kept=self._kept(stack))
        return LoadedProject(
            project=project,
            warnings=tuple(self._warnings),
            is_damaged=self._is_damaged,
            is_foreign=self._is_foreign,
        )

    # Lists --------------------------------------------------------------------------------------------------------

    def _read_checksums(self) -> Mapping[str, object]:
        if members.CHECKSUMS not in self._container:
            return {}
        try:
            return schema.load_json(self._container.read(members.CHECKSUMS, max_bytes=schema.MAX_BYTES).data)
        except ProjectError:
            return {}

    def _read_manifest(self) -> schema.Manifest | None:
        if members.MANIFEST not in self._container:
            self._is_foreign = True
            return None
        try:
            member = self._container.read(members.MANIFEST, max_bytes=schema.MAX_BYTES)
            manifest = schema.parse(member.data)
        except schema.NewerVersionError:
            self._damage(
                "The project was saved by a newer version of the studio: only its layers were opened."
            )
            return None
        except ProjectError as error:
            _log.warning("manifest: %s %s", error.message, error.details)
            self._damage("Prompts, masks, recipes and candidates could not be read.")
            return None
        if not member.is_sound:
            self._damage("Prompts, masks and recipes are damaged; some of it may be wrong.")
        for warning in manifest.warnings:
            self._damage(warning)
        return manifest

    def _read_stack(self) -> stack_xml.Stack:
        if members.STACK not in self._container:
            return self._guessed_stack()
        member = self._container.read(members.STACK, max_bytes=stack_xml.MAX_BYTES)
        try:
            stack = stack_xml.parse(member.data)
        except DamagedError:
            if member.is_sound and self._container.has_directory:
                raise
            return self._guessed_stack()
        if not member.is_sound:
            self._damage("The list of layers is damaged; some of it may be wrong.")
        if not stack.is_whole:
            self._damage("The list of layers breaks off; the layers before are shown.")
        for warning in stack.warnings:
            self._warn(warning)
        return stack

    def _guessed_stack(self) -> stack_xml.Stack:
        """Without its list of layers a file may still hold their pictures."""
        names = [name for name in self._container.names if _DATA_PNG.fullmatch(name)]
        if not names and members.MERGED not in self._container:
            raise DamagedError("its list of layers is missing")
        self._damage("The list of layers is lost; the layers are shown without their order and place.")
        entries = tuple(
            stack_xml.LayerEntry(source=name, name=f"Recovered {number}")
            for number, name in enumerate(names, 1)
        )
        return stack_xml.Stack(width=0, height=0, layers=entries)

    def _document_id(self, manifest: schema.Manifest | None) -> str:
        if manifest is not None and is_document_id(manifest.document_id):
            return manifest.document_id
        return new_document_id()

    def _canvas(self, stack: stack_xml.Stack, manifest: schema.Manifest | None) -> Rect:
        size = Size(stack.width, stack.height)
        if manifest is not None and (manifest.canvas.size == size or min(size) < 1):
            size = manifest.canvas.size
        elif min(size) < 1:
            size = self._guessed_size(stack)
        if size.long_side > MAX_CANVAS_SIDE_PX:
            raise DamagedError(f"its canvas of {size.width} × {size.height} pixels is larger than possible")
        origin = manifest.canvas if manifest is not None else Rect(0, 0, 1, 1)
        return Rect(origin.x, origin.y, size.width, size.height)

    def _guessed_size(self, stack: stack_xml.Stack) -> Size:
        self._damage("The size of the canvas is lost and was taken from the pictures.")
        width = height = 1
        for source, x, y in [
            *((e.source, e.x, e.y) for e in stack_xml.every_entry(stack.layers) if e.source),
            (members.MERGED, 0, 0),
        ]:
            try:
                decoded = self._decode(source)
            except ProjectError:
                continue
            width, height = max(width, x + decoded.size.width), max(height, y + decoded.size.height)
        return Size(min(width, MAX_CANVAS_SIDE_PX), min(height, MAX_CANVAS_SIDE_PX))

    # Layers -------------------------------------------------------------------------------------------------------

    def _read_layers(
        self, entries: Sequence[stack_xml.LayerEntry], known: dict[str, schema.ManifestLayer], canvas: Rect
    ) -> list[LayerSnapshot]:
        """What can be read of one stack; every entry of `known` is used once."""
        layers: list[LayerSnapshot] = []
        for entry in entries:
            own = known.pop(entry.id, None)
            if own is not None and own.is_group != (entry.children is not None):
                own = None
            children: tuple[LayerSnapshot, ...] | None = None
            if entry.children is not None:
                children = tuple(self._read_layers(entry.children, known, canvas))
                layer = self._read_group(entry, own, children)
            else:
                found = self._read_layer(entry, own, canvas)
                if found is None:
                    continue
                layer = found
            layers.append(layer)
            if entry.is_selected and self._selected_id is None:
                self._selected_id = layer.id
        return layers

    def _read_group(
        self,
        entry: stack_xml.LayerEntry,
        own: schema.ManifestLayer | None,
        children: tuple[LayerSnapshot, ...],
    ) -> LayerSnapshot:
        mask = None
        if own is not None and own.mask is not None:
            mask = self._read_mask(own.mask, f"The mask of “{own.name}”")
        return LayerSnapshot(
            id=own.id if own is not None else new_layer_id(),
            properties=self._properties(entry, own),
            mask=None if mask is None else mask.snapshot(),
            children=children,
            is_collapsed=own is not None and "is_collapsed" in own.flags,
        )

    def _read_layer(
        self, entry: stack_xml.LayerEntry, own: schema.ManifestLayer | None, canvas: Rect
    ) -> LayerSnapshot | None:
        is_as_saved = own is not None and self._is_as_saved(entry, own)
        if own is not None and not is_as_saved:
            # Another program painted on it since: its pixels count, our mask would hide them.
            own = replace(own, mask=None, pixels=None, effect=None)
        pixels, mask = self._read_own(entry, own) if own is not None else (None, None)
        effect = own.effect if own is not None else None
        if effect is not None:
            self._use(entry.source)
            pixels = TiledSurface(4)
        if pixels is None:
            pixels = self._read_surface(entry.source, entry.x + canvas.x, entry.y + canvas.y, entry.name)
        if pixels is None:
            return None
        return LayerSnapshot(
            id=own.id if own is not None else new_layer_id(),
            properties=self._properties(entry, own),
            tiles=pixels.snapshot(),
            mask=None if mask is None else mask.snapshot(),
            recipe=own.recipe if own is not None else None,
            effect=effect,
            text=own.text if own is not None and is_as_saved else None,
        )

    def _properties(self, entry: stack_xml.LayerEntry, own: schema.ManifestLayer | None) -> LayerProperties:
        flags = own.flags if own is not None else frozenset()
        return LayerProperties(
            name=own.name if own is not None and _same_name(own.name, entry.name) else entry.name,
            is_visible=entry.is_visible,
            opacity=entry.opacity,
            blend_mode=self._blend_mode(entry, own),
            is_locked=entry.is_locked,
            are_pixels_locked="are_pixels_locked" in flags,
            is_alpha_locked="is_alpha_locked" in flags,
            is_clipped="is_clipped" in flags,
            # What passes through with an opacity of its own is isolated to others: only we know better.
            is_isolated=entry.is_isolated if own is None else "passes_through" not in flags,
            is_mask_enabled="is_mask_disabled" not in flags,
            extra=dict(entry.extra),
        )

    def _is_as_saved(self, entry: stack_xml.LayerEntry, own: schema.ManifestLayer) -> bool:
        name = self._container.find(entry.source)
        promised = self._checksums.get(own.source)
        return (
            (entry.source, entry.x, entry.y) == (own.source, own.x, own.y)
            and name is not None
            and (promised is None or promised == self._container.checksum(name))
        )

    def _read_own(
        self, entry: stack_xml.LayerEntry, own: schema.ManifestLayer
    ) -> tuple[TiledSurface | None, TiledSurface | None]:
        """Pixels and mask as we know them; without pixels, or where one of the two cannot be read, the layer shows what
        is in its picture for others."""
        pixels: TiledSurface | None = None
        mask: TiledSurface | None = None
        if own.pixels is not None:
            self._use(entry.source)
            pixels = self._read_surface(own.pixels.source, own.pixels.x, own.pixels.y, own.name)
        if own.mask is not None:
            mask = self._read_mask(own.mask, f"The mask of “{own.name}”")
        is_whole = (pixels is None) == (own.pixels is None) and (mask is None) == (own.mask is None)
        if not is_whole:
            self._damage(f"The layer “{entry.name}” is shown as its mask left it.")
            return None, None
        return pixels, mask

    def _read_surface(self, source: str, x: int, y: int, name: str) -> TiledSurface | None:
        try:
            decoded = self._decode(source)
        except ProjectError as error:
            self._damage(f"The layer “{name}” was left out: {_as_clause(error)}")
            return None
        for notice in decoded.notices:
            say = self._damage if notice in (DAMAGED, _ARCHIVE_DAMAGED) else self._warn
            say(f"In the layer “{name}”: {_as_clause(notice)}")
        return layer_images.surface_of_pixels(decoded.pixels, x, y)

    def _read_mask(self, placed: schema.Placed, name: str) -> TiledSurface | None:
        try:
            decoded = self._decode(placed.source)
        except ProjectError as error:
            self._damage(f"{name} was left out: {_as_clause(error)}")
            return None
        for notice in decoded.notices:
            self._damage(f"{name}: {_as_clause(notice)}")
        return layer_images.surface_of_mask(decoded.pixels[..., 0], placed.x, placed.y)

    def _blend_mode(self, entry: stack_xml.LayerEntry, own: schema.ManifestLayer | None) -> str:
        known = blend_mode_id(entry.composite_op)
        if known == "normal" and own is not None and own.blend_mode not in BLEND_MODES:
            # A mode OpenRaster has no word for was written as normal.
            return own.blend_mode
        if known is None:
            self._warn(
                f"The blend mode “{entry.composite_op[:40]}” of “{entry.name}” is unknown here and shown as normal."
            )
        return known or entry.composite_op

    def _merged_as_layer(self, canvas: Rect) -> list[LayerSnapshot]:
        surface = self._read_surface(members.MERGED, canvas.x, canvas.y, "Merged picture")
        if surface is None:
            raise DamagedError("none of its layers can be read")
        self._damage("The layers are lost; the merged picture is shown.")
        properties = LayerProperties(name="Merged picture")
        return [LayerSnapshot(id=new_layer_id(), properties=properties, tiles=surface.snapshot())]

    # Our own parts ------------------------------------------------------------------------------------------------

    def _with_manifest(self, project: ProjectSnapshot, manifest: schema.Manifest) -> ProjectSnapshot:
        selection: Tiles = {}
        if manifest.selection is not None:
            mask = self._read_mask(manifest.selection, "The mask")
            selection = {} if mask is None else mask.snapshot()
        saved: dict[str, SavedMask] = {}
        for stored in manifest.saved_masks:
            read = self._read_mask(stored.pixels, f"The mask “{stored.name}”")
            if read is not None and stored.id not in saved:
                saved[stored.id] = SavedMask(
                    id=stored.id,
                    name=stored.name,
                    tiles=read.snapshot(),
                    prompt=stored.prompt,
                    weight=stored.weight,
                    feather_px=stored.feather_px,
                )
        return replace(
            project,
            selection=selection,
            saved_masks=tuple(saved.values()),
            guides=manifest.guides,
            settings=dict(manifest.settings),
            candidates=tuple(filter(None, map(self._read_candidate, manifest.candidates))),
            shown_candidate_id=manifest.shown_candidate_id,
        )

    def _read_candidate(self, stored: schema.ManifestCandidate) -> CandidateRecord | None:
        try:
            decoded = self._decode(stored.source)
            mask = None if stored.mask_source is None else self._decode(stored.mask_source)
        except ProjectError as error:
            self._damage(f"A candidate was left out: {_as_clause(error)}")
            return None
        sizes = {decoded.size} | ({mask.size} if mask is not None else set())
        if sizes != {stored.rect.size}:
            self._damage("A candidate was left out: its picture has another size.")
            return None
        if decoded.notices or (mask is not None and mask.notices):
            self._damage("A candidate is damaged; what could be read of it is shown.")
        return CandidateRecord(
            id=stored.id,
            recipe=stored.recipe,
            rect=stored.rect,
            rgb=decoded.pixels[..., :3].copy(),
            mask=None if mask is None else mask.pixels[..., 0].copy(),
            goes_below=stored.goes_below,
            seam_score=stored.seam_score,
        )

    def _kept(self, stack: stack_xml.Stack) -> KeptParts:
        found: dict[str, bytes] = {}
        left = MAX_KEPT_BYTES
        for name in self._container.names:
            is_ours = name in members.FIXED or name.startswith((members.OWN_FOLDER, "/"))
            if is_ours or name in self._used:
                continue
            try:
                member = self._container.read(name, max_bytes=left)
            except ProjectError:
                self._warn(f"“{name[:80]}” is too large to be carried along and would be lost by saving.")
                continue
            if member.is_sound:
                found[name] = member.data
                left -= len(member.data)
            else:
                self._damage(f"“{name[:80]}” is damaged and was left out.")
        return KeptParts(
            image_attributes=stack.image_attributes,
            stack_attributes=stack.stack_attributes,
            namespaces=stack.namespaces,
            members=found,
        )

    # Pictures -----------------------------------------------------------------------------------------------------

    def _decode(self, source: str) -> images.DecodedImage:
        """Raises ProjectError with a whole sentence."""
        name = self._use(source)
        if name is None:
            raise ProjectError(f"“{source[:80]}” is missing.")
        member = self._container.read(name)
        decoded = images.decode(
            member.data,
            name=f"“{name[:80]}”",
            max_side=MAX_CANVAS_SIDE_PX,
            max_pixels=min(layer_images.MAX_PIXELS, self._pixels_left),
        )
        self._pixels_left -= decoded.size.area
        if not member.is_sound and not decoded.notices:
            return replace(decoded, notices=(_ARCHIVE_DAMAGED,))
        return decoded

    def _use(self, source: str) -> str | None:
        name = self._container.find(source)
        if name is not None:
            self._used.add(name)
        return name

    def _warn(self, sentence: str) -> None:
        self._warnings[sentence] = None

    def _damage(self, sentence: str) -> None:
        self._is_damaged = True
        self._warnings[sentence] = None


def _same_name(exact: str, stored: str) -> bool:
    """XML cannot hold every character; the manifest's name counts as long as nobody renamed the layer."""
    return stack_xml.xml_text(exact)[: stack_xml.MAX_NAME_CHARS] == stored


def _as_clause(said: ProjectError | str) -> str:
    """A sentence as it stands behind a colon."""
    sentence = said.message if isinstance(said, ProjectError) else said
    return sentence[:1].lower() + sentence[1:] if not sentence.startswith("“") else sentence
