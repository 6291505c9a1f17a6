"""A finished picture is on the disk before anyone has looked at it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import ProjectError
from studio.core.geometry import Rect
from studio.project import atomic
from studio.project.journal import CandidateJournal, journal_for, unsaved_documents
from studio.project.snapshot import CandidateRecord
from tests.project import examples


@pytest.fixture
def records() -> list[CandidateRecord]:
    generator = np.random.default_rng(2)
    return [
        examples.candidate(generator, f"id/{n}", Rect(-n, n, 20 + n, 10), masked=bool(n % 2))
        for n in range(4)
    ]


@pytest.fixture
def journal(tmp_path: Path, records: list[CandidateRecord]) -> CandidateJournal:
    journal = journal_for(tmp_path, "doc")
    for record in records:
        journal.store(record)
    return journal


def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "doc"


def test_everything_comes_back_in_order(journal: CandidateJournal, records: list[CandidateRecord]) -> None:
    content = journal.load_all()
    assert content.warnings == ()
    for stored, loaded in zip(records, content.records, strict=True):
        examples.assert_same_candidate(stored, loaded)


def test_order_is_no_matter_of_clocks(
    journal: CandidateJournal, records: list[CandidateRecord], tmp_path: Path
) -> None:
    for number, path in enumerate(sorted(folder(tmp_path).glob("*.json"))):
        os.utime(path, (1_000_000 - number, 1_000_000 - number))
    journal.clear({records[1].id})
    journal.store(records[1])
    assert [record.id for record in journal.load_all().records] == ["id/0", "id/2", "id/3", "id/1"]


def test_an_empty_or_missing_journal(tmp_path: Path) -> None:
    journal = CandidateJournal(tmp_path / "none")
    assert journal.is_empty
    assert journal.load_all().records == ()
    journal.clear()
    assert not (tmp_path / "none").exists()


def test_clearing_what_was_saved_keeps_the_rest(
    journal: CandidateJournal, records: list[CandidateRecord], tmp_path: Path
) -> None:
    journal.clear({record.id for record in records[:3]})
    assert [record.id for record in journal.load_all().records] == ["id/3"]
    assert unsaved_documents(tmp_path) == ("doc",)
    journal.clear()
    assert journal.is_empty
    assert not folder(tmp_path).exists()
    assert unsaved_documents(tmp_path) == ()


@pytest.mark.parametrize("suffix", [".json", ".png"])
def test_a_torn_record_costs_only_itself(
    journal: CandidateJournal, records: list[CandidateRecord], tmp_path: Path, suffix: str
) -> None:
    last = sorted(path for path in folder(tmp_path).glob(f"*{suffix}") if "mask" not in path.name)[-1]
    whole = last.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        last.write_bytes(whole[:size])
        content = journal.load_all()
        assert [record.id for record in content.records] == [record.id for record in records[:3]]
        assert len(content.warnings) == 1
        assert content.warnings[0].endswith(".")
    last.unlink()
    content = journal.load_all()
    assert len(content.records) == 3
    assert len(content.warnings) == (0 if suffix == ".json" else 1)


def test_a_flipped_pixel_is_noticed(journal: CandidateJournal, tmp_path: Path) -> None:
    picture = sorted(folder(tmp_path).glob("*.png"))[0]
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 1
    picture.write_bytes(bytes(data))
    assert "not the one that was stored" in journal.load_all().warnings[0]


def test_names_in_a_record_lead_nowhere(journal: CandidateJournal, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    shutil.copy(sorted(folder(tmp_path).glob("*.png"))[0], secret)
    entry = sorted(folder(tmp_path).glob("*.json"))[0]
    values = json.loads(entry.read_text())
    entry.write_text(json.dumps({**values, "pixels": "../../secret.png", "mask": None, "checksums": {}}))
    assert len(journal.load_all().records) == 3


def test_a_full_disk_is_said_and_keeps_what_was_stored(
    journal: CandidateJournal, records: list[CandidateRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_sync", fail)
    with pytest.raises(ProjectError, match="the disk is full"):
        journal.store(records[0])
    assert len(journal.load_all().records) == 4
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProjectError, match="cannot be kept safe"):
        CandidateJournal(tmp_path / "file" / "x").store(records[0])
