from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import ProjectError
from studio.core.paths import resources_dir
from studio.document.pixels import RGB
from studio.project.palette import read_palette
from studio.workspace.palettes import OWN_ID, Palettes

RED, BLUE = RGB(255, 0, 0), RGB(0, 0, 255)


@pytest.fixture
def palettes(tmp_path: Path) -> Palettes:
    return Palettes(tmp_path / "mine")


def test_the_own_one_comes_first_and_is_empty(palettes: Palettes) -> None:
    assert palettes.ids[0] == OWN_ID
    assert {"studio", "landscape", "skin"} <= set(palettes.ids)
    assert palettes.palette(OWN_ID).swatches == ()
    assert palettes.may_change(OWN_ID)
    assert not palettes.may_change("studio")


def test_colors_are_added_once_kept_and_removed(palettes: Palettes, tmp_path: Path) -> None:
    for color in (RED, BLUE, RED):
        palettes.add_color(color, OWN_ID)
    again = Palettes(tmp_path / "mine")
    assert [swatch.color for swatch in again.palette(OWN_ID).swatches] == [RED, BLUE]
    again.remove_color(0, OWN_ID)
    assert [swatch.color for swatch in Palettes(tmp_path / "mine").palette(OWN_ID).swatches] == [BLUE]
    again.remove_color(0, OWN_ID)
    assert Palettes(tmp_path / "mine").palette(OWN_ID).swatches == ()


def test_an_imported_palette_is_a_copy_and_exports_as_it_came(palettes: Palettes, tmp_path: Path) -> None:
    source = resources_dir() / "palettes" / "skin.gpl"
    told: list[str] = []
    palettes.changed.subscribe(told.append)
    first, second = palettes.take(source), palettes.take(source)
    assert first != second
    assert told == [first, second]
    assert palettes.may_change(first)
    palettes.write(tmp_path / "out.gpl", first)
    assert read_palette(tmp_path / "out.gpl") == read_palette(source)


def test_a_damaged_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "broken.gpl").write_bytes(b"\x00\x01")
    palettes = Palettes(folder)
    assert "broken" not in palettes.ids
    assert "studio" in palettes.ids


def test_an_empty_palette_is_not_written(palettes: Palettes, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no colors"):
        palettes.write(tmp_path / "out.gpl", OWN_ID)
    assert not (tmp_path / "out.gpl").exists()
