"""What a small model knows: pictures and words to click, so that nobody has to guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.paths import resources_dir
from studio.generation.catalog import ModelInfo
from studio.generation.example_pictures import example_pictures
from studio.generation.vocabulary import drawn_only
from studio.ui.context import Context
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.labels import ElidedLabel, plain_label

WIDTH_PX = 480
HEIGHT_PX = 620
FRAME_PX = 14
PICTURE_PX = 104
PICTURES_ACROSS = 4
HINT = "Point at a picture to read its prompt, click to use it"


class VocabularyPopover(QFrame):
    """A click on a word adds it to the prompt, a click on an example replaces the prompt.

    use_text: replaces the prompt so that its own undo brings the old one back.
    """

    def __init__(self, context: Context, parent: QWidget, use_text: Callable[[str], None]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._context = context
        self._use_text = use_text
        self.setProperty("role", "card")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._area)

    def show_above(self, anchor: QWidget) -> None:
        """Does nothing while the engine has not told what the model knows."""
        model = self._context.workspace.model
        if model is None or not (model.vocabulary or model.examples):
            return
        content = self._content(model)
        self._area.setWidget(content)
        screen = anchor.screen().availableGeometry()
        width = min(WIDTH_PX, screen.width() - 20)
        needed = content.heightForWidth(width - FRAME_PX) + FRAME_PX
        self.resize(width, min(needed, HEIGHT_PX, screen.height() - 80))
        corner = anchor.mapToGlobal(QPoint(anchor.width(), 0)) - QPoint(self.width(), self.height() + 4)
        self.move(max(screen.left() + 4, corner.x()), max(screen.top() + 4, corner.y()))
        self.show()

    def _content(self, model: ModelInfo) -> QWidget:
        content = QWidget()
        content.setProperty("role", "plain")
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(plain_label(f"What {model.name} knows", role="title"), 1)
        surprise = self._context.button("surprise", role="tool")
        surprise.setText("Surprise me")
        surprise.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        head.addWidget(surprise)
        column.addLayout(head)
        if model.examples:
            column.addWidget(plain_label("Try one of these", role="section"))
            pictures = example_pictures(resources_dir(), model)
            if pictures:
                column.addWidget(ExampleGrid(pictures, self._use))
            for example in model.examples:
                if example not in pictures:
                    column.addWidget(self._example(example))
        groups = {group.capitalize(): words for group, words in model.vocabulary.items()}
        # Only where there are groups: nobody who writes free text looks for the renderer here.
        if groups:
            groups["Only by Draw a Scene"] = drawn_only()
        for group, words in groups.items():
            column.addSpacing(4)
            column.addWidget(plain_label(group, role="section"))
            row = QWidget()
            flow = FlowLayout(row)
            flow.setContentsMargins(0, 0, 0, 0)
            for word in words:
                flow.addWidget(self._chip(word))
            column.addWidget(row)
        column.addStretch(1)
        return content

    def _example(self, text: str) -> QPushButton:
        button = QPushButton(text.replace("&", "&&"))
        button.setProperty("role", "example")
        button.setToolTip("Use this prompt")
        button.clicked.connect(lambda: self._use(text))
        return button

    def _chip(self, word: str) -> QPushButton:
        button = QPushButton(word.replace("&", "&&"))
        button.setProperty("role", "chip")
        button.setToolTip("Add to the prompt")
        button.clicked.connect(lambda: self._add(word))
        return button

    def _use(self, text: str) -> None:
        self._use_text(text)
        self.close()

    def _add(self, word: str) -> None:
        before = self._context.workspace.settings.values.prompt.rstrip().rstrip(",")
        self._use_text(f"{before}, {word}" if before else word)


class ExampleGrid(QWidget):
    """Pictures the model really made; below them stands the prompt of the one under pointer or keyboard."""

    def __init__(self, pictures: dict[str, Path], use: Callable[[str], None]) -> None:
        super().__init__()
        self._prompts: dict[QObject, str] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for index, (prompt, path) in enumerate(pictures.items()):
            button = QToolButton()
            button.setProperty("role", "thumbnail")
            button.setFixedSize(PICTURE_PX + 4, PICTURE_PX + 4)
            button.setIconSize(QSize(PICTURE_PX, PICTURE_PX))
            button.setIcon(QIcon(QPixmap(str(path))))
            button.setAccessibleName(prompt)
            button.setToolTip(prompt)
            button.clicked.connect(lambda _checked=False, text=prompt: use(text))
            button.installEventFilter(self)
            self._prompts[button] = prompt
            grid.addWidget(button, index // PICTURES_ACROSS, index % PICTURES_ACROSS)
        grid.setColumnStretch(PICTURES_ACROSS, 1)
        self.prompt = ElidedLabel(role="small")
        self.prompt.setText(HINT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.prompt)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn) and watched in self._prompts:
            self.prompt.setText(self._prompts[watched])
        elif event.type() == QEvent.Type.Leave:
            self.prompt.setText(HINT)
        return super().eventFilter(watched, event)
