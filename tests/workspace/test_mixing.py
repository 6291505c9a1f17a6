"""Results mixed: one step, nothing outside changes, kept in the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.document.mixing import is_mix
from studio.generation.request import Recipe
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.results import Candidate
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink

PLACE = Rect(60, 70, 120, 90)


def open_workspace() -> tuple[Workspace, list[Notice]]:
    workspace = Workspace(queue=JobQueue(FakeLink()), background=Inline(), canvas=Size(300, 300))
    photo = np.random.default_rng(0).integers(0, 256, (300, 300, 4), np.uint8)
    photo[..., 3] = 255
    workspace.layers.add_image("Photo", photo, (0, 0), label="Open")
    notices: list[Notice] = []
    workspace.notices.subscribe(notices.append)
    mask = np.zeros((PLACE.height, PLACE.width), np.uint8)
    mask[10:-10, 10:-10] = 255
    for index, level in enumerate((40, 120, 220)):
        workspace.results.add(
            Candidate(
                id=f"c{index}",
                recipe=Recipe(model="starter", prompt="a lake", seed=index),
                rect=PLACE,
                rgb=np.full((PLACE.height, PLACE.width, 3), level, np.uint8),
                mask=mask,
            )
        )
    workspace.results.add(
        Candidate(
            id="far", recipe=Recipe(model="starter"), rect=Rect(0, 0, 8, 8), rgb=np.zeros((8, 8, 3), np.uint8)
        ),
        show=False,
    )
    return workspace, notices


def test_mixing_shows_the_shown_one_and_is_one_step() -> None:
    workspace, notices = open_workspace()
    workspace.results.show("c1")
    before = flatten(workspace.document, workspace.document.canvas)
    group_id = workspace.mix_results()
    assert group_id is not None
    group = workspace.document.layers.layer(group_id)
    assert is_mix(group)
    assert [layer.recipe.seed for layer in group.members if layer.recipe] == [1, 0, 2]
    assert workspace.document.active_layer_id == group.members[1].id
    after = flatten(workspace.document, workspace.document.canvas)
    assert (after[PLACE.y + 40, PLACE.x + 40, :3] == 120).all()
    outside = np.ones((300, 300), bool)
    outside[PLACE.y + 10 : PLACE.bottom - 10, PLACE.x + 10 : PLACE.right - 10] = False
    assert np.array_equal(after[outside], before[outside])
    assert notices == []
    workspace.undo()
    assert np.array_equal(flatten(workspace.document, workspace.document.canvas), before)


def test_one_result_alone_is_no_mix() -> None:
    workspace, _ = open_workspace()
    workspace.results.show("far")
    assert workspace.mix_results() is None
    workspace.results.show(None)
    assert workspace.mix_results() is None


def test_a_mix_lives_in_the_project(tmp_path: Path) -> None:
    workspace, _ = open_workspace()
    workspace.mix_results()
    expected = flatten(workspace.document, workspace.document.canvas)
    workspace.files.save(tmp_path / "mix.ora")
    other, problems = open_workspace()
    other.files.open_project(tmp_path / "mix.ora")
    assert [notice for notice in problems if notice.is_error] == []
    assert np.array_equal(flatten(other.document, other.document.canvas), expected)
    assert any(is_mix(layer) for layer in other.document.layers if layer.is_group)
