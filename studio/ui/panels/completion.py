"""Completes words of the prompt from what the chosen model knows, without ever standing in the way of a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QListWidget, QPlainTextEdit, QVBoxLayout

from studio.generation.vocabulary import completions

Vocabulary = Mapping[str, Sequence[str]]

GAP_PX = 4
SIDE_PX = 28


class CompletionList(QFrame):
    """The phrases under the cursor's word. A window that never takes the keyboard from the prompt."""

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit, Qt.WindowType.ToolTip)
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.phrases = QListWidget()
        self.phrases.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.phrases.setAccessibleName("Words the model knows")
        self.phrases.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.phrases.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.phrases.setMouseTracking(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self.phrases)

    def show_phrases(self, phrases: Sequence[str], at: QPoint, line_px: int) -> None:
        """Below `at` (the top of the line on the screen), or above it where there is no room. Nothing is chosen."""
        self.phrases.clear()
        self.phrases.addItems(list(phrases))
        self.phrases.setCurrentRow(-1)
        width = max(self.phrases.sizeHintForColumn(0), 80) + SIDE_PX
        height = sum(self.phrases.sizeHintForRow(row) for row in range(len(phrases))) + 10
        self.resize(width, height)
        screen = self.screen().availableGeometry()
        below = at.y() + line_px + GAP_PX
        y = below if below + height <= screen.bottom() else at.y() - height - GAP_PX
        self.move(max(screen.left(), min(at.x(), screen.right() - width)), y)
        self.show()


class Completion(QObject):
    """Down and Up choose, Tab or Enter takes what is chosen (Tab the first, when nothing is), a click as well.

    Everything else goes where it always goes: Enter with nothing chosen is a new line, Ctrl+Enter generates, Esc hides
    the list and still stops a job, the arrows move the cursor once the list is gone.
    """

    def __init__(self, edit: QPlainTextEdit, vocabulary: Callable[[], Vocabulary]) -> None:
        super().__init__(edit)
        self._edit = edit
        self._vocabulary = vocabulary
        self._replaced_chars = 0
        self._was_typed = False
        self.list = CompletionList(edit)
        self.list.phrases.itemClicked.connect(lambda item: self._take(item.text()))
        edit.installEventFilter(self)
        edit.textChanged.connect(self._on_text_changed)
        edit.cursorPositionChanged.connect(self._on_cursor_moved)

    @property
    def is_open(self) -> bool:
        return self.list.isVisible()

    def typed(self) -> None:
        """A key has just changed the text: offers what it may become."""
        self._was_typed = False
        cursor = self._edit.textCursor()
        block = cursor.block().text()
        before, after = block[: cursor.positionInBlock()], block[cursor.positionInBlock() :]
        count, phrases = 0, tuple[str, ...]()
        if not cursor.hasSelection() and not after[:1].isalnum():
            count, phrases = completions(before, self._vocabulary())
        if not phrases:
            self.hide()
            return
        self._replaced_chars = count
        start = QTextCursor(cursor)
        start.setPosition(cursor.position() - count)
        rect = self._edit.cursorRect(start)
        place = self._edit.viewport().mapToGlobal(rect.topLeft())
        self.list.show_phrases(phrases, place, rect.height())

    def text_replaced(self) -> None:
        """The prompt was changed from elsewhere, perhaps without its own signals."""
        if not self._was_typed:
            self.hide()

    def hide(self) -> None:
        self.list.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
        elif kind in (
            QEvent.Type.FocusOut,
            QEvent.Type.Hide,
            QEvent.Type.Wheel,
            QEvent.Type.MouseButtonPress,
        ):
            self.hide()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        """True where the key was ours."""
        key, plain = (
            event.key(),
            event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier),
        )
        self._was_typed = bool(event.text().strip()) and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
            | Qt.KeyboardModifier.AltModifier
            | Qt.KeyboardModifier.MetaModifier
        )
        if not self.is_open or not plain:
            return False
        phrases = self.list.phrases
        row = phrases.currentRow()
        if key == Qt.Key.Key_Down:
            phrases.setCurrentRow(min(row + 1, phrases.count() - 1))
            return True
        if key == Qt.Key.Key_Up and row >= 0:
            phrases.setCurrentRow(row - 1)
            return True
        if key == Qt.Key.Key_Tab or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0):
            self._take(phrases.item(max(row, 0)).text())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.hide()
        return False

    def _on_text_changed(self) -> None:
        if self._was_typed and self._edit.hasFocus():
            self.typed()
        else:
            self.hide()

    def _on_cursor_moved(self) -> None:
        # Typing moves it too; that is told by the text.
        if not self._was_typed and self.is_open:
            self.hide()

    def _take(self, phrase: str) -> None:
        cursor = self._edit.textCursor()
        cursor.setPosition(cursor.position() - self._replaced_chars, QTextCursor.MoveMode.KeepAnchor)
        self._was_typed = False
        self.hide()
        cursor.insertText(phrase)
        self._edit.setTextCursor(cursor)
