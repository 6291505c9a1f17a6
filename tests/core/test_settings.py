"""Settings survive damage, newer versions and full disks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SettingsError
from studio.core.settings import DEFAULTS, MAX_RECENT_FILES, Settings


def test_starts_with_defaults(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.text("theme") == "dark"
    assert settings.problem == ""


def test_round_trip_keeps_unknown_keys(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(
        json.dumps({"version": 9, "from_the_future": [1, 2], "theme": "light"})
    )
    settings = Settings.load(tmp_path)
    settings.set("ui_scale_percent", 150)
    settings.save()
    stored = json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))
    assert stored["from_the_future"] == [1, 2]
    assert stored["theme"] == "light"
    assert Settings.load(tmp_path).number("ui_scale_percent") == 150


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00\x01", '{"theme": ' * 5000])
def test_broken_file_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_text(content)
    settings = Settings.load(tmp_path)
    assert settings.problem
    assert settings.text("theme") == "dark"
    assert (tmp_path / "settings.broken.json").read_text() == content
    settings.save()
    assert Settings.load(tmp_path).problem == ""


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(DEFAULTS)) | st.text(max_size=5), JSON_VALUES, max_size=8))
def test_any_values_leave_every_type_right(values: dict[str, object]) -> None:
    settings = Settings(values)
    for name, default in DEFAULTS.items():
        assert type(settings._values[name]) is type(default)


def test_set_refuses_wrong_types_and_emits_changes() -> None:
    settings = Settings()
    seen: list[str] = []
    settings.changed.subscribe(seen.append)
    for name, value in (("theme", "pink"), ("ui_scale_percent", True), ("nothing", 1), ("recent_files", [1])):
        with pytest.raises(SettingsError):
            settings.set(name, value)
    settings.set("theme", "light")
    settings.set("theme", "light")
    assert seen == ["theme"]


def test_recent_files_newest_first_without_repeats() -> None:
    settings = Settings()
    for index in range(MAX_RECENT_FILES + 3):
        settings.remember_file(Path(f"/p/{index}.ora"))
    settings.remember_file(Path("/p/5.ora"))
    recent = settings.items("recent_files")
    assert recent[0] == str(Path("/p/5.ora"))
    assert len(recent) == len(set(recent)) == MAX_RECENT_FILES
    settings.forget_file(Path("/p/5.ora"))
    assert str(Path("/p/5.ora")) not in settings.items("recent_files")


def test_unwritable_folder_raises_one_sentence(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    settings = Settings(path=blocker / "settings.json")
    with pytest.raises(SettingsError) as caught:
        settings.save()
    assert caught.value.remedy
    assert Settings(path=None).save() is None
