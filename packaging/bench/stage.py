"""The real window, in this process, with a hand that types and moves the mouse.

`play` runs the studio exactly as `python -m studio` does and calls a scene as soon as the window is complete. A scene
is plain code on the UI thread: while it waits, the event loop turns. Keys and pointer events enter where the
platform's own would (QWindowSystemInterface), so that shortcuts, focus and enter events behave as for a person.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QKeyCombination,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from bench.latency import LoopProbe
from bench.x_focus import focus
from studio.core.geometry import Point
from studio.generation.events import EngineEvent, Failed
from studio.ui import app
from studio.ui.actions import TOOL_ACTIONS
from studio.ui.canvas.view import CanvasView
from studio.ui.main_window import MainWindow
from studio.ui.session import Session
from studio.workspace.workspace import Workspace

POLL_MS = 4
ACTIVATIONS = 20
Scene = Callable[["Stage"], dict[str, Any]]


class StageError(RuntimeError):
    """What a scene waited for did not come."""


class Stage:
    """painted_s, ready_s: CLOCK_MONOTONIC when the first paint and the complete window were on the screen.
    events: (time, event) of everything the engine said, from the start on."""

    def __init__(self, application: app.Application) -> None:
        self.application = application
        self.painted_s = 0.0
        self.ready_s = 0.0
        self.events: list[tuple[float, EngineEvent]] = []
        self.probe = LoopProbe(application)

    @property
    def session(self) -> Session:
        assert self.application.session is not None
        return self.application.session

    @property
    def workspace(self) -> Workspace:
        return self.session.workspace

    @property
    def window(self) -> MainWindow:
        return self.application.window

    @property
    def canvas(self) -> CanvasView:
        return self.session.canvas

    # Waiting --------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Raises StageError with `what` when it does not hold in time."""
        if holds():
            return
        loop = QEventLoop()
        timer = QTimer()
        timer.setInterval(POLL_MS)
        timer.timeout.connect(lambda: loop.quit() if holds() or self.refusal() else None)
        timer.start()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        timer.stop()
        if not holds():
            raise StageError(self.refusal() or f"waited {seconds:.0f} s in vain for {what}")

    def refusal(self) -> str:
        """What the engine last said about a job it could not do: waiting on would be in vain."""
        last = self.events[-1][1] if self.events else None
        return f"{last.message} {last.details}" if isinstance(last, Failed) else ""

    def wait_until_engine_is_ready(self, seconds: float = 180.0) -> None:
        self.wait_until(lambda: self.session.queue.engine_state.is_ready, "the engine", seconds)

    def wait_until_idle(self, seconds: float = 240.0) -> None:
        self.wait_until(lambda: not self.workspace.generating.is_busy, "the end of all jobs", seconds)
        self.wait_until(lambda: self.session.background.is_idle, "the end of background work", seconds)

    def settle(self) -> None:
        """Everything visible is painted."""
        self.wait_until(lambda: self.canvas.is_settled, "a settled canvas", 20)
        self.wait(0.15)

    def activate(self, window: QWidget | None = None) -> None:
        """Gives a window the keyboard (default: the studio's): under a bare X server no window manager would."""
        wanted = window or self.window
        for _ in range(ACTIVATIONS):
            if wanted.isActiveWindow():
                return
            wanted.activateWindow()
            if QGuiApplication.platformName() == "xcb":
                focus(int(wanted.winId()))
            self.wait(0.2)
        raise StageError("the window does not get the keyboard")

    def choose(self, tool_id: str) -> None:
        """Clicks on a tool: its letter alone would be typed while the prompt has the keyboard. Raises StageError."""
        action = self.session.actions[TOOL_ACTIONS[tool_id]]
        buttons = self.session.bench.tools.findChildren(QToolButton)
        self.click(next(button for button in buttons if button.defaultAction() is action))
        if self.workspace.tool_settings.active_tool_id != tool_id:
            raise StageError(f"the tool {tool_id} was not chosen")

    # Keys -----------------------------------------------------------------------------------------------------

    def key(self, keys: str) -> None:
        """A shortcut such as "Ctrl+Return", to whatever has the focus."""
        combination = _combination(keys)
        key, modifiers = combination.key(), combination.keyboardModifiers()
        try:
            QTest.keyClick(self._front(), key, modifiers)
        except RuntimeError:
            # The Python object of a dialog's window can be that of an earlier one which lay at the same address.
            QTest.keyClick(self._focus(), key, modifiers)

    def type(self, text: str, *, pause_s: float = 0.0) -> None:
        for letter in text:
            combination = _combination(letter) if letter.strip() else None
            key = combination.key() if combination is not None else Qt.Key.Key_Space
            # The letter itself travels with the event, as from a keyboard of any layout.
            QTest.sendKeyEvent(
                QTest.KeyAction.Click, self._focus(), key, letter, Qt.KeyboardModifier.NoModifier
            )
            if pause_s:
                self.wait(pause_s)

    # Pointer --------------------------------------------------------------------------------------------------

    def click(self, widget: QWidget, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """In the middle of a widget of any window."""
        top = widget.window()
        position = widget.mapTo(top, widget.rect().center())
        QTest.mouseClick(_handle(top), button, Qt.KeyboardModifier.NoModifier, position)
        self.wait(0.03)

    def stroke(
        self,
        points: Sequence[Point],
        *,
        rate_hz: float = 125.0,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        while_down: Callable[[], None] | None = None,
    ) -> None:
        """Press at the first point (canvas pixels), a move to each, release at the last."""
        window, modifiers = _handle(self.window), Qt.KeyboardModifier.NoModifier
        positions = [self.on_window(point) for point in points]
        QTest.mouseMove(window, positions[0])
        self.wait(0.02)
        QTest.mousePress(window, button, modifiers, positions[0])
        for position in positions[1:]:
            QTest.mouseMove(window, position)
            self.wait(1 / rate_hz)
        if while_down is not None:
            while_down()
        QTest.mouseRelease(window, button, modifiers, positions[-1])
        self.wait(0.05)

    # Dialogs and screenshots ------------------------------------------------------------------------------------

    def drop(self, file: Path) -> None:
        """A file from a file manager, let go over the middle of the canvas."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file))])
        middle = QPointF(self.canvas.rect().center())
        action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        modifiers = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(middle.toPoint(), action, mime, button, modifiers)
        QApplication.sendEvent(self.canvas, enter)
        if not enter.isAccepted():
            raise StageError("the canvas does not take the file")
        QApplication.sendEvent(self.canvas, QDropEvent(middle, action, mime, button, modifiers))

    def with_dialogs(
        self, trigger: Callable[[], None], answers: Sequence[Callable[[QWidget], None]], pause_s: float = 0.3
    ) -> None:
        """Calls `trigger`, and one answer for each modal dialog that opens; returns when the last one has closed."""
        waiting = list(answers)
        seen: list[QWidget] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is not None and dialog not in seen and waiting:
                seen.append(dialog)
                self.wait(pause_s)
                waiting.pop(0)(dialog)

        timer = QTimer()
        timer.setInterval(50)
        timer.timeout.connect(look)
        timer.start()
        trigger()
        self.wait_until(lambda: not waiting and QApplication.activeModalWidget() is None, "the dialogs", 30)
        timer.stop()
        self.activate()

    def grab(self) -> QImage:
        """What the screen shows where the window is, with everything that lies over it."""
        area = self.window.frameGeometry()
        grabbed = self.window.screen().grabWindow(0, area.x(), area.y(), area.width(), area.height())
        return grabbed.toImage()

    def hover(self, point: Point) -> None:
        QTest.mouseMove(_handle(self.window), self.on_window(point))
        self.wait(0.03)

    def on_window(self, point: Point) -> QPoint:
        """A canvas pixel as a position in the window."""
        return self.canvas.mapTo(self.window, self.canvas.to_widget(point)).toPoint()

    # Inside ---------------------------------------------------------------------------------------------------

    def _front(self) -> QWindow:
        """Where the platform would deliver a key."""
        popup = QApplication.activePopupWidget()
        return _handle(popup or QApplication.activeWindow() or self.window)

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window


class PaintWatch(QObject):
    """When what was asked for stood on the screen: `next_paint` answers at the turn of the event loop that follows
    the next paint of the widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._waiting: list[Callable[[float], None]] = []
        widget.installEventFilter(self)

    def next_paint(self, receiver: Callable[[float], None]) -> None:
        self._waiting.append(receiver)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._waiting and event.type() == QEvent.Type.Paint:
            waiting, self._waiting = self._waiting, []
            QTimer.singleShot(0, lambda: _answer(waiting))
        return False


def play(scene: Scene, arguments: Sequence[str] = ()) -> int:
    """Opens the studio with `arguments`, plays, closes it and prints what the scene returned as one line of JSON.

    Returns the exit code: 0, or 1 with a traceback on stderr when the scene failed.
    """
    shown = app.Application.show
    outcome: dict[str, Any] = {}

    def show(application: app.Application) -> None:
        stage = Stage(application)
        application.window.shell.painted.connect(lambda: _on_painted(stage))
        application.ready.connect(lambda: _on_ready(stage, scene, outcome))
        stage.probe.start()
        shown(application)

    app.Application.show = show  # type: ignore[method-assign, assignment]  # the only way in that leaves `run` as it is
    code = app.run(list(arguments))
    if "problem" in outcome or "result" not in outcome:
        sys.stderr.write(outcome.get("problem", "the window closed before the scene had ended\n"))
        return 1
    print(json.dumps(outcome["result"]), flush=True)
    return code


def _on_painted(stage: Stage) -> None:
    if not stage.painted_s:
        stage.painted_s = -1.0
        QTimer.singleShot(0, lambda: setattr(stage, "painted_s", time.monotonic()))


def _on_ready(stage: Stage, scene: Scene, outcome: dict[str, Any]) -> None:
    stage.session.engine_thread.event_received.connect(
        lambda event: stage.events.append((time.monotonic(), event))
    )

    def begin(painted_s: float) -> None:
        stage.ready_s = painted_s
        try:
            stage.activate()
            outcome["result"] = scene(stage)
        except Exception:  # noqa: BLE001 - the studio's own hook would show it to an artist who is not there
            outcome["problem"] = traceback.format_exc()
        stage.window.may_close = None
        stage.window.close()
        with contextlib.suppress(RuntimeError):
            QApplication.quit()

    PaintWatch(stage.canvas).next_paint(begin)
    # Whatever is painted already: this paint is the first after which everything answers.
    stage.canvas.update()


def _answer(waiting: Sequence[Callable[[float], None]]) -> None:
    now = time.monotonic()
    for receiver in waiting:
        receiver(now)


def _combination(keys: str) -> QKeyCombination:
    first: QKeyCombination = QKeySequence(keys)[0]  # type: ignore[index]  # missing in the stub only
    return first


def _handle(widget: QWidget) -> QWindow:
    handle = widget.windowHandle()
    assert handle is not None, "the widget is no window on the screen"
    return handle
