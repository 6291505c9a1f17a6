"""What a small model knows: words and examples to click, so that nobody has to guess."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.generation.catalog import ModelInfo
from studio.ui.context import Context
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.labels import plain_label

WIDTH_PX = 480
HEIGHT_PX = 560
FRAME_PX = 14


class VocabularyPopover(QFrame):
    """A click on a word adds it to the prompt, a click on an example replaces the prompt."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._context = context
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
        column.addWidget(plain_label(f"What {model.name} knows", role="title"))
        if model.examples:
            column.addWidget(plain_label("Try one of these", role="section"))
            for example in model.examples:
                column.addWidget(self._example(example))
        for group, words in model.vocabulary.items():
            column.addSpacing(4)
            column.addWidget(plain_label(group.capitalize(), role="section"))
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
        self._context.workspace.settings.set(prompt=text)
        self.close()

    def _add(self, word: str) -> None:
        settings = self._context.workspace.settings
        before = settings.values.prompt.rstrip().rstrip(",")
        settings.set(prompt=f"{before}, {word}" if before else word)
