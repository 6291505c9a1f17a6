"""Sentences over the canvas that ask for nothing: they never take the keyboard and never block."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.icons import IconSet
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.labels import plain_label
from studio.workspace.notice import Notice

NoticeAction = tuple[str, Callable[[], None]]
"""A button's label and what it does."""

MAX_SHOWN = 3
WIDTH_PX = 460
INFORMATION_MS = 7000
TOP_PX = 12


class NoticeCard(QFrame):
    def __init__(
        self, notice: Notice, icons: IconSet, parent: QWidget, action: NoticeAction | None = None
    ) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("role", "notice")
        self.setProperty("severity", "error" if notice.is_error else "information")
        self.setAccessibleName(f"{notice.message} {notice.remedy}".strip())
        symbol = plain_label("")
        icons.put(
            symbol,
            "warning" if notice.is_error else "info",
            token="danger" if notice.is_error else "accent",
            size_px=18,
        )
        self.close_button = icon_button(icons, "discard", "Close this message", icon_px=14)
        message = plain_label(notice.message, wraps=True)
        message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(message)
        if notice.remedy:
            texts.addWidget(plain_label(notice.remedy, role="muted", wraps=True))
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        if action is not None:
            label, do = action
            button = QPushButton(label)
            button.clicked.connect(do)
            button.clicked.connect(self.close_button.click)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 8, 9)
        column.addLayout(line)
        self.details_button = QPushButton("Details")
        self._details = QPlainTextEdit(notice.details)
        self._details.setReadOnly(True)
        self._details.setFixedHeight(110)
        self._details.hide()
        self.details_button.setProperty("role", "flat")
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self._on_details_toggled)
        copy = QPushButton("Copy")
        copy.setProperty("role", "flat")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(notice.details))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(26, 0, 0, 0)
        buttons.addWidget(self.details_button)
        buttons.addWidget(copy)
        buttons.addStretch(1)
        if notice.details:
            column.addLayout(buttons)
            column.addWidget(self._details)

    def _on_details_toggled(self, is_shown: bool) -> None:
        self._details.setVisible(is_shown)
        stack = self.parentWidget()
        if isinstance(stack, NoticeStack):
            stack.place()


class NoticeStack(QWidget):
    """The newest on top, three at most; information goes by itself, errors stay until they are closed.

    The widget it lies on calls `place` when that widget is resized.
    """

    def __init__(self, icons: IconSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._cards: list[NoticeCard] = []
        self.hide()

    @property
    def cards(self) -> tuple[NoticeCard, ...]:
        return tuple(self._cards)

    def show_notice(self, notice: Notice, *, action: NoticeAction | None = None) -> None:
        """The same sentence twice is shown once."""
        for card in list(self._cards):
            if card.notice.message == notice.message:
                self._remove(card)
        card = NoticeCard(notice, self._icons, self, action)
        card.close_button.clicked.connect(lambda: self._remove(card))
        self._cards.insert(0, card)
        self._column.insertWidget(0, card)
        for old in self._cards[MAX_SHOWN:]:
            self._remove(old)
        if not notice.is_error and action is None:
            timer = QTimer(card)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._remove(card))
            timer.start(INFORMATION_MS)
        card.show()
        self.show()
        self.place()

    def place(self) -> None:
        """Top centre of its parent, never wider than that."""
        parent = self.parentWidget()
        if parent is None or not self._cards:
            return
        width = min(WIDTH_PX, parent.width() - 24)
        self._column.activate()
        height = (
            self._column.heightForWidth(width)
            if self._column.hasHeightForWidth()
            else self.sizeHint().height()
        )
        self.setGeometry((parent.width() - width) // 2, TOP_PX, width, height)
        self.raise_()

    def _remove(self, card: NoticeCard) -> None:
        if card in self._cards:
            self._cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
            self.setVisible(bool(self._cards))
            self.place()
