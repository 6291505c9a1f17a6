from __future__ import annotations

import json

import pytest

from studio.brushes.brush import MAX_SIZE_PX, MIN_SIZE_PX
from studio.tools.settings import DEFAULT_BRUSHES, ToolSettings


@pytest.fixture
def settings() -> ToolSettings:
    return ToolSettings()


def test_each_tool_keeps_its_own_brush(settings: ToolSettings) -> None:
    settings.set(active_tool_id="brush", size_px=12)
    settings.set(active_tool_id="eraser", size_px=80, hardness=0.25)
    settings.active_tool_id = "brush"
    assert settings.size_px == 12
    assert settings.brush_of("eraser").size_px == 80
    assert settings.brush_of("eraser").hardness == 0.25
    assert settings.brush_of("pan").size_px > 0


def test_what_changed_is_told_once_and_only_if_it_did(settings: ToolSettings) -> None:
    told: list[str] = []
    settings.changed.subscribe(told.append)
    settings.set(active_tool_id="brush", size_px=33, hardness=0.1, opacity=0.2, color=(1, 2, 3))
    settings.set(active_tool_id="brush", size_px=33, hardness=0.1, opacity=0.2, color=(1, 2, 3))
    assert told == ["active_tool_id", "size_px", "hardness", "opacity", "color"]


def test_values_are_cut_to_their_range(settings: ToolSettings) -> None:
    settings.set(size_px=1e9, hardness=-3, opacity=7, color=(-5, 300, 12))
    assert (settings.size_px, settings.hardness, settings.opacity) == (MAX_SIZE_PX, 0.0, 1.0)
    assert settings.color == (0, 255, 12)
    settings.size_px = 0
    assert settings.size_px == MIN_SIZE_PX


def test_what_is_kept_comes_back(settings: ToolSettings) -> None:
    settings.set(active_tool_id="eraser", size_px=77.5, opacity=0.5, color=(9, 8, 7))
    restored = ToolSettings()
    restored.restore(json.loads(json.dumps(settings.to_json())))
    assert restored.brush_of("eraser") == settings.brush_of("eraser")
    assert restored.color == (9, 8, 7)


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"color": "red", "brushes": 5},
        {"color": [1, 2], "brushes": {"brush": [], "nothing": {"size_px": 4}}},
        {
            "color": [1, 2, None],
            "brushes": {"brush": {"size_px": "big", "hardness": True, "opacity": float("nan")}},
        },
    ],
)
def test_a_damaged_store_changes_nothing(settings: ToolSettings, saved: dict[str, object]) -> None:
    before = settings.to_json()
    settings.restore(saved)
    assert settings.to_json() == before


def test_restoring_tells_about_the_active_tool(settings: ToolSettings) -> None:
    told: list[str] = []
    settings.changed.subscribe(told.append)
    settings.restore(
        {"brushes": {tool_id: {"size_px": 99999, "hardness": 0.9} for tool_id in DEFAULT_BRUSHES}}
    )
    assert told == ["size_px", "hardness"]
    assert settings.size_px == MAX_SIZE_PX
