"""The window itself: painted at once with nothing but flat areas, filled when the rest has been imported."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from studio.core.settings import Settings
from studio.ui.theme import THEMES, Theme

DEFAULT_SIZE = (1360, 860)
MIN_SIZE = (640, 400)
TOOLS_PX = 48
OPTIONS_PX = 40
MENU_PX = 28
STATUS_PX = 24
SIDEBAR_PX = 316
PROMPT_PX = 136


class Shell(QWidget):
    """The areas of the window to come, in its colours, so that nothing jumps when they are filled."""

    painted = Signal()

    def __init__(self, theme: Theme, sidebar_px: int) -> None:
        super().__init__()
        self._theme = theme
        self._sidebar_px = sidebar_px or SIDEBAR_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width, height = self.width(), self.height()
        top = MENU_PX + OPTIONS_PX
        right = width - self._sidebar_px
        bottom = height - STATUS_PX
        painter.fillRect(self.rect(), QColor(self._theme.window))
        painter.fillRect(
            QRect(TOOLS_PX, top, right - TOOLS_PX, bottom - PROMPT_PX - top), QColor(self._theme.surface)
        )
        line = QColor(self._theme.line)
        for rect in (
            QRect(0, MENU_PX - 1, width, 1),
            QRect(0, top - 1, width, 1),
            QRect(TOOLS_PX - 1, top, 1, bottom - top),
            QRect(right, top, 1, bottom - top),
            QRect(TOOLS_PX, bottom - PROMPT_PX, right - TOOLS_PX, 1),
            QRect(0, bottom, width, 1),
        ):
            painter.fillRect(rect, line)
        painter.end()
        self.painted.emit()


class MainWindow(QMainWindow):
    """may_close: asked before the window closes; None while there is nothing to lose."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.may_close: Callable[[], bool] | None = None
        self.setWindowTitle("Underpaint")
        self.setMinimumSize(*MIN_SIZE)
        self.shell = Shell(THEMES[settings.text("theme")], settings.number("sidebar_width_px"))
        self.setCentralWidget(self.shell)
        self._restore_geometry()

    def remember_geometry(self) -> None:
        self.settings.set("window_geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close is not None and not self.may_close():
            event.ignore()
            return
        self.remember_geometry()
        super().closeEvent(event)

    def _restore_geometry(self) -> None:
        stored = self.settings.text("window_geometry")
        if stored and self.restoreGeometry(QByteArray.fromBase64(stored.encode("ascii", "ignore"))):
            return
        area = QGuiApplication.primaryScreen().availableGeometry()
        # On a small screen a default window would be a cut-off one.
        if area.width() < DEFAULT_SIZE[0] * 1.15 or area.height() < DEFAULT_SIZE[1] * 1.15:
            self.setGeometry(area)
            self.setWindowState(Qt.WindowState.WindowMaximized)
        else:
            self.resize(*DEFAULT_SIZE)
