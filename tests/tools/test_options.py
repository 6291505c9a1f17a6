from __future__ import annotations

import json

import pytest

from studio.document.pixels import RGB
from studio.tools import TOOLS
from studio.tools.options import (
    OPTIONS,
    ChoiceOption,
    ColorOption,
    FlagOption,
    FontOption,
    NumberOption,
    tool_option,
)
from studio.tools.settings import ToolSettings

EVERY = [(tool_id, option) for tool_id, options in OPTIONS.items() for option in options]


def test_the_table_is_of_tools_that_exist_and_names_are_unique() -> None:
    assert OPTIONS.keys() <= TOOLS.keys()
    for options in OPTIONS.values():
        assert len({option.name for option in options}) == len(options)
    with pytest.raises(KeyError):
        tool_option("select_wand", "nonsense")


@pytest.mark.parametrize(("tool_id", "option"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_defaults_are_allowed_and_nonsense_changes_nothing(tool_id: str, option: object) -> None:
    assert isinstance(option, FontOption | NumberOption | FlagOption | ChoiceOption | ColorOption)
    settings = ToolSettings()
    assert option.cleaned(option.default) == option.default
    told: list[str] = []
    settings.changed.subscribe(told.append)
    words = () if isinstance(option, FontOption) else ("nonsense",)
    for nonsense in (None, *words, "x" * 999, [], float("nan"), [1, 2, True], {"a": 1}):
        settings.set_option(tool_id, option.name, nonsense)
    assert settings.option(tool_id, option.name) == option.default
    assert told == []


def test_numbers_are_cut_to_their_range() -> None:
    settings = ToolSettings()
    settings.set_option("select_wand", "tolerance", 1000)
    assert settings.number("select_wand", "tolerance") == 255
    assert settings.number("select_wand", "grow") == 0


def test_they_are_remembered() -> None:
    settings = ToolSettings()
    settings.set_option("select_wand", "tolerance", 77)
    settings.set_option("select_wand", "contiguous", False)
    settings.set_option("select_lasso", "mode", "subtract")
    again = ToolSettings()
    again.restore(json.loads(json.dumps(settings.to_json())))
    assert again.to_json() == settings.to_json()
    assert again.number("select_wand", "tolerance") == 77
    assert not again.flag("select_wand", "contiguous")
    again.restore({"options": {"select_wand": {"tolerance": "many"}, "nonsense": 3, "select_lasso": []}})
    assert again.to_json() == settings.to_json()


def test_colors_are_checked() -> None:
    option = ColorOption(name="c", label="C", tip="", default=RGB(1, 2, 3))
    assert option.cleaned([300, -5, 7]) == RGB(255, 0, 7)
    assert option.cleaned((1, 2)) is None
