from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.brushes.brush import LIMITS, Brush
from studio.brushes.brush_json import brush_from_json, brush_to_json
from studio.brushes.preset import (
    MAX_BYTES,
    clean_name,
    preset_from_json,
    preset_to_json,
    read_presets,
    shipped_presets,
)
from studio.brushes.tips import ROUND, texture_names, texture_picture, tip_names, tip_picture
from studio.core.errors import SettingsError
from tests.brushes.test_building_up import brushes

anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(brushes)
def test_a_brush_comes_back_from_its_file(brush: Brush) -> None:
    brush = brush.clamped()
    assert brush_from_json(json.loads(json.dumps(brush_to_json(brush)))) == brush


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*LIMITS, "tip", "texture", "is_pixel", "dynamics", "nothing"]), anything, max_size=8
    )
)
def test_whatever_a_file_says_the_brush_is_within_its_limits(values: dict[str, object]) -> None:
    brush = brush_from_json(values)
    assert brush == brush.clamped()
    assert isinstance(brush.tip, str)
    assert all(0 <= point.y <= 1 for entry in brush.dynamics for point in entry.curve.points)


def test_there_are_brushes_for_every_purpose_and_all_they_need_is_there() -> None:
    presets = shipped_presets()
    assert len(presets) >= 20
    assert len({preset.id for preset in presets}) == len(presets) == len({preset.name for preset in presets})
    tools = {preset.tool_id for preset in presets}
    assert tools == {"brush", "eraser", "smudge", "blur", "clone", "heal"}
    for preset in presets:
        assert preset.brush.tip in tip_names()
        assert preset.brush.texture in ("", *texture_names())
        assert not preset.is_own
        raw = json.loads(preset_to_json(preset))
        assert preset_from_json(preset_to_json(preset), id=preset.id, is_own=False) == preset
        assert raw["name"] == preset.name


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"brush": 3}', b"[" * 5000, b" " * (MAX_BYTES + 1)]
)
def test_what_is_no_preset_is_refused(data: bytes) -> None:
    with pytest.raises(SettingsError):
        preset_from_json(data, id="x", is_own=True)


def test_broken_files_are_passed_over_and_named(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"name": "Mine\\u0000\\n  two", "brush": {"size_px": 7}}')
    (tmp_path / "bad.json").write_text("nonsense")
    found, broken = read_presets(tmp_path)
    assert [(preset.name, preset.brush.size_px) for preset in found] == [("Mine two", 7.0)]
    assert broken == ["bad.json"]
    assert read_presets(tmp_path / "missing") == ([], [])
    assert clean_name(" \n") == "Brush"


def test_names_from_files_never_become_paths() -> None:
    for name in ("../tips/chalk", "/etc/passwd", "chalk.png", "Chalk", ""):
        assert tip_picture(name) is None
    assert brush_from_json({"tip": "../../x"}).tip == "../../x"
    assert tip_names()[0] == ROUND


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 1.7, 4.0])
def test_paper_goes_on_beyond_its_edges(scale: float) -> None:
    for name in texture_names():
        paper = texture_picture(name, scale, 256)
        assert paper is not None
        assert paper.shape[0] % 256 == 0
        inside = abs(paper[:, 1:].astype(int) - paper[:, :-1]).mean()
        across = abs(paper[:, 0].astype(int) - paper[:, -1]).mean()
        assert across < 2 * inside + 2
