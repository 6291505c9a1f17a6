"""How the pointer looks over the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.tools.tool import Cursor
from studio.ui.canvas.pose import Pose

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

_ARROWS = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)
"""Every eighth of a turn clockwise."""


def turned(shape: Qt.CursorShape, pose: Pose) -> Qt.CursorShape:
    """Double arrows go with the picture; the rest of the cursors have no direction."""
    if pose.is_straight or shape not in _ARROWS:
        return shape
    eighth = _ARROWS.index(shape) * (-1 if pose.is_mirrored else 1)
    return _ARROWS[(eighth + round(pose.degrees / 45)) % 4]
