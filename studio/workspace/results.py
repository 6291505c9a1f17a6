"""What generation has brought so far and is bringing now; none of it is in the document until it is accepted."""

from __future__ import annotations

import math
from dataclasses import dataclass

from studio.core.events import Event
from studio.core.geometry import Rect
from studio.generation.request import UInt8Array
from studio.project.snapshot import CandidateRecord

Candidate = CandidateRecord
"""A finished picture for one place, until it is accepted or thrown away; also how projects and journals keep it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LivePreview:
    """The predicted clean picture of the step just done.

    rect: where `image` lies, canvas pixels. image: uint8 (h, w, 3) of any size, to be scaled to rect.
    mask: uint8 (rect.height, rect.width), where it shows; None: everywhere. image None: no estimate yet.
    visible_rect: the part of rect that may show at all.
    """

    job_id: str
    rect: Rect
    visible_rect: Rect
    image: UInt8Array | None
    mask: UInt8Array | None
    step: int
    total_steps: int


class Results:
    """Candidates in the order they came; `current` is the one shown over the canvas, or None."""

    def __init__(self) -> None:
        self._candidates: list[Candidate] = []
        self._current_id: str | None = None
        self._live: LivePreview | None = None
        self._look: LivePreview | None = None
        self._live_canvas: LivePreview | None = None
        self._is_sorted = False
        self.changed: Event[None] = Event()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(self._candidates)

    @property
    def ordered(self) -> tuple[Candidate, ...]:
        """As they are shown and stepped through: as they came, or the least visible seam first."""
        if not self._is_sorted:
            return self.candidates
        return tuple(
            sorted(self._candidates, key=lambda c: math.inf if c.seam_score is None else c.seam_score)
        )

    @property
    def is_sorted_by_seam(self) -> bool:
        return self._is_sorted

    def sort_by_seam(self, is_sorted: bool) -> None:
        """A way to look at them: what is saved keeps the order in which they came."""
        if is_sorted != self._is_sorted:
            self._is_sorted = is_sorted
            self.changed.emit(None)

    @property
    def of_place(self) -> tuple[Candidate, ...]:
        """The shown one first, then the others that lie in the same place; empty while none is shown."""
        current = self.current
        if current is None:
            return ()
        others = (
            c
            for c in self._candidates
            if c is not current and c.rect == current.rect and c.goes_below == current.goes_below
        )
        return (current, *others)

    @property
    def current(self) -> Candidate | None:
        return self.find(self._current_id)

    @property
    def live(self) -> LivePreview | None:
        return self._live

    @property
    def look(self) -> LivePreview | None:
        """An earlier step the artist looks at, shown before everything else."""
        return self._look

    @property
    def live_canvas(self) -> LivePreview | None:
        """What the live canvas makes of the picture; shown when nothing else is."""
        return self._live_canvas

    def find(self, candidate_id: str | None) -> Candidate | None:
        return next((c for c in self._candidates if c.id == candidate_id), None)

    def add(self, candidate: Candidate, *, show: bool = True) -> None:
        self._candidates.append(candidate)
        if show:
            self._look = None
            self._current_id = candidate.id
        self.changed.emit(None)

    def remove(self, candidate_id: str) -> None:
        """Removing the shown one shows its neighbour of the same place, if there is any."""
        removed = self.find(candidate_id)
        if removed is None:
            return
        index = self._candidates.index(removed)
        self._candidates.remove(removed)
        if self._current_id == candidate_id:
            near = [c for c in self._candidates[max(0, index - 1) : index + 1] if c.rect == removed.rect]
            self._current_id = near[-1].id if near else None
        self.changed.emit(None)

    def show(self, candidate_id: str | None) -> None:
        self._look = None
        self._current_id = candidate_id if self.find(candidate_id) else None
        self.changed.emit(None)

    def step(self, offset: int) -> None:
        """The next or previous candidate, around the ends; from none to the newest."""
        if not self._candidates:
            return
        ordered, current = self.ordered, self.current
        if current is None:
            self.show(self._candidates[-1].id)
        else:
            self.show(ordered[(ordered.index(current) + offset) % len(ordered)].id)

    def set_live(self, live: LivePreview | None) -> None:
        self._live = live
        self.changed.emit(None)

    def set_look(self, look: LivePreview | None) -> None:
        if look is not self._look:
            self._look = look
            self.changed.emit(None)

    def set_live_canvas(self, picture: LivePreview | None) -> None:
        if picture is not self._live_canvas:
            self._live_canvas = picture
            self.changed.emit(None)

    def replace_all(self, candidates: tuple[Candidate, ...], current_id: str | None = None) -> None:
        self._candidates = list(candidates)
        self._live = None
        self._look = None
        self.show(current_id)
