"""A crash costs the gesture in hand and nothing else: the document comes back bit for bit, with undo and redo."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from studio.core.errors import ProjectError
from studio.core.geometry import Point, Rect, Size
from studio.document.changes import Target
from studio.document.document import Document
from studio.document.guide import Guide
from studio.document.layer import Layer
from studio.document.text import Text
from studio.document.turning import TURNS
from studio.jobs.queue import JobQueue
from studio.project.edit_journal import new_journal
from studio.project.journal import folder_for, journal_for
from studio.workspace import recovery
from studio.workspace.background import Inline
from studio.workspace.recovery import leftovers, replay
from studio.workspace.workspace import Workspace
from tests.document.pictures import state_of
from tests.fakes.link import FakeLink
from tests.project import examples

CANVAS = Size(600, 400)


class Studio:
    """A workspace that keeps its steps below `home`; `die` lets go of the files as the end of a process does."""

    opened: ClassVar[list[Studio]] = []

    def __init__(self, home: Path) -> None:
        self.opened.append(self)
        self.home = home
        self.workspace = Workspace(
            queue=JobQueue(FakeLink()),
            background=Inline(),
            canvas=CANVAS,
            journal=lambda document_id: journal_for(home, document_id),
            edit_journal=lambda document_id: new_journal(folder_for(home, document_id)),
        )

    def die(self) -> None:
        assert self.workspace.safekeeping is not None
        self.workspace.safekeeping.close()

    def paint(self, seed: int, target: Target | None = None) -> None:
        workspace = self.workspace
        target = target or Target.pixels(workspace.document.active_layer_id or "")
        generator = np.random.default_rng(seed)
        x, y = (int(v) for v in generator.integers(0, 500, 2))
        with workspace.history.transaction(f"Paint {seed}") as gesture:
            for key in Rect(x, y, 150, 150).tiles(256):
                tile = gesture.edit_tile(target, key)
                tile[:] = generator.integers(0, 256, tile.shape, dtype=np.uint8)
                if tile.ndim == 3:
                    tile[..., :3] = np.minimum(tile[..., :3], tile[..., 3:])
            gesture.touch(target, Rect(x, y, 150, 150))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    yield Studio(tmp_path)
    for opened in Studio.opened:
        opened.die()
    Studio.opened.clear()


def picture_of(document: Document) -> dict[str, Any]:
    """Which layer is active is a choice, no part of a step."""
    return {name: value for name, value in state_of(document).items() if name != "active"}


def assert_recovers(studio: Studio) -> recovery.Recovered:
    """The document, and every state that undo and redo lead to, are the ones of the studio that died."""
    workspace = studio.workspace
    studio.die()
    (leftover,) = leftovers(studio.home)
    found = replay(leftover)
    assert found.history.labels() == workspace.history.labels()
    assert found.history.position == workspace.history.position
    assert state_of(found.document) == state_of(workspace.document)
    position = workspace.history.position
    while workspace.history.can_undo:
        assert workspace.history.undo() == found.history.undo()
        assert picture_of(found.document) == picture_of(workspace.document)
    assert not found.history.can_undo
    while workspace.history.can_redo:
        assert workspace.history.redo() == found.history.redo()
        assert picture_of(found.document) == picture_of(workspace.document)
    while workspace.history.position > position:
        workspace.history.undo()
        found.history.undo()
    return found


def test_strokes_come_back_with_undo_and_redo(studio: Studio) -> None:
    for seed in range(4):
        studio.paint(seed)
    studio.workspace.undo()
    studio.workspace.undo()
    studio.workspace.redo()
    assert_recovers(studio)


def test_nothing_is_written_before_the_first_step(studio: Studio) -> None:
    studio.workspace.settings.set(prompt="a lake")
    studio.die()
    assert not (studio.home / "journal").exists()
    assert leftovers(studio.home) == ()


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_steps(studio: Studio, seed: int) -> None:
    rng = random.Random(seed)
    workspace = studio.workspace

    def a_layer() -> Layer:
        return rng.choice(list(workspace.document.layers))

    def slide() -> None:
        layer = a_layer()
        for _ in range(rng.randrange(1, 4)):
            workspace.set_layer(layer.id, opacity=rng.randrange(0, 11) / 10)

    def mask() -> None:
        layer = a_layer()
        workspace.select_layer(layer.id)
        if layer.mask is None:
            workspace.layers.add_mask(layer.id)
        else:
            workspace.layers.delete_mask(layer.id)

    def delete() -> None:
        if len(workspace.document.layers) > 1:
            workspace.delete_layer(a_layer().id)

    actions = [
        lambda: studio.paint(rng.randrange(1000), Target.pixels(a_layer().id)),
        lambda: studio.paint(rng.randrange(1000), Target.SELECTION),
        workspace.add_layer,
        delete,
        lambda: workspace.duplicate_layer(a_layer().id),
        slide,
        mask,
        workspace.fill_mask,
        workspace.invert_mask,
        workspace.clear_mask,
        workspace.undo,
        workspace.undo,
        workspace.redo,
        lambda: workspace.set_layer(
            a_layer().id, name=f"Layer {rng.random()}", is_visible=rng.random() < 0.5
        ),
        lambda: workspace.picture.turn(rng.choice(list(TURNS))),
    ]
    for _ in range(25):
        rng.choice(actions)()
    studio.paint(seed)
    assert_recovers(studio)


def test_a_second_crash_loses_no_more_than_the_first(studio: Studio) -> None:
    studio.paint(1)
    studio.paint(2)
    found = assert_recovers(studio)
    again = Studio(studio.home)
    again.workspace.files.recover(found.leftover)
    assert state_of(again.workspace.document) == state_of(studio.workspace.document)
    assert leftovers(studio.home) == (), "what is open is not offered"
    again.workspace.undo()
    again.workspace.add_layer()
    again.paint(3)
    again.die()
    (leftover,) = leftovers(studio.home)
    replayed = replay(leftover)
    assert state_of(replayed.document) == state_of(again.workspace.document)
    while again.workspace.history.can_undo:
        assert again.workspace.history.undo() == replayed.history.undo()
        assert picture_of(replayed.document) == picture_of(again.workspace.document)


def test_what_is_saved_is_not_offered(studio: Studio, tmp_path: Path) -> None:
    studio.paint(1)
    studio.workspace.files.save(tmp_path / "picture.ora")
    studio.die()
    assert leftovers(studio.home) == ()


def test_what_came_after_a_save_is_offered(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "picture.ora"
    studio.paint(1)
    studio.workspace.files.save(path)
    studio.paint(2)
    found = assert_recovers(studio)
    assert found.leftover.steps == 1
    assert found.project_path == path
    assert not found.history.is_clean
    found.history.undo()
    assert found.history.is_clean


def test_an_opened_project_is_not_written_down_again(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "picture.ora"
    for seed in range(8):
        studio.paint(seed)
    studio.workspace.files.save(path)
    studio.workspace.files.let_go()
    studio.workspace.files.open_project(path)
    before = state_of(studio.workspace.document)
    studio.paint(20)
    (journal,) = (tmp_path / "journal").glob("*/edits-*.journal")
    assert journal.stat().st_size < 1_600_000, "four tiles of noise, and not the eight strokes"
    found = assert_recovers(studio)
    found.history.undo()
    assert state_of(found.document) == before


def test_a_project_saved_again_and_painted_on_is_its_own_base(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "picture.ora"
    studio.paint(1)
    studio.workspace.files.save(path)
    studio.workspace.files.let_go()
    studio.workspace.files.open_project(path)
    studio.paint(2)
    studio.workspace.files.save(path)
    studio.paint(3)
    expected = state_of(studio.workspace.document)
    studio.die()
    (leftover,) = leftovers(studio.home)
    assert leftover.steps == 1
    found = replay(leftover)
    assert state_of(found.document) == expected
    assert found.history.labels() == ("Paint 3",)


def test_a_project_somebody_else_wrote_over_is_told(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "picture.ora"
    studio.paint(1)
    studio.workspace.files.save(path)
    studio.workspace.files.let_go()
    studio.workspace.files.open_project(path)
    studio.paint(2)
    studio.die()
    path.write_bytes(path.read_bytes() + b"\0")
    (leftover,) = leftovers(studio.home)
    with pytest.raises(ProjectError, match="no longer the file"):
        replay(leftover)


def test_finished_pictures_and_prompts_come_back(studio: Studio) -> None:
    workspace = studio.workspace
    workspace.settings.set(prompt="a lake", steps=31)
    record = examples.candidate(np.random.default_rng(1), "one", Rect(10, 20, 64, 64))
    workspace.results.add(record)
    workspace.generating.candidate_finished.emit(record)
    studio.die()
    again = Studio(studio.home)
    (leftover,) = leftovers(studio.home)
    assert leftover.candidates == 1
    again.workspace.files.recover(leftover)
    assert again.workspace.settings.values.prompt == "a lake"
    assert again.workspace.settings.values.steps == 31
    (kept,) = again.workspace.results.candidates
    examples.assert_same_candidate(kept, record)
    assert again.workspace.is_dirty


def test_work_that_was_thrown_away_by_choice_is_gone(studio: Studio) -> None:
    studio.paint(1)
    record = examples.candidate(np.random.default_rng(1), "one", Rect(0, 0, 64, 64))
    studio.workspace.results.add(record)
    studio.workspace.generating.candidate_finished.emit(record)
    studio.workspace.new(Size(64, 64))
    assert [path for path in (studio.home / "journal").rglob("*") if path.is_file()] == []


def test_deleting_a_leftover_deletes_its_pictures(studio: Studio) -> None:
    studio.paint(1)
    record = examples.candidate(np.random.default_rng(1), "one", Rect(0, 0, 64, 64))
    studio.workspace.generating.candidate_finished.emit(record)
    studio.die()
    (leftover,) = leftovers(studio.home)
    assert recovery.thumbnail_of(leftover).shape[2] == 4
    recovery.discard(leftover)
    assert [path for path in (studio.home / "journal").rglob("*") if path.is_file()] == []


def test_words_guides_and_kept_masks_come_back(studio: Studio) -> None:
    workspace = studio.workspace
    studio.paint(1)
    studio.paint(2, Target.SELECTION)
    kept = workspace.saved_masks.save()
    workspace.picture.add_guide(Guide(True, 77))
    words = Text(text="Bread", family="Sans", position=Point(20, 30))
    workspace.texts.set_text(None, words, Rect(20, 30, 50, 20), np.full((20, 50, 4), 255, np.uint8))
    workspace.saved_masks.rename(kept, "Door")
    workspace.saved_masks.tell(kept, prompt="a green door", weight=0.5, feather_px=9.0)
    workspace.picture.turn("flip_horizontal")
    workspace.picture.turn("flip_vertical")
    workspace.undo()
    studio.paint(3, Target.SELECTION)
    assert [mask.name for mask in workspace.document.saved_masks] == ["Door"]
    workspace.saved_masks.delete(kept)
    workspace.picture.clear_guides()
    workspace.undo()
    workspace.undo()
    assert_recovers(studio)
