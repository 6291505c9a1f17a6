"""Typing on the canvas: the words stand where and as they will be drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPalette, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit

from studio.document.text import Text
from studio.ui.canvas.view import CanvasView
from studio.ui.text_painter import SHARE, font_of

ALIGNMENTS = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}
FRAME_PX = 3
CARET_PX = 12
FIXED_HEIGHT = QTextBlockFormat.LineHeightTypes.FixedHeight.value


class TextEditor(QTextEdit):
    """Ctrl+Enter keeps the words, Esc gives them up; it grows with them and moves with the canvas."""

    kept = Signal()
    given_up = Signal()

    def __init__(self, text: Text, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._text = text
        self._zoom = 0.0
        self.setAccessibleName("Text on the canvas")
        self.setProperty("role", "canvas-text")
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.setPlainText(text.text)
        self.selectAll()
        self.textChanged.connect(self._place)
        canvas.installEventFilter(self)
        self.show_text(text)
        self.show()
        self.setFocus()

    @property
    def words(self) -> str:
        return self.toPlainText()

    def show_text(self, text: Text) -> None:
        """Sets the words as the record says; what was typed stays."""
        self._text = text
        self._set_type()
        self._place()

    def event(self, event: QEvent) -> bool:
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and _ends_typing(event):
            # Otherwise Esc would stop a job, and Ctrl+Enter begin one.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif _is_end(event):
            self.kept.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() in (QEvent.Type.Paint, QEvent.Type.Resize):
            if self._canvas.zoom != self._zoom:
                self._set_type()
            self._place()
        return super().eventFilter(watched, event)

    def _set_type(self) -> None:
        self._zoom = self._canvas.zoom
        scale = self._zoom / self._canvas.devicePixelRatioF()
        font = font_of(self._text, scale)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(*self._text.color))
        self.setPalette(palette)
        self.setFont(font)
        self.setStyleSheet(
            f"QTextEdit {{ background: transparent; border: 1px dashed #888; padding: {FRAME_PX - 1}px; "
            f"color: {QColor(*self._text.color).name()}; }}"
        )
        self.document().setDefaultFont(font)
        block = QTextBlockFormat()
        block.setAlignment(ALIGNMENTS[self._text.alignment])
        step = QFontMetricsF(font).lineSpacing() * self._text.line_spacing / 100
        if self._text.line_spacing != 100:
            block.setLineHeight(step, FIXED_HEIGHT)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.setBlockFormat(block)

    def _place(self) -> None:
        ideal = self.document().idealWidth()
        width = round(ideal) + CARET_PX + 2 * FRAME_PX
        height = round(self.document().size().height()) + 2 * FRAME_PX
        corner = self._canvas.to_widget(self._text.position)
        share = SHARE[self._text.alignment]
        spare = CARET_PX if share else 0  # Qt aligns within all of the room
        x = corner.x() - FRAME_PX - share * (ideal + spare)
        y = corner.y() - FRAME_PX
        place = (round(x), round(y), max(width, 2 * CARET_PX), height)
        if place != (self.x(), self.y(), self.width(), self.height()):
            self.setGeometry(*place)


def _ends_typing(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape or _is_end(event)


def _is_end(event: QKeyEvent) -> bool:
    is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return is_enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
