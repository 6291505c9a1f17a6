"""Palettes survive a round trip; strangers' files are bounded and refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import ProjectError
from studio.core.paths import resources_dir
from studio.document.pixels import RGB
from studio.project.palette import (
    MAX_BYTES,
    MAX_COLORS,
    Palette,
    Swatch,
    format_palette,
    parse_palette,
    read_palette,
    write_palette,
)

channel = st.integers(0, 255)
names = st.text(st.characters(categories=["L", "N", "P"]), max_size=40)
swatches = st.builds(Swatch, color=st.builds(RGB, channel, channel, channel), name=names)


@given(st.lists(swatches, min_size=1, max_size=30), st.integers(0, 16))
def test_a_round_trip_keeps_colors_and_names(colors: list[Swatch], columns: int) -> None:
    palette = Palette(name="Autumn", swatches=tuple(colors), columns=columns)
    back = parse_palette(format_palette(palette), "other")
    assert (back.name, back.columns) == ("Autumn", columns)
    assert [swatch.color for swatch in back.swatches] == [swatch.color for swatch in colors]
    assert [swatch.name for swatch in back.swatches] == [
        swatch.name.strip() or "Untitled" for swatch in colors
    ]


def test_what_gimp_writes_is_read() -> None:
    data = b"\xef\xbb\xbfGIMP Palette\r\nName: Old\r\nColumns: 4\r\n# a remark\r\n\r\n255   0 128 Pink\r\n  1 2 3\r\nnonsense\r\n"
    palette = parse_palette(data, "file")
    assert (palette.name, palette.columns) == ("Old", 4)
    assert palette.swatches == (
        Swatch(color=RGB(255, 0, 128), name="Pink"),
        Swatch(color=RGB(1, 2, 3), name=""),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 500,
        b"JASC-PAL\n0100\n",
        b"GIMP Palette\nName: Nothing\n",
        b"GIMP Palette\n" + b"1 2 3\n" * (MAX_BYTES // 6),
    ],
)
def test_what_is_no_palette_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ProjectError) as caught:
        parse_palette(data, "x")
    assert caught.value.message.endswith(".")


def test_a_hostile_palette_is_cut() -> None:
    lines = b"".join(b"999 999 999 " + b"n" * 200 + b"\n" for _ in range(MAX_COLORS + 10))
    name = b"Name: evil\x07\x1b[31m" + b"x" * 5000 + b"\nColumns: 99999999999999999999\n"
    palette = parse_palette(b"GIMP Palette\n" + name + lines[: MAX_BYTES - 6000], "x")
    assert len(palette.swatches) <= MAX_COLORS
    assert palette.swatches[0].color == RGB(255, 255, 255)
    assert len(palette.name) <= 120
    assert palette.name.isprintable()
    assert palette.columns <= 64


def test_those_of_the_studio_are_sound(tmp_path: Path) -> None:
    files = sorted((resources_dir() / "palettes").glob("*.gpl"))
    assert len(files) >= 3
    for file in files:
        palette = read_palette(file)
        assert len(palette.swatches) >= 24
        assert all(swatch.name for swatch in palette.swatches)
        write_palette(tmp_path / file.name, palette)
        assert read_palette(tmp_path / file.name) == palette


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="could not be read"):
        read_palette(tmp_path / "gone.gpl")
