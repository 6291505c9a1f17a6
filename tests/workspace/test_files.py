"""Projects and pictures through the workspace: real files, everything inline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.generation.request import UInt8Array
from studio.jobs.queue import JobQueue
from studio.project.claims import Claim
from studio.project.journal import CandidateJournal
from studio.project.metadata import FoundRecipe
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink


class Studio:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.link = FakeLink()
        self.queue = JobQueue(self.link)
        self.workspace = Workspace(
            queue=self.queue, background=Inline(), canvas=Size(256, 256), journal=self.journal
        )
        self.notices: list[Notice] = []
        self.workspace.notices.subscribe(self.notices.append)
        self.link.start()
        self.pump()

    def journal(self, document_id: str) -> CandidateJournal:
        return CandidateJournal(self.home / "journal" / document_id)

    def pump(self) -> None:
        self.link.pump(self.queue)

    def generate(self, prompt: str) -> None:
        self.workspace.settings.set(prompt=prompt, steps=2)
        self.workspace.generate()
        self.link.run()
        self.pump()

    def errors(self) -> list[str]:
        return [notice.message for notice in self.notices if notice.is_error]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def noise(width: int, height: int, seed: int = 1) -> UInt8Array:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def write_png(path: Path, pixels: UInt8Array) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def test_a_dropped_photo_becomes_the_document_of_an_untouched_studio(studio: Studio, tmp_path: Path) -> None:
    path = write_png(tmp_path / "photo.png", noise(300, 200))
    studio.workspace.files.place(path)
    assert studio.workspace.document.canvas == Rect(0, 0, 300, 200)
    assert studio.workspace.frame == Rect(0, 0, 300, 200)
    assert np.array_equal(flatten(studio.workspace.document, Rect(0, 0, 300, 200)), noise(300, 200))
    assert studio.workspace.project_path is None


def test_a_second_drop_is_a_layer_in_the_middle_and_one_undo_step(studio: Studio, tmp_path: Path) -> None:
    studio.workspace.files.place(write_png(tmp_path / "one.png", noise(300, 200)))
    studio.workspace.files.place(write_png(tmp_path / "two.png", noise(100, 100, 2)))
    assert [layer.properties.name for layer in studio.workspace.document.layers] == ["one", "two"]
    assert studio.workspace.document.layers[1].surface.bounds() == Rect(100, 50, 100, 100)
    studio.workspace.undo()
    assert len(studio.workspace.document.layers) == 1
    assert not studio.workspace.history.can_undo


def test_a_drop_never_sweeps_results_away(studio: Studio, tmp_path: Path) -> None:
    studio.generate("a lake")
    studio.workspace.files.place(write_png(tmp_path / "photo.png", noise(100, 80)))
    assert len(studio.workspace.results.candidates) == 1
    assert [layer.properties.name for layer in studio.workspace.document.layers] == ["Layer 1", "photo"]


def test_everything_comes_back_from_a_saved_project(studio: Studio, tmp_path: Path) -> None:
    workspace = studio.workspace
    workspace.files.place(write_png(tmp_path / "photo.png", noise(256, 256)))
    studio.generate("a lake")
    workspace.accept()
    studio.generate("a tower")
    workspace.set_mask(Rect(20, 30, 60, 50), np.full((50, 60), 130, np.uint8), label="Mask")
    workspace.set_frame(Rect(-64, 0, 320, 256))
    workspace.settings.set(negative_prompt="fog", guidance_scale=2.5)
    saved: list[bool] = []
    workspace.files.save(tmp_path / "work", done=saved.append)
    assert saved == [True]
    assert workspace.project_path == tmp_path / "work.ora"
    assert not workspace.is_dirty

    other = Studio(tmp_path / "second")
    other.workspace.files.open(tmp_path / "work.ora")
    again = other.workspace
    assert not other.errors()
    assert again.document.canvas == workspace.document.canvas
    assert again.frame == workspace.frame
    assert again.settings.values == workspace.settings.values
    assert [layer.recipe for layer in again.document.layers] == [
        layer.recipe for layer in workspace.document.layers
    ]
    for before, after in zip(workspace.document.layers, again.document.layers, strict=True):
        assert before.properties == after.properties
        assert np.array_equal(
            before.surface.read(Rect(0, 0, 256, 256)), after.surface.read(Rect(0, 0, 256, 256))
        )
    mask = Rect(0, 0, 256, 256)
    assert np.array_equal(again.document.selection.read(mask), workspace.document.selection.read(mask))
    assert [c.recipe for c in again.results.candidates] == [c.recipe for c in workspace.results.candidates]
    assert np.array_equal(again.results.candidates[0].rgb, workspace.results.candidates[0].rgb)
    assert not again.is_dirty
    assert again.title == "work"


def test_a_finished_candidate_is_on_disk_before_anyone_saves_and_leaves_when_saved(
    studio: Studio, tmp_path: Path
) -> None:
    studio.generate("a lake")
    journal = studio.journal(studio.workspace.document_id)
    (kept,) = journal.load_all().records
    assert np.array_equal(kept.rgb, studio.workspace.results.candidates[0].rgb)
    assert studio.workspace.is_dirty
    studio.workspace.files.save(tmp_path / "p.ora")
    assert journal.is_empty


def test_painting_during_a_save_leaves_the_document_dirty(tmp_path: Path) -> None:
    later: list[tuple[object, object, object]] = []

    class Postponed:
        def run(self, work: object, *, done: object, failed: object) -> None:
            later.append((work, done, failed))

    link = FakeLink()
    workspace = Workspace(queue=JobQueue(link), background=Postponed(), canvas=Size(64, 64))  # type: ignore[arg-type]
    workspace.add_layer()
    workspace.files.save(tmp_path / "p.ora")
    workspace.add_layer()
    work, done, _ = later[0]
    done(work())  # type: ignore[operator]
    assert workspace.is_dirty
    workspace.undo()
    assert not workspace.is_dirty


def test_an_exported_picture_carries_its_recipe_back(studio: Studio, tmp_path: Path) -> None:
    studio.generate("a lake at dawn")
    studio.workspace.accept()
    studio.workspace.files.export(tmp_path / "out.png")
    studio.workspace.files.export(tmp_path / "out.jpg")
    studio.workspace.files.export(tmp_path / "out.webp")
    assert not studio.errors()
    for name in ("out.png", "out.jpg", "out.webp"):
        other = Studio(tmp_path / name.replace(".", "-"))
        found: list[FoundRecipe] = []
        other.workspace.recipe_found.subscribe(found.append)
        other.workspace.files.place(tmp_path / name)
        other.workspace.use_found_recipe(found[0])
        assert other.workspace.settings.values.prompt == "a lake at dawn"
        assert not other.workspace.settings.values.is_seed_random


def test_a_mask_file_becomes_the_mask(studio: Studio, tmp_path: Path) -> None:
    mask = np.zeros((256, 256, 4), np.uint8)
    mask[..., 3] = 255
    mask[10:50, 20:80, :3] = 255
    studio.workspace.files.load_mask(write_png(tmp_path / "mask.png", mask))
    assert studio.workspace.document.selection.bounds() == Rect(20, 10, 60, 40)


@pytest.mark.parametrize("content", [b"", b"no picture", b"PK\x03\x04 not a zip", b"\x89PNG\r\n\x1a\n cut"])
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    studio: Studio, tmp_path: Path, content: bytes
) -> None:
    studio.workspace.files.place(write_png(tmp_path / "photo.png", noise(128, 128)))
    before = studio.workspace.document
    bad = tmp_path / "bad.png"
    bad.write_bytes(content)
    studio.workspace.files.open(bad)
    assert len(studio.errors()) == 1
    assert studio.workspace.document is before


def test_saving_where_nothing_can_be_written_loses_nothing(studio: Studio, tmp_path: Path) -> None:
    studio.workspace.add_layer()
    told: list[bool] = []
    studio.workspace.files.save(tmp_path / "no such folder" / "p.ora", done=told.append)
    assert told == [False]
    assert len(studio.errors()) == 1
    assert studio.workspace.is_dirty
    assert studio.workspace.project_path is None


def test_a_file_somebody_else_wrote_is_noticed(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "shared.ora"
    studio.workspace.files.save(path)
    assert not studio.workspace.files.is_changed_outside
    path.write_bytes(path.read_bytes() + b"\0")
    assert studio.workspace.files.is_changed_outside
    studio.workspace.files.save()
    assert not studio.workspace.files.is_changed_outside
    path.unlink()
    assert studio.workspace.files.is_changed_outside


def test_one_file_in_two_windows_is_a_copy_in_the_second(tmp_path: Path) -> None:
    def window() -> Workspace:
        return Workspace(
            queue=JobQueue(FakeLink()),
            background=Inline(),
            canvas=Size(64, 64),
            claim=lambda: Claim(tmp_path / "data"),
        )

    path = tmp_path / "shared.ora"
    first, second = window(), window()
    told: list[str] = []
    second.notices.subscribe(lambda notice: told.append(notice.message))
    first.files.save(path)
    second.files.open_project(path)
    assert second.project_path is None
    assert "open in another window" in told[-1]
    first.new(Size(64, 64))
    second.files.open_project(path)
    assert second.project_path == path
    second.files.save()
    second.files.save(tmp_path / "other.ora")
    first.files.open_project(path)
    assert first.project_path == path, "the second window has moved on to another file"
    for workspace in (first, second):
        workspace.files.let_go()
    assert list((tmp_path / "data" / "open").iterdir()) == []
