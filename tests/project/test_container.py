"""Hostile and broken archives: refused by member, bounded, and read as far as they go."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from studio.core.errors import ProjectError
from studio.project import container
from studio.project.container import Container
from studio.project.damage import DamagedError


def archive_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def opened(data: bytes) -> Container:
    return Container(io.BytesIO(data))


MEMBERS = {
    "mimetype": b"image/openraster",
    "stack.xml": b"<image/>" * 50,
    "data/a.png": bytes(range(256)) * 8,
}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_reads_every_member(method: int) -> None:
    found = opened(archive_of(MEMBERS, method))
    assert found.names == tuple(MEMBERS)
    for name, data in MEMBERS.items():
        member = found.read(name)
        assert member.is_sound
        assert member.data == data
    assert found.refusals == []


@pytest.mark.parametrize(
    "name", ["../up.png", "a/../../b", "c:/x.png", "back\\slash.png", "a//b.png", "./a", "x" * 2000]
)
def test_forbidden_names_are_left_out(name: str) -> None:
    found = opened(archive_of({**MEMBERS, name: b"evil"}))
    assert found.names == tuple(MEMBERS)
    assert "forbidden name" in found.refusals[0]


def test_a_name_with_a_zero_is_left_out() -> None:
    data = archive_of({**MEMBERS, "aXb": b"evil"}).replace(b"aXb", b"a\0b")
    assert all("\0" not in name for name in opened(data).names)


def test_twins_are_left_out() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.png", b"two")
        archive.writestr("b.png", b"three")
    found = opened(buffer.getvalue())
    assert found.names == ("b.png",)
    assert found.refusals == ["“a.png” is there more than once and was left out."]


def test_links_are_left_out() -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("link.png")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.png", b"three")
    found = opened(buffer.getvalue())
    assert found.names == ("b.png",)
    assert "is a link" in found.refusals[0]


def test_encrypted_members_are_left_out() -> None:
    data = bytearray(archive_of({"a.png": b"secret", "b.png": b"open"}, zipfile.ZIP_STORED))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    found = opened(bytes(data))
    assert found.names == ("b.png",)
    assert "encrypted" in found.refusals[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_left_out(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.png", b"x" * 1000)
        archive.writestr("b.png", b"x" * 1000, zipfile.ZIP_STORED)
    found = opened(buffer.getvalue())
    assert found.names == ("b.png",)
    assert "compressed in a way" in found.refusals[0]


def test_overlapping_members_are_left_out() -> None:
    """Two entries of the table that share one member's bytes: a bomb without recursion."""
    data = archive_of({"a.png": b"A" * 100, "b.png": b"B" * 100}, zipfile.ZIP_STORED)
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    forged = bytearray(data)
    # The second entry points at the first member's header.
    forged[second + 42 : second + 46] = struct.pack("<I", 0)
    found = opened(bytes(forged))
    assert found.names == ()
    assert all("overlaps" in refusal for refusal in found.refusals)


def test_a_bomb_is_refused_before_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_BUDGET_BYTES", 1_000_000)
    data = archive_of({"bomb.png": bytes(50_000_000)})
    assert len(data) < 100_000
    with pytest.raises(ProjectError, match="larger than allowed"):
        opened(data).read("bomb.png")


def test_members_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_BUDGET_BYTES", 1_000_000)
    monkeypatch.setattr(container, "_BUDGET_RATIO", 0)
    found = opened(archive_of({f"{n}.png": bytes(400_000) for n in range(4)}))
    assert found.read("0.png").is_sound
    assert found.read("1.png").is_sound
    with pytest.raises(ProjectError, match="larger than allowed"):
        found.read("2.png")


def test_a_lie_about_the_size_unfolds_no_further_than_it_says() -> None:
    data = bytearray(archive_of({"a.png": bytes(30_000_000)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 10)
    member = opened(bytes(data)).read("a.png")
    assert not member.is_sound
    assert len(member.data) <= 11


def test_a_lie_of_no_size_at_all() -> None:
    data = bytearray(archive_of({"a.png": bytes(30_000_000)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 0)
    member = opened(bytes(data)).read("a.png")
    assert not member.is_sound
    assert len(member.data) <= 1


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_MEMBERS", 10)
    with pytest.raises(DamagedError, match="more than 10 members"):
        opened(archive_of({f"{n}": b"" for n in range(11)}))


def test_a_wrong_checksum_is_told_and_the_data_given() -> None:
    data = bytearray(archive_of({"a.png": b"hello world"}, zipfile.ZIP_STORED))
    data[data.index(b"hello")] ^= 1
    member = opened(bytes(data)).read("a.png")
    assert not member.is_sound
    assert member.data == b"iello world"


def test_a_broken_stream_gives_what_came_before() -> None:
    content = "".join(f"line {number} of {number * number}\n" for number in range(20_000)).encode()
    data = bytearray(archive_of({"a.png": content}))
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    member = opened(bytes(data)).read("a.png")
    assert not member.is_sound
    assert member.data[:100_000] == content[:100_000]


def test_without_its_table_members_are_found_one_by_one() -> None:
    data = archive_of(MEMBERS)
    cut = data[: data.index(b"PK\x01\x02")]
    found = opened(cut)
    assert not found.has_directory
    assert found.names == tuple(MEMBERS)
    assert all(found.read(name).data == MEMBERS[name] for name in found.names)
    shorter = opened(cut[:-20])
    assert not shorter.read("data/a.png").is_sound
    assert shorter.read("stack.xml").is_sound


class Unseekable(io.RawIOBase):
    """A pipe: writers to one put the sizes behind the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer
        self.data += bytes(data)
        return len(bytes(data))


def test_streamed_members_without_a_table() -> None:
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    data = bytes(pipe.data)
    assert all(opened(data).read(name).data == content for name, content in MEMBERS.items())
    found = opened(data[: data.index(b"PK\x01\x02")])
    assert not found.has_directory
    assert all(found.read(name).data == content for name, content in MEMBERS.items())


def test_zip64_sizes_without_a_table() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("big.png", "w", force_zip64=True) as member:
        member.write(b"data" * 100)
    data = buffer.getvalue()
    assert opened(data[: data.index(b"PK\x01\x02")]).read("big.png").data == b"data" * 100


def test_a_source_with_a_leading_slash_means_the_member_without() -> None:
    found = opened(archive_of({"data/a.png": b"a", "/data/b.png": b"b"}))
    assert found.find("/data/a.png") == "data/a.png"
    assert found.find("data/b.png") == "/data/b.png"
    assert found.find("data/c.png") is None


def test_a_member_under_two_names_is_not_trusted() -> None:
    data = archive_of({"a.png": b"data"}, zipfile.ZIP_STORED)
    at = data.rindex(b"a.png")
    found = opened(data[:at] + b"b" + data[at + 1 :])
    assert found.names == ("b.png",)
    assert not found.read("b.png").is_sound


def test_nothing_to_read() -> None:
    for data in (b"", b"PK", bytes(1000), b"PK\x03\x04" * 3):
        with pytest.raises(DamagedError):
            opened(data)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = opened(archive_of({"../a": b"", "/etc/b": b"", "c": b""}))
    for name in found.names:
        found.read(name)
    assert list(tmp_path.iterdir()) == []
