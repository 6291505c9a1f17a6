"""The results of the present place, over the lower edge of the canvas: step through, keep, throw away, compare."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QToolButton, QWidget

from studio.core.opencv import cv2
from studio.ui.bind import Bindings
from studio.ui.canvas.qimage import copy_to_image
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.labels import plain_label
from studio.workspace.results import Candidate

THUMBNAIL_PX = 52
SHOWN_THUMBNAILS = 6
CHIP_TEXT_PX = 10
SEAM_WORDS = ((1.15, "nothing to see"), (1.6, "hard to see"), (2.5, "look closely"))
"""Upper limits of the seam score; 1 is what an untouched picture has."""


class ThumbnailStrip(QScrollArea):
    """As wide as its thumbnails, up to SHOWN_THUMBNAILS; at least one, where there is no room for more."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.setWidgetResizable(True)
        self.setFixedHeight(THUMBNAIL_PX + 4)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(min(self.count, SHOWN_THUMBNAILS) * (THUMBNAIL_PX + 8) - 4, THUMBNAIL_PX + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(THUMBNAIL_PX + 4, THUMBNAIL_PX + 4)


class CandidateBar(QFrame):
    """Hidden without results; folded to one button while none is shown, so that it never covers a picture in vain.

    The widget it lies on calls `place` when that widget is resized. compare_held: show the picture without results.
    """

    compare_held = Signal(bool)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._bindings = Bindings()
        self._thumbnails: dict[str, QToolButton] = {}
        self._foot_px = 0
        self.setProperty("role", "card")
        self.setAccessibleName("Results")
        self._unfold = QPushButton()
        self._unfold.setProperty("role", "flat")
        self._unfold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._unfold.clicked.connect(context.actions["candidate_hide"].trigger)
        self._strip = QWidget()
        self._strip.setProperty("role", "plain")
        self._strip_row = QHBoxLayout(self._strip)
        self._strip_row.setContentsMargins(0, 0, 0, 0)
        self._strip_row.setSpacing(4)
        self._area = ThumbnailStrip()
        self._area.setWidget(self._strip)
        self._position = plain_label("", role="small")
        self._position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.compare = icon_button(context.icons, "compare", "Hold to see the picture without the result")
        self.compare.pressed.connect(lambda: self.compare_held.emit(True))
        self.compare.released.connect(lambda: self.compare_held.emit(False))
        self._sort = context.button("candidate_sort")
        self._sort.setCheckable(True)
        self.keep = QPushButton("Keep")
        self.keep.setProperty("role", "primary")
        self.keep.setToolTip(context.actions["candidate_accept"].toolTip())
        self.keep.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keep.clicked.connect(context.actions["candidate_accept"].trigger)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        self._full: list[QWidget] = [
            context.button("candidate_previous"),
            self._area,
            context.button("candidate_next"),
            self._position,
            self._sort,
            context.button("candidate_mix"),
            self.compare,
            context.button("candidate_discard"),
            self.keep,
        ]
        row.addWidget(self._unfold)
        for widget in self._full:
            row.addWidget(widget, 1 if widget is self._area else 0)
        refresh = Later(self._refresh, parent=self)
        self._bindings.subscribe(context.workspace.results.changed, refresh.schedule)
        self._refresh()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def stand_above(self, foot_px: int) -> None:
        """foot_px: of the parent's lower edge is taken."""
        self._foot_px = foot_px
        self.place()

    def place(self) -> None:
        """Puts it above the lower edge of its parent, centred, never wider than that."""
        parent = self.parentWidget()
        if parent is None:
            return
        is_narrow = self.sizeHint().width() > parent.width() - 24
        self._position.setVisible(not is_narrow and self.keep.isVisibleTo(self))
        width = min(self.sizeHint().width(), parent.width() - 24)
        height = self.sizeHint().height()
        bottom = parent.height() - self._foot_px - 12
        self.setGeometry((parent.width() - width) // 2, bottom - height, width, height)
        self.raise_()

    def thumbnail(self, candidate_id: str) -> QToolButton:
        """Raises KeyError for a candidate that is not there."""
        return self._thumbnails[candidate_id]

    def _refresh(self) -> None:
        results = self._context.workspace.results
        candidates = results.ordered
        is_folded = results.current is None
        self._sort.setChecked(results.is_sorted_by_seam)
        self._sync_thumbnails(candidates)
        shown = results.current
        if shown is not None:
            index = candidates.index(shown)
            drawn = " · drawn" if shown.recipe.is_drawn else ""
            self._position.setText(f"{index + 1} of {len(candidates)}{drawn}")
            self._position.setToolTip(
                f"{origin_text(shown)} · {shown.rect.width} × {shown.rect.height} px{seam_text(shown)}"
            )
            button = self._thumbnails[shown.id]
            button.setChecked(True)
            self._area.ensureWidgetVisible(button, THUMBNAIL_PX, 0)
        count = len(candidates)
        self._unfold.setText(f"{count} result{'' if count == 1 else 's'}")
        self._unfold.setToolTip(self._context.actions["candidate_hide"].toolTip())
        self._unfold.setVisible(is_folded)
        for widget in self._full:
            widget.setVisible(not is_folded)
        self.setVisible(bool(candidates))
        self._area.count = count
        self._area.updateGeometry()
        self._row.activate()
        self.place()

    def _sync_thumbnails(self, candidates: tuple[Candidate, ...]) -> None:
        present = {candidate.id for candidate in candidates}
        for candidate_id in [key for key in self._thumbnails if key not in present]:
            button = self._thumbnails.pop(candidate_id)
            self._strip_row.removeWidget(button)
            button.deleteLater()
        for index, candidate in enumerate(candidates):
            if candidate.id not in self._thumbnails:
                self._thumbnails[candidate.id] = self._make_thumbnail(candidate)
            button = self._thumbnails[candidate.id]
            if self._strip_row.indexOf(button) != index:
                self._strip_row.insertWidget(index, button)

    def _make_thumbnail(self, candidate: Candidate) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "thumbnail")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setFixedSize(THUMBNAIL_PX + 4, THUMBNAIL_PX + 4)
        button.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        button.setIcon(QIcon(thumbnail_pixmap(candidate, THUMBNAIL_PX, self.devicePixelRatioF())))
        button.setToolTip(f"{origin_text(candidate)}{seam_text(candidate)}")
        button.setAccessibleName(
            f"{'Drawn scene' if candidate.recipe.is_drawn else 'Result'} with seed {candidate.recipe.seed}"
        )
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._context.workspace.results.show(candidate.id))
        return button


def origin_text(candidate: Candidate) -> str:
    seed = f"seed {candidate.recipe.seed}"
    return (
        f"Drawn by the scene renderer, not generated · {seed}"
        if candidate.recipe.is_drawn
        else seed.capitalize()
    )


def thumbnail_pixmap(candidate: Candidate, side_px: int, ratio: float) -> QPixmap:
    """The middle square of a result, side_px logical pixels."""
    height, width = candidate.rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(candidate.rgb[top : top + side, left : left + side])
    pixels = max(1, round(side_px * ratio))
    interpolation = cv2.INTER_AREA if side > pixels else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(square, (pixels, pixels), interpolation=interpolation), np.uint8)
    made = QPixmap.fromImage(copy_to_image(small))
    made.setDevicePixelRatio(ratio)
    if candidate.seam_score is not None:
        _draw_chip(made, f"{candidate.seam_score:.1f}", side_px)
    return made


def seam_text(candidate: Candidate) -> str:
    """How visible the edge is, in words, to be put behind others; empty where it has none."""
    score = candidate.seam_score
    if score is None:
        return ""
    verdict = next((words for limit, words in SEAM_WORDS if score <= limit), "its edge shows")
    return f" · seam {score:.1f}: {verdict}"


def _draw_chip(pixmap: QPixmap, text: str, side_px: int) -> None:
    """In the lower right corner, readable on any picture."""
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = painter.font()
    font.setPixelSize(CHIP_TEXT_PX)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(text) + 8
    box = QRectF(side_px - width - 3, side_px - CHIP_TEXT_PX - 7, width, CHIP_TEXT_PX + 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
