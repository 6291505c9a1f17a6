from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.brushes.preset import Preset, shipped_presets
from studio.core.errors import ProjectError, StudioError
from studio.core.geometry import Size
from studio.document.pixels import RGB
from studio.tools.settings import ToolSettings
from studio.workspace.brush_sample import sample_stroke
from studio.workspace.brush_shelf import BrushShelf


@pytest.fixture
def settings() -> ToolSettings:
    made = ToolSettings()
    made.active_tool_id = "brush"
    return made


@pytest.fixture
def shelf(settings: ToolSettings, tmp_path: Path) -> BrushShelf:
    return BrushShelf(settings, tmp_path / "brushes")


def test_choosing_takes_the_brush_into_the_hand(shelf: BrushShelf, settings: ToolSettings) -> None:
    shelf.choose("ink")
    ink = shelf.preset("ink")
    assert ink is not None
    assert settings.brush_of("brush") == ink.brush
    assert shelf.chosen == ink
    assert not shelf.is_changed
    settings.size_px = 77
    assert shelf.is_changed
    shelf.reset()
    assert settings.brush_of("brush") == ink.brush


def test_any_brush_can_erase_or_mask_but_a_smudge_wants_its_tool(
    shelf: BrushShelf, settings: ToolSettings
) -> None:
    settings.active_tool_id = "mask_eraser"
    shelf.choose("chalk")
    assert settings.active_tool_id == "mask_eraser"
    assert settings.brush_of("mask_eraser").tip == "chalk"
    shelf.choose("smudge")
    assert settings.active_tool_id == "smudge"
    shelf.choose("ink")
    assert settings.active_tool_id == "brush"


def test_own_brushes_are_kept_on_disk_and_come_first(
    shelf: BrushShelf, settings: ToolSettings, tmp_path: Path
) -> None:
    settings.set(size_px=91, hardness=0.3)
    mine = shelf.save_as("  Clouds ")
    assert shelf.presets[0] == mine
    assert shelf.chosen == mine
    assert shelf.save_as("Clouds").name == "Clouds 2"
    shelf.choose(mine.id)
    settings.size_px = 12
    shelf.update()
    again = BrushShelf(ToolSettings(), tmp_path / "brushes")
    kept = again.preset(mine.id)
    assert kept is not None
    assert (kept.name, kept.brush.size_px, kept.brush.hardness) == ("Clouds", 12, 0.3)
    again.delete(mine.id)
    assert again.preset(mine.id) is None
    assert BrushShelf(ToolSettings(), tmp_path / "brushes").preset(mine.id) is None


def test_what_comes_with_the_studio_can_be_neither_changed_nor_deleted(
    shelf: BrushShelf, settings: ToolSettings
) -> None:
    before = shelf.presets
    shelf.choose("ink")
    settings.size_px = 500
    shelf.update()
    shelf.delete("ink")
    assert shelf.presets == before


def test_a_folder_that_cannot_be_written_is_said_and_changes_nothing(
    settings: ToolSettings, tmp_path: Path
) -> None:
    (tmp_path / "brushes").write_text("a file stands in the way")
    shelf = BrushShelf(settings, tmp_path / "brushes")
    with pytest.raises(ProjectError):
        shelf.save_as("Mine")
    assert not any(preset.is_own for preset in shelf.presets)


def test_a_mypaint_brush_is_imported_or_refused(shelf: BrushShelf, tmp_path: Path) -> None:
    good, bad = tmp_path / "wet_knife.myb", tmp_path / "bad.myb"
    good.write_text("version 2\nradius_logarithmic 2.0\ntracking_noise 1\n")
    bad.write_bytes(b"\x00" * 100)
    read = shelf.import_file(good)
    assert read.name == "Wet knife"
    assert read.ignored == ("tracking_noise",)
    assert shelf.chosen is not None
    assert shelf.chosen.is_own
    for path in (bad, tmp_path / "missing.myb"):
        with pytest.raises(StudioError):
            shelf.import_file(path)


@pytest.mark.parametrize("preset", shipped_presets(), ids=lambda preset: preset.id)
def test_every_brush_paints_a_stroke_to_be_known_by(preset: Preset) -> None:
    sample = sample_stroke(preset.brush, preset.tool_id, Size(96, 44), RGB(230, 230, 230))
    assert sample.shape == (44, 96, 4)
    assert (sample[..., :3] <= sample[..., 3:]).all()
    assert np.ptp(sample, axis=(0, 1)).max() > 30
