"""Menu File: nothing is lost without a question, and no question is asked without something to lose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.core.geometry import Size
from studio.core.settings import Settings
from studio.project.formats import images
from studio.project.formats.format import EncodeOptions
from studio.ui.dialogs.export import ExportDialog, to_json
from studio.ui.dialogs.new_document import NewDocumentDialog
from studio.ui.dialogs.preferences import PreferencesDialog
from studio.ui.dialogs.unsaved import Answer
from studio.ui.session import Session


def picture(width: int = 80, height: int = 60) -> np.ndarray:  # type: ignore[type-arg]
    made = np.full((height, width, 4), 255, np.uint8)
    made[: height // 2] = (200, 40, 40, 255)
    return made


class Asked:
    """Stands for the artist in front of the question."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.times = 0

    def __call__(self, parent: QWidget, title: str) -> Answer:
        self.times += 1
        return self.answer


def test_a_clean_window_closes_without_a_question(session: Session) -> None:
    asked = session.files.ask_unsaved = Asked(Answer.cancel)
    assert session.window.close()
    assert asked.times == 0


@pytest.mark.parametrize(("answer", "closes"), [(Answer.cancel, False), (Answer.discard, True)])
def test_unsaved_work_is_asked_about(session: Session, answer: Answer, closes: bool) -> None:
    session.workspace.add_layer()
    asked = session.files.ask_unsaved = Asked(answer)
    assert session.window.close() is closes
    assert asked.times == 1
    assert session.workspace.is_dirty


def test_saving_on_the_way_out(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.workspace.files.place_pixels("picture", picture())
    session.workspace.add_layer()
    target = tmp_path / "kept"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    session.files.ask_unsaved = Asked(Answer.save)
    assert session.window.close()
    assert target.with_name("kept.ora").is_file()
    assert session.settings.items("recent_files") == [str(target.with_name("kept.ora"))]


def test_giving_up_the_name_keeps_the_window(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.workspace.add_layer()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    session.files.ask_unsaved = Asked(Answer.save)
    assert not session.window.close()


def test_a_project_comes_back_whole(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    workspace = session.workspace
    workspace.files.place_pixels("picture", picture())
    workspace.add_layer()
    workspace.settings.set(prompt="a red sky")
    workspace.fill_mask()
    path = tmp_path / "work.ora"
    workspace.files.save(path)
    qtbot.waitUntil(lambda: not workspace.is_dirty)
    assert session.window.windowTitle().startswith("work")
    workspace.new(Size(64, 64))
    workspace.settings.set(prompt="")
    session.files.open_path(path)
    qtbot.waitUntil(lambda: workspace.project_path == path)
    assert workspace.settings.values.prompt == "a red sky"
    assert len(workspace.document.layers) == 2
    assert workspace.has_mask
    assert np.array_equal(workspace.files.flattened(), picture())
    assert session.bench.layers.list.model().rowCount() == 2


def test_recent_files_open_and_missing_ones_go(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.settings.remember_file(tmp_path / "gone.ora")
    menu = session.window.menuBar().actions()[0].menu()
    recent = next(action.menu() for action in menu.actions() if action.text() == "Open &Recent")  # type: ignore[union-attr]
    recent.aboutToShow.emit()  # type: ignore[union-attr]
    entry = recent.actions()[0]  # type: ignore[union-attr]
    assert entry.text() == "gone.ora"
    entry.trigger()
    assert session.settings.items("recent_files") == []
    assert "gone.ora" in session.bench.notices.cards[0].notice.message


def test_a_broken_picture_is_one_sentence_and_loses_nothing(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    session.workspace.files.place_pixels("picture", picture())
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    session.files.take_files([broken])
    qtbot.waitUntil(lambda: bool(session.bench.notices.cards))
    assert "broken.png" in session.bench.notices.cards[0].notice.message
    assert np.array_equal(session.workspace.files.flattened(), picture())


def test_dropped_pictures_become_document_then_layers(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    paths = []
    for name in ("one.png", "two.png"):
        path = tmp_path / name
        path.write_bytes(images.encode(picture(), "png", options=EncodeOptions(), texts={}))
        paths.append(path)
    session.canvas.files_dropped.emit(tuple(paths[:1]))
    qtbot.waitUntil(lambda: session.workspace.document.canvas.size == Size(80, 60))
    session.canvas.files_dropped.emit(tuple(paths[1:]))
    qtbot.waitUntil(lambda: len(session.workspace.document.layers) == 2)


def test_copy_and_paste_keep_every_pixel(qtbot: QtBot, session: Session) -> None:
    session.workspace.files.place_pixels("picture", picture())
    QGuiApplication.clipboard().clear()
    session.actions["copy_merged"].trigger()
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    image = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGBA8888)
    assert (image.width(), image.height()) == (80, 60)
    session.actions["paste"].trigger()
    qtbot.waitUntil(lambda: len(session.workspace.document.layers) == 2)
    assert np.array_equal(session.workspace.files.flattened(), picture())


def test_a_clipboard_without_a_picture_says_so(qtbot: QtBot, session: Session) -> None:
    QGuiApplication.clipboard().setText("words")
    session.actions["paste"].trigger()
    assert "no picture" in session.bench.notices.cards[0].notice.message


def test_export_asks_for_what_the_format_has(qtbot: QtBot) -> None:
    dialog = ExportDialog(Size(10, 10), {"format": "nonsense", "quality": "high"})
    qtbot.addWidget(dialog)
    assert dialog.choice.format_id == "png"
    assert dialog.quality.isHidden()
    dialog.format.chosen.emit("jpeg")
    assert not dialog.quality.isHidden()
    assert dialog.lossless.isHidden()
    dialog.format.chosen.emit("webp")
    dialog.lossless.setChecked(True)
    assert not dialog.quality.isEnabled()
    again = ExportDialog(Size(10, 10), to_json(dialog.choice))
    qtbot.addWidget(again)
    assert again.choice == dialog.choice


def test_exporting_writes_the_picture(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.workspace.files.place_pixels("picture", picture())
    monkeypatch.setattr(ExportDialog, "exec", lambda self: 1)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    session.actions["export"].trigger()
    target = tmp_path / "out.png"
    qtbot.waitUntil(target.is_file)
    qtbot.waitUntil(lambda: session.background.is_idle)
    assert np.array_equal(images.read(target).pixels, picture())


def test_a_new_canvas_from_a_preset(qtbot: QtBot, session: Session) -> None:
    dialog = NewDocumentDialog(Size(640, 480), session.icons)
    qtbot.addWidget(dialog)
    assert dialog.preset.currentText() == "Other size"
    dialog.preset.chosen.emit("Portrait")
    assert dialog.size_px == Size(832, 1216)
    dialog._on_swap()
    assert dialog.size_px == Size(1216, 832)
    assert dialog.preset.currentText().startswith("Landscape")


def test_preferences_apply_at_once(qtbot: QtBot) -> None:
    settings = Settings()
    dialog = PreferencesDialog(settings)
    qtbot.addWidget(dialog)
    dialog.theme.chosen.emit("light")
    dialog.scale.chosen.emit("150")
    assert (settings.text("theme"), settings.number("ui_scale_percent")) == ("light", 150)


def test_saving_over_somebody_elses_change_is_asked_about(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    from studio.ui.dialogs.unsaved import Overwrite

    path = tmp_path / "shared.ora"
    saved: list[bool] = []
    session.workspace.files.save(path, done=saved.append)
    qtbot.waitUntil(lambda: saved == [True])
    foreign = path.read_bytes() + b"\0"
    path.write_bytes(foreign)
    session.files.ask_overwrite = lambda *_: Overwrite.cancel
    session.files.save(saved.append)
    assert saved == [True, False]
    assert path.read_bytes() == foreign
    session.files.ask_overwrite = lambda *_: Overwrite.overwrite
    session.files.save(saved.append)
    qtbot.waitUntil(lambda: saved == [True, False, True])
    assert path.read_bytes() != foreign
