from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core.geometry import Rect
from studio.generation.request import Recipe
from studio.workspace.results import Candidate, Results

PLACE = Rect(0, 0, 8, 8)


def candidate(name: str, rect: Rect = PLACE) -> Candidate:
    return Candidate(id=name, recipe=Recipe(model="m"), rect=rect, rgb=np.zeros((8, 8, 3), np.uint8))


def filled() -> Results:
    results = Results()
    for name in "abc":
        results.add(candidate(name))
    return results


def shown(results: Results) -> str | None:
    return results.current.id if results.current else None


def test_stepping_goes_around_and_starts_at_the_newest() -> None:
    results = filled()
    assert shown(results) == "c"
    results.step(1)
    assert shown(results) == "a"
    results.step(-1)
    assert shown(results) == "c"
    results.show(None)
    results.step(-1)
    assert shown(results) == "c"


def test_removing_the_shown_one_shows_its_neighbour() -> None:
    results = filled()
    results.show("b")
    results.remove("b")
    assert shown(results) == "c"
    results.remove("c")
    assert shown(results) == "a"
    results.remove("a")
    assert shown(results) is None
    results.step(1)
    assert shown(results) is None


def test_a_neighbour_of_another_place_is_not_shown_instead() -> None:
    results = Results()
    results.add(candidate("a"))
    results.add(candidate("far", Rect(100, 0, 8, 8)))
    results.remove("far")
    assert shown(results) is None


def test_sorting_by_seam_changes_how_they_are_stepped_through_and_nothing_else() -> None:
    results = Results()
    for name, score in (("a", 2.0), ("b", None), ("c", 0.9)):
        results.add(replace(candidate(name), seam_score=score))
    results.sort_by_seam(True)
    assert [entry.id for entry in results.ordered] == ["c", "a", "b"]
    assert [entry.id for entry in results.candidates] == ["a", "b", "c"]
    results.step(1)
    assert shown(results) == "a"
    results.sort_by_seam(False)
    assert results.ordered == results.candidates
