"""One icon family: 24 x 24 line drawings, stroke 1.6, coloured by the theme when they are painted."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel
from shiboken6 import isValid

from studio.core.paths import resources_dir
from studio.ui.theme import ICON_PX, Theme


def icon(name: str, theme: Theme, *, color: str | None = None) -> QIcon:
    """An icon for buttons and menus, with a disabled and a checked colour. Unknown names raise FileNotFoundError."""
    return _icon(name, theme, color or theme.text, _pixel_ratio())


def pixmap(name: str, color: str, size_px: int = ICON_PX) -> QPixmap:
    """size_px: logical pixels."""
    return _pixmap(name, color, size_px, _pixel_ratio())


def _pixel_ratio() -> float:
    """The largest of all screens: moving a window to a sharper screen must not blur its icons."""
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0


@cache
def _icon(name: str, theme: Theme, color: str, ratio: float) -> QIcon:
    made = QIcon()
    made.addPixmap(_pixmap(name, color, ICON_PX, ratio), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_pixmap(name, theme.text_disabled, ICON_PX, ratio), QIcon.Mode.Disabled, QIcon.State.Off)
    return made


@cache
def _blank() -> QIcon:
    made = QPixmap(ICON_PX, ICON_PX)
    made.fill(Qt.GlobalColor.transparent)
    return QIcon(made)


@cache
def _folder() -> Path:
    return resources_dir() / "icons"


@cache
def _source(name: str) -> str:
    return (_folder() / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _pixmap(name: str, color: str, size_px: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # loaded after the first paint

    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    made = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


class IconSet:
    """Hands icons to buttons and actions, and colours all of them again when the theme changes.

    is_held: icons are noted, and their room is kept, but none is drawn before `release`.
    """

    def __init__(self, theme: Theme, *, is_held: bool = False) -> None:
        self.theme = theme
        self._is_held = is_held
        self._given: WeakKeyDictionary[QAbstractButton | QAction | QLabel, tuple[str, str, int]] = (
            WeakKeyDictionary()
        )

    def put(
        self,
        target: QAbstractButton | QAction | QLabel,
        name: str,
        *,
        token: str = "text",
        size_px: int = ICON_PX,
    ) -> None:
        """token: the theme's colour. size_px: for labels."""
        self._given[target] = (name, token, size_px)
        if not self._is_held:
            self._paint(target, name, token, size_px)
        elif not isinstance(target, QLabel):
            # Without any, a button would show its text, and the canvas would move when the icon comes.
            target.setIcon(_blank())

    def release(self) -> None:
        """Draws what was held back, and from now on at once."""
        self._is_held = False
        self._paint_all()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        if not self._is_held:
            self._paint_all()

    def _paint_all(self) -> None:
        for target, (name, token, size_px) in list(self._given.items()):
            if isValid(target):
                self._paint(target, name, token, size_px)

    def _paint(self, target: QAbstractButton | QAction | QLabel, name: str, token: str, size_px: int) -> None:
        color: str = getattr(self.theme, token)
        if isinstance(target, QLabel):
            target.setPixmap(pixmap(name, color, size_px))
        else:
            target.setIcon(icon(name, self.theme, color=color))
