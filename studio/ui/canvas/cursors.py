"""How the pointer looks over the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.tools.tool import Cursor

CURSORS: dict[Cursor, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "open_hand": Qt.CursorShape.OpenHandCursor,
    "closed_hand": Qt.CursorShape.ClosedHandCursor,
    "size_horizontal": Qt.CursorShape.SizeHorCursor,
    "size_vertical": Qt.CursorShape.SizeVerCursor,
    "size_falling": Qt.CursorShape.SizeFDiagCursor,
    "size_rising": Qt.CursorShape.SizeBDiagCursor,
    "text": Qt.CursorShape.IBeamCursor,
    "forbidden": Qt.CursorShape.ForbiddenCursor,
}
