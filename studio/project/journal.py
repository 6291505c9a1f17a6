"""Finished pictures are on the disk before anyone looks at them: a crash between now and the next save loses none.

One folder per document. A record is PNG files and one JSON file, written last, each through the one save path; what
has no JSON is unfinished and ignored. Order comes from a counter, never from a clock.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import ProjectError
from studio.project import atomic, png, schema
from studio.project.damage import DamagedError
from studio.project.formats import images
from studio.project.snapshot import CandidateRecord, is_document_id

FOLDER = "journal"
_RECORD = re.compile(r"(\d{8})-[0-9a-f]{8}\.json")
_MAX_JSON_BYTES = 16_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class JournalContent:
    """records: oldest first. warnings: a sentence for each record that is there and cannot be read."""

    records: tuple[CandidateRecord, ...] = ()
    warnings: tuple[str, ...] = ()


class CandidateJournal:
    """The finished, unsaved candidates of one document. Any one thread at a time; `store` waits for the disk."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def is_empty(self) -> bool:
        return not self._record_files()

    def __len__(self) -> int:
        return len(self._record_files())

    def store(self, record: CandidateRecord) -> None:
        """Afterwards the record survives a crash and a power cut. Raises ProjectError."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                "Finished pictures cannot be kept safe: the journal's folder cannot be made.",
                remedy="Save the project soon.",
                details=f"{self._directory}: {error}",
            ) from error
        stem = f"{self._next_number():08d}-{secrets.token_hex(4)}"
        pictures = {f"{stem}.png": png.encode(record.rgb)}
        if record.mask is not None:
            pictures[f"{stem}-mask.png"] = png.encode(record.mask)
        for name, data in pictures.items():
            atomic.write_bytes(self._directory / name, data)
        values = schema.candidate_values(
            schema.ManifestCandidate(
                id=record.id,
                recipe=record.recipe,
                rect=record.rect,
                source=f"{stem}.png",
                mask_source=None if record.mask is None else f"{stem}-mask.png",
                goes_below=record.goes_below,
                seam_score=record.seam_score,
            )
        )
        values["checksums"] = {name: zlib.crc32(data) for name, data in pictures.items()}
        atomic.write_bytes(self._directory / f"{stem}.json", json.dumps(values).encode("ascii"))

    def load_all(self) -> JournalContent:
        """A record that is cut or broken costs only itself."""
        records: list[CandidateRecord] = []
        warnings: list[str] = []
        for path in self._record_files():
            try:
                records.append(self._load(path))
            except (ProjectError, OSError) as error:
                reason = error.message if isinstance(error, ProjectError) else str(error)
                warnings.append(f"A finished picture in the journal is damaged: {reason.rstrip('.')}.")
        return JournalContent(records=tuple(records), warnings=tuple(warnings))

    def clear(self, candidate_ids: Collection[str] | None = None) -> None:
        """Removes what a verified save now holds, or everything; what cannot be removed stays and does no harm."""
        for path in self._record_files():
            if candidate_ids is not None and self._id_of(path) not in candidate_ids:
                continue
            # The JSON first: from then on the rest is unfinished and ignored.
            for file in (path, path.with_suffix(".png"), path.with_name(f"{path.stem}-mask.png")):
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)
        if candidate_ids is None and self._directory.is_dir():
            for file in self._directory.glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    file.unlink()
        with contextlib.suppress(OSError):
            self._directory.rmdir()

    def _record_files(self) -> list[Path]:
        try:
            return sorted(path for path in self._directory.iterdir() if _RECORD.fullmatch(path.name))
        except OSError:
            return []

    def _next_number(self) -> int:
        numbers = [int(path.name[:8]) for path in self._record_files()]
        return max(numbers, default=0) + 1

    def _id_of(self, path: Path) -> str | None:
        try:
            found = schema.parse_candidate(_read_json(path))
        except (ProjectError, OSError):
            return None
        return None if found is None else found.id

    def _load(self, path: Path) -> CandidateRecord:
        values = _read_json(path)
        stored = schema.parse_candidate(values)
        if stored is None:
            raise DamagedError("its description is incomplete.")
        rgb = self._load_picture(stored.source, values)
        mask = None if stored.mask_source is None else self._load_picture(stored.mask_source, values)
        if rgb.size != stored.rect.size or (mask is not None and mask.size != stored.rect.size):
            raise DamagedError("its picture has another size.")
        return CandidateRecord(
            id=stored.id,
            recipe=stored.recipe,
            rect=stored.rect,
            rgb=rgb.pixels[..., :3].copy(),
            mask=None if mask is None else mask.pixels[..., 0].copy(),
            goes_below=stored.goes_below,
            seam_score=stored.seam_score,
        )

    def _load_picture(self, name: str, values: dict[str, object]) -> images.DecodedImage:
        # The name comes from a file: no part of it may lead out of the folder.
        data = (self._directory / Path(name).name).read_bytes()
        checksums = values.get("checksums")
        promised = checksums.get(name) if isinstance(checksums, dict) else None
        if promised is not None and promised != zlib.crc32(data):
            raise DamagedError("its picture is not the one that was stored.")
        return images.decode(data)


def journal_for(data_dir: Path, document_id: str) -> CandidateJournal:
    """The finished pictures of one document below the studio's data folder."""
    return CandidateJournal(folder_for(data_dir, document_id))


def folder_for(data_dir: Path, document_id: str) -> Path:
    """Where all that must survive a crash of one document is kept."""
    assert is_document_id(document_id), "an id that could lead out of the folder"
    return data_dir / FOLDER / document_id


def unsaved_documents(data_dir: Path) -> tuple[str, ...]:
    """Ids of the documents that left finished pictures behind."""
    try:
        folders = sorted(path for path in (data_dir / FOLDER).iterdir() if path.is_dir())
    except OSError:
        return ()
    return tuple(path.name for path in folders if not CandidateJournal(path).is_empty)


def _read_json(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        data = file.read(_MAX_JSON_BYTES + 1)
    if len(data) > _MAX_JSON_BYTES:
        raise DamagedError("its description is far too long.")
    return schema.load_json(data)
