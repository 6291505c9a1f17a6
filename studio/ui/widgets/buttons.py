"""Buttons with an icon, a tooltip and a name a screen reader can say."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from studio.ui.icons import IconSet
from studio.ui.theme import ICON_PX, RADIUS_PX


def action_button(action: QAction, *, role: str = "", icon_px: int = ICON_PX) -> QToolButton:
    """Shows an action's icon; enabled, checked and explained as the action is."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(icon_px, icon_px))
    button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if role:
        button.setProperty("role", role)
    return button


def icon_button(icons: IconSet, name: str, tip: str, *, icon_px: int = ICON_PX) -> QToolButton:
    button = QToolButton()
    icons.put(button, name)
    button.setIconSize(QSize(icon_px, icon_px))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class ProgressButton(QPushButton):
    """A button that fills from the left as its work goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def share(self) -> float:
        return self._share

    def set_share(self, share: float) -> None:
        """share: 0 to 1 of the work done."""
        if share != self._share:
            self._share = min(max(share, 0.0), 1.0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._share:
            return
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS_PX - 1, RADIUS_PX - 1)
        color = QColor(self.palette().highlight().color())
        color.setAlpha(70)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(area.x(), area.y(), area.width() * self._share, area.height()), color)
        painter.end()
