"""What the harness makes of measures, found or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.quiet import training_paused
from bench.report import table, write_json
from bench.row import Measure, Reading, Row, Target, make_row, not_measured
from bench.run import run_group

FAST = Target(name="how fast", unit="ms", bar=8.0)
WHOLE = Target(name="how much", unit="share", bar=1.0, is_minimum=True)


def test_a_bar_is_a_most_or_a_least() -> None:
    assert FAST.is_kept_by(8.0)
    assert not FAST.is_kept_by(8.1)
    assert WHOLE.is_kept_by(1.0)
    assert not WHOLE.is_kept_by(0.99)
    assert (FAST.bar_text, WHOLE.bar_text) == ("≤ 8", "≥ 1")


def test_a_row_has_exactly_the_agreed_keys() -> None:
    row = make_row("main", FAST, Reading(value=7.123456, peers="bare 2.4 ms"))
    assert list(row.to_json()) == ["group", "name", "value", "unit", "bar", "holds", "peers"]
    assert row.value == 7.1235
    assert row.holds


def test_what_could_not_be_measured_is_a_row_that_does_not_hold() -> None:
    row = make_row("main", FAST, Reading(value=None, peers="no display"))
    assert (row.value, row.holds, row.peers) == (None, False, "no display")
    assert not make_row("main", FAST, None).holds


def test_a_measure_that_raises_gives_all_its_rows_with_the_reason() -> None:
    def broken() -> Mapping[str, Reading]:
        raise OSError("no such\nthing")

    rows = run_group("main", [Measure(targets=(FAST, WHOLE), run=broken)])
    assert [row.name for row in rows] == ["how fast", "how much"]
    assert all(row.value is None and not row.holds for row in rows)
    assert all(row.peers == "not measured: OSError: no such thing" for row in rows)


def test_a_measure_after_a_broken_one_still_runs() -> None:
    def broken() -> Mapping[str, Reading]:
        raise ValueError

    fine = Measure(targets=(WHOLE,), run=lambda: {WHOLE.name: Reading(value=1.0, peers="")})
    rows = run_group("main", [Measure(targets=(FAST,), run=broken), fine])
    assert [row.holds for row in rows] == [False, True]


def test_a_target_without_a_reading_is_not_silent() -> None:
    row = run_group("main", [Measure(targets=(FAST,), run=lambda: {})])[0]
    assert row.value is None
    assert row.peers


def test_only_chooses_measures_by_the_names_of_their_targets() -> None:
    ran: list[str] = []

    def make(target: Target) -> Measure:
        def run() -> Mapping[str, Reading]:
            ran.append(target.name)
            return {target.name: Reading(value=0.0, peers="")}

        return Measure(targets=(target,), run=run)

    run_group("main", [make(FAST), make(WHOLE)], only="MUCH")
    assert ran == ["how much"]


def test_a_long_reason_is_cut() -> None:
    assert len(not_measured(ValueError("x" * 5000)).peers) < 400


def rows() -> list[Row]:
    return [
        make_row("main", FAST, Reading(value=7.0, peers="a bare widget 2.4 ms " * 12)),
        make_row("main", WHOLE, None),
    ]


def test_the_table_shows_every_word_of_every_row() -> None:
    text = table(rows())
    assert text.count("2.4") == 12
    assert "MISS how much" in text
    assert "1 of 2 hold" in text


def test_the_file_is_a_list_of_rows(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    write_json(rows(), file)
    assert [entry["value"] for entry in json.loads(file.read_text(encoding="utf-8"))] == [7.0, None]


def test_training_sleeps_while_it_is_measured_and_wakes_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.quiet.SETTLE_S", 0.0)
    seen: list[bool] = []

    def fail() -> None:
        with training_paused(tmp_path):
            seen.append((tmp_path / "PAUSE").exists())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert seen == [True]
    assert not (tmp_path / "PAUSE").exists()


def test_a_pause_somebody_else_asked_for_stays(tmp_path: Path) -> None:
    (tmp_path / "PAUSE").touch()
    with training_paused(tmp_path):
        pass
    assert (tmp_path / "PAUSE").exists()
