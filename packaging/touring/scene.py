"""What the tour does, step by step; every claim of a caption is asserted where it is made.

python -m touring.scene PHOTO OUTPUT_FOLDER
"""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QToolButton, QWidget

from bench.stage import PaintWatch, Stage, play
from studio.core.geometry import Point
from studio.document.composite import flatten
from studio.generation.events import Hello
from studio.generation.request import UInt8Array
from studio.ui.dialogs.shortcuts import ShortcutsDialog
from studio.ui.widgets.notices import NoticeCard
from touring import painting
from touring.album import Album, pixels

LARGE = (1920, 1080)
SMALL = (1280, 800)
WORDS_S = 0.6
KILLED = getattr(signal, "SIGKILL", signal.SIGTERM)


class Tour:
    def __init__(self, stage: Stage, photo: Path, folder: Path) -> None:
        self.stage = stage
        self.photo = photo
        self.folder = folder
        self.album = Album(folder)
        self.watch = PaintWatch(stage.canvas)
        self.workspace = stage.workspace

    def run(self) -> None:
        self.stage.wait_until_engine_is_ready()
        self.resize(LARGE)
        self.blank_canvas()
        painting.drawn_scene(self)
        self.open_photo()
        self.inpaint()
        self.outpaint()
        painting.paint(self)
        painting.adjust(self)
        painting.turned_view(self)
        self.queue()
        self.save_and_reopen()
        self.pages()
        self.crash()
        self.small_window()
        self.album.close()

    # The steps ------------------------------------------------------------------------------------------------

    def blank_canvas(self) -> None:
        stage, workspace = self.stage, self.workspace
        self.shoot(
            "blank-canvas",
            "Open",
            "The window right after the start: a blank canvas, the starter model ready, nothing to choose first.",
        )
        stage.key("Ctrl+P")
        stage.type("a red house in a meadow with mountains in the background on a sunny day")
        workspace.settings.set(seed=11, is_seed_random=False)
        stage.key("Ctrl+Return")
        image = self.grab_preview(0.4)
        assert workspace.is_blank, "a preview must not touch the document"
        self.album.add(
            "preview",
            "The first picture, while it is made",
            "A prompt, Ctrl+Enter: what the model expects the picture to become is drawn in place after every step.",
            image,
        )
        stage.wait_until_idle()
        stage.settle()
        assert workspace.results.current is not None
        assert workspace.is_blank, "a shown result must not touch the document"
        self.shoot(
            "finished",
            "The finished picture",
            "It lies over the canvas and is nobody's layer until it is kept.",
        )
        stage.key("Alt+Return")
        stage.settle()
        assert not workspace.is_blank, "the kept result is not in the document"

    def open_photo(self) -> None:
        stage, workspace = self.stage, self.workspace
        stage.with_dialogs(lambda: stage.key("Ctrl+N"), (_press_enter(stage), _do_not_save))
        assert workspace.is_untouched, "Ctrl+N gave no blank canvas"
        stage.drop(self.photo)
        stage.wait_until(lambda: not workspace.is_blank, "the dropped photo", 20)
        stage.settle()
        self.shoot(
            "photo", "A photo, dropped on the canvas", "The blank canvas becomes a picture of its size."
        )

    def inpaint(self) -> None:
        stage, workspace = self.stage, self.workspace
        before = self.flat()
        canvas = workspace.document.canvas
        stage.choose("mask_brush")
        workspace.tool_settings.size_px = 64
        workspace.tool_settings.hardness = 0.3
        stage.stroke(
            [_around(canvas.width * 0.45, canvas.height * 0.66, 56, 36, turn / 40) for turn in range(60)]
        )
        stage.settle()
        mask = workspace.document.selection.read(canvas)
        assert len(np.unique(mask)) > 30, "the mask is not soft"
        self.shoot(
            "mask",
            "A soft mask",
            "Painted with the mask brush: what is tinted may change, softly at the rim.",
        )
        stage.key("Ctrl+P")
        stage.key("Ctrl+A")
        stage.type("a sailboat with white sails on a lake, snowy mountains, pine trees")
        stage.key("Ctrl+Return")
        image = self.grab_preview(0.5)
        assert np.array_equal(self.flat(), before), "a preview changed the document"
        self.album.add(
            "inpaint-preview",
            "Inpainting, step by step, inside the mask",
            "The preview follows the mask's soft edge; the rest of the photo is not touched.",
            image,
            is_exact=True,
        )
        for _ in range(2):
            stage.wait_until_idle()
            workspace.settings.set(seed=workspace.settings.values.seed + 1)
            stage.key("Ctrl+Return")
        stage.wait_until_idle()
        stage.click(stage.session.bench.candidates.findChildren(QToolButton)[0])
        stage.settle()
        assert len(workspace.results.candidates) == 3
        self.shoot(
            "candidates",
            "Three candidates",
            "Ctrl+Enter again for others; comma and full stop step through them.",
        )
        painting.timeline(self)
        layers = len(workspace.document.layers)
        stage.key("Alt+Return")
        stage.settle()
        assert len(workspace.document.layers) == layers + 1
        after = self.flat()
        assert np.array_equal(before[mask == 0], after[mask == 0]), "a pixel outside the mask changed"
        assert not np.array_equal(before[mask > 0], after[mask > 0]), "nothing changed inside the mask"
        stage.key("Ctrl+Z")
        assert np.array_equal(self.flat(), before), "undo did not bring the photo back"
        stage.key("Ctrl+Shift+Z")
        stage.key("Ctrl+D")
        stage.settle()
        self.shoot(
            "accepted",
            "Kept: a layer with its own mask",
            "Every pixel where the mask was 0 is bit for bit the photo's; one undo takes the result away again.",
            is_exact=True,
        )

    def outpaint(self) -> None:
        stage, workspace = self.stage, self.workspace
        before, canvas = self.flat(), workspace.document.canvas
        stage.key("Ctrl+-")
        stage.choose("frame")
        edge = Point(canvas.right, canvas.height / 2)
        stage.stroke([Point(edge.x + 192 * turn / 30, edge.y) for turn in range(31)])
        assert workspace.frame.right > canvas.right + 100, "the frame did not follow the hand"
        stage.key("Ctrl+2")
        stage.settle()
        self.shoot(
            "frame",
            "The frame, dragged past the edge",
            "What is empty inside the frame will be painted on; the picture itself stays.",
        )
        stage.key("Ctrl+P")
        stage.key("Ctrl+A")
        stage.type("a lake with snowy mountains and pine trees, blue sky")
        stage.key("Ctrl+Return")
        self.album.add(
            "outpaint-preview",
            "Outpainting",
            "The preview fills the empty part only.",
            self.grab_preview(0.5),
            is_exact=True,
        )
        stage.wait_until_idle()
        stage.key("Alt+Return")
        stage.key("Ctrl+0")
        stage.settle()
        grown = workspace.document.canvas
        assert grown.width > canvas.width, "the canvas did not grow"
        rows, columns = canvas.slices_in(grown)
        assert np.array_equal(self.flat()[rows, columns], before), "outpainting changed the picture"
        self.shoot("outpainted", "A larger picture", "Kept below the photo, so that no pixel of it changed.")

    def queue(self) -> None:
        stage, workspace = self.stage, self.workspace
        workspace.settings.set(is_seed_random=True)
        for prompt in ("a castle on a lake at dawn", "a lake at sunset, the sun", "snowy mountains at night"):
            stage.key("Ctrl+P")
            stage.key("Ctrl+A")
            stage.type(prompt)
            workspace.settings.set(strength=0.8, steps=40)
            stage.key("Ctrl+Return")
        stage.wait_until(
            lambda: sum(not job.has_ended for job in stage.session.queue.jobs) == 3, "three jobs", 20
        )
        image = self.grab_preview(0.2)
        assert sum(not job.has_ended for job in stage.session.queue.jobs) == 3, "a job ended too early"
        self.album.add(
            "queue",
            "Settings and queue",
            "Three jobs, each with the picture as it was when it was wished for; every one can be stopped or moved.",
            image,
        )
        stage.key("Shift+Escape")
        stage.wait_until_idle()
        workspace.settings.set(strength=1.0, steps=20)
        if workspace.results.current is not None:
            stage.key("Alt+Backspace")

    def save_and_reopen(self) -> None:
        stage, workspace = self.stage, self.workspace
        file = self.photo.with_name("lake.ora")
        stage.with_dialogs(lambda: stage.key("Ctrl+S"), (_type_file(stage, file),))
        stage.wait_until(
            lambda: workspace.project_path == file and not workspace.is_dirty, "the saved project", 60
        )
        state = self.state()
        stage.with_dialogs(lambda: stage.key("Ctrl+N"), (_press_enter(stage),))
        assert workspace.is_untouched
        stage.with_dialogs(lambda: stage.key("Ctrl+O"), (_type_file(stage, file),))
        stage.wait_until(lambda: workspace.project_path == file, "the opened project", 60)
        stage.settle()
        assert self.state() == state, "the reopened project differs"
        self.shoot(
            "reopened",
            "Saved, closed, opened again",
            "Layers, masks, prompts, settings, candidates and recipes are back, bit for bit.",
        )

    def pages(self) -> None:
        stage = self.stage
        stage.key("F1")
        stage.wait_until(lambda: bool(stage.window.findChildren(ShortcutsDialog)), "the page of keys", 5)
        page = stage.window.findChildren(ShortcutsDialog)[0]
        stage.activate(page)
        stage.wait(0.3)
        self.shoot(
            "shortcuts", "Every command and its key", "F1. All of them can be reached without a mouse."
        )
        stage.key("Escape")
        stage.wait_until(lambda: not stage.window.findChildren(ShortcutsDialog), "the closed page", 5)
        stage.activate()
        stage.key("Ctrl+Shift+T")
        stage.settle()
        self.shoot("light-theme", "The light theme", "Ctrl+Shift+T, at any time.")
        stage.key("Ctrl+Shift+T")

    def crash(self) -> None:
        stage, workspace = self.stage, self.workspace
        before = self.flat()
        stage.key("Ctrl+Return")
        self.grab_preview(0.2)
        engine = next(event for _, event in reversed(stage.events) if isinstance(event, Hello)).process_id
        os.kill(engine, KILLED)
        stage.wait_until(lambda: bool(stage.window.findChildren(NoticeCard)), "a word about the engine", 5)
        stage.wait(0.3)
        assert np.array_equal(self.flat(), before), "the crash changed the document"
        self.shoot(
            "engine-killed",
            "When the engine dies",
            "Its process was killed in the middle of a job: one sentence, the picture unchanged, a new engine starts.",
        )
        stage.wait_until(lambda: stage.session.queue.engine_state.is_ready, "the new engine", 120)
        assert workspace.document.layers, "the document is gone"

    def small_window(self) -> None:
        stage, workspace = self.stage, self.workspace
        for card in stage.window.findChildren(NoticeCard):
            card.close_button.click()
        self.resize(SMALL)
        stage.key("Ctrl+0")
        stage.choose("mask_brush")
        canvas = workspace.document.canvas
        stage.key("Ctrl+Shift+F")
        stage.stroke(
            [_around(canvas.width * 0.75, canvas.height * 0.6, 60, 40, turn / 30) for turn in range(45)]
        )
        stage.settle()
        self.shoot("small-window", "At 1280 × 800", "The same window on a small laptop: nothing is clipped.")
        stage.key("Ctrl+Shift+T")
        stage.key("Ctrl+Return")
        self.album.add(
            "small-window-light", "At 1280 × 800, light", "A preview in the mask.", self.grab_preview(0.5)
        )
        stage.key("Escape")
        stage.wait_until_idle()

    # Helpers --------------------------------------------------------------------------------------------------

    def resize(self, size: tuple[int, int]) -> None:
        self.stage.window.setGeometry(0, 0, *size)
        self.stage.wait(0.4)
        self.stage.settle()

    def shoot(self, name: str, title: str, caption: str, *, is_exact: bool = False) -> None:
        # Words that follow what the artist does come after a short pause, so as not to flicker.
        self.stage.wait(WORDS_S)
        self.album.add(name, title, caption, self.stage.grab(), is_exact=is_exact)

    def grab_preview(self, share: float) -> QImage:
        """The screen as soon as a preview of this part of the steps has been painted; it must differ from before."""
        stage, results = self.stage, self.workspace.results
        before = pixels(stage.grab())
        grabbed: list[QImage] = []

        def is_wanted() -> bool:
            live = results.live
            return live is not None and live.image is not None and live.step >= share * live.total_steps

        stage.wait_until(is_wanted, "a preview", 240)
        self.watch.next_paint(lambda _: grabbed.append(stage.grab()))
        stage.canvas.update()
        stage.wait_until(lambda: bool(grabbed), "a painted preview", 10)
        assert results.live is not None or results.candidates, "the preview was gone before it was seen"
        assert not np.array_equal(pixels(grabbed[0]), before), "the preview does not show"
        return grabbed[0]

    def flat(self) -> UInt8Array:
        return flatten(self.workspace.document, self.workspace.document.canvas)

    def state(self) -> dict[str, Any]:
        """Everything a project must bring back, as plain values."""
        workspace = self.workspace
        document = workspace.document
        return {
            "canvas": document.canvas,
            "frame": workspace.frame,
            "layers": [
                (
                    layer.properties,
                    layer.recipe,
                    layer.surface.read(document.canvas).tobytes(),
                    None if layer.mask is None else layer.mask.read(document.canvas).tobytes(),
                )
                for layer in document.layers
            ],
            "mask": document.selection.read(document.canvas).tobytes(),
            "settings": workspace.settings.values,
            "candidates": [(c.recipe, c.rect, c.rgb.tobytes()) for c in workspace.results.candidates],
        }


def _around(x: float, y: float, across: float, down: float, turn: float) -> Point:
    """A point on a spiral that fills an ellipse."""
    return Point(
        x + across * math.sqrt(turn % 1.5) * math.cos(turn * 14),
        y + down * math.sqrt(turn % 1.5) * math.sin(turn * 14),
    )


def _press_enter(stage: Stage) -> Callable[[QWidget], None]:
    return lambda _: stage.key("Return")


def _do_not_save(dialog: QWidget) -> None:
    assert isinstance(dialog, QMessageBox), f"expected the question about unsaved work, got {dialog}"
    dialog.button(QMessageBox.StandardButton.Discard).click()


def _type_file(stage: Stage, file: Path) -> Callable[[QWidget], None]:
    """Types a path into a file dialog."""

    def answer(dialog: QWidget) -> None:
        assert isinstance(dialog, QFileDialog), f"expected a file dialog, got {dialog}"
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(line, QLineEdit)
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()
        stage.type(str(file))
        QApplication.processEvents()
        stage.key("Return")

    return answer


def scene(stage: Stage) -> dict[str, Any]:
    Tour(stage, Path(sys.argv[1]), Path(sys.argv[2])).run()
    return {"done": True}


if __name__ == "__main__":
    sys.exit(play(scene))
