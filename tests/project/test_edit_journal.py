"""Steps on the disk: whole up to the first entry that is cut or damaged, whatever happened to the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import ProjectError
from studio.document.changes import Target
from studio.document.pixels import TILE_PX
from studio.project.edit_journal import EditJournal, JournalEntry, ReadJournal, TileChange, new_journal
from studio.project.lock import is_locked


def entry(number: int) -> JournalEntry:
    generator = np.random.default_rng(number)
    pixels = generator.integers(0, 256, (TILE_PX, TILE_PX, 4), dtype=np.uint8)
    mask = generator.integers(0, 256, (TILE_PX, TILE_PX), dtype=np.uint8)
    return JournalEntry(
        values={"step": number, "label": "Pinsel ö \ud800"},
        tiles=(
            TileChange(Target.pixels("a"), (number, -3), pixels),
            TileChange(Target.mask("a"), (-number, 0), mask),
            TileChange(Target.SELECTION, (0, 0), None),
        ),
    )


def assert_same(one: JournalEntry, other: JournalEntry) -> None:
    assert one.values == other.values
    assert len(one.tiles) == len(other.tiles)
    for mine, theirs in zip(one.tiles, other.tiles, strict=True):
        assert mine[:2] == theirs[:2]
        assert (mine.tile is None) == (theirs.tile is None)
        assert mine.tile is None or np.array_equal(mine.tile, theirs.tile)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = new_journal(tmp_path / "journal" / "doc")
    for number in range(3):
        journal.append(entry(number))
    journal.close()
    return journal.path


def test_everything_comes_back_bit_for_bit(path: Path) -> None:
    found = ReadJournal(path)
    for number, read in enumerate(found):
        assert_same(read, entry(number))
    assert found.end == path.stat().st_size


def test_a_journal_cut_anywhere_keeps_what_was_whole(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    ends = []
    found = ReadJournal(path)
    for _ in found:
        ends.append(found.end)
    cut = tmp_path / "cut.journal"
    for length in [*range(19, len(data), 9973), *(end - 1 for end in ends), *ends]:
        cut.write_bytes(data[:length])
        assert len(list(ReadJournal(cut))) == sum(end <= length for end in ends)


def test_a_flipped_bit_ends_it_before_the_damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    found = ReadJournal(path)
    next(iter(found))
    data[found.end + 200] ^= 1
    path.write_bytes(data)
    assert len(list(ReadJournal(path))) == 1


def test_it_goes_on_behind_the_last_whole_entry(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"step\0\0half of an entry")
    found = ReadJournal(path)
    assert len(list(found)) == 3
    journal = EditJournal(path, resume_at=found.end)
    journal.append(entry(3))
    journal.close()
    entries = list(ReadJournal(path))
    assert len(entries) == 4
    assert_same(entries[3], entry(3))


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(ProjectError):
        list(ReadJournal(other))


@pytest.mark.parametrize(
    "head",
    [
        b"[]",
        b"{",
        b'{"values": 1, "tiles": []}',
        b'{"values": {}, "tiles": [["pixels", "a", 0, 0, 4000000]]}',
        b'{"values": {}, "tiles": [["pixels", null, 0, 0, 0]]}',
        b'{"values": {}, "tiles": [["pixels", "a", 1e9, 0, 0]]}',
        b'{"values": {}, "tiles": [["pixels", "a", 0, 0, 5]]}',
        b'{"values": {}, "tiles": [["files", "a", 0, 0, 0]]}',
    ],
)
def test_a_lie_in_an_entry_ends_the_journal(path: Path, head: bytes) -> None:
    import struct
    import zlib

    body = b"12345"
    crc = zlib.crc32(body, zlib.crc32(head))
    with path.open("ab") as file:
        file.write(struct.pack(">4sIQI", b"step", len(head), len(body), crc) + head + body)
    assert len(list(ReadJournal(path))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is a thing of Unix")
def test_a_full_disk_leaves_a_whole_journal(tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow beyond a limit."""
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from studio.core.errors import ProjectError
from studio.project.edit_journal import new_journal
from tests.project.test_edit_journal import entry
journal = new_journal(Path({str(tmp_path)!r}))
journal.append(entry(0))
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 5000,) * 2)
try:
    journal.append(entry(1))
except ProjectError as error:
    print(error.remedy)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Save" in done.stdout
    (path,) = tmp_path.glob("edits-*.journal")
    found = ReadJournal(path)
    assert len(list(found)) == 1
    assert found.end == path.stat().st_size


def test_a_living_process_holds_its_journal_and_a_dead_one_does_not(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from studio.project.edit_journal import JournalEntry, new_journal\n"
        "journal = new_journal(Path(sys.argv[1])); journal.append(JournalEntry(values={'step': 0}))\n"
        "print(journal.path, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    with process, process.stdout:
        path = Path(process.stdout.readline().strip())
        assert is_locked(path)
        with pytest.raises(ProjectError):
            EditJournal(path, resume_at=path.stat().st_size).append(entry(1))
        process.kill()
        process.wait()
    assert not is_locked(path)
    assert len(list(ReadJournal(path))) == 1
