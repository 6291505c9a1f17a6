"""The candidate brush: paint where the active result of a mix shows."""

from __future__ import annotations

from collections.abc import Sequence

from studio.brushes.stroke import Stroke
from studio.core.errors import DocumentError
from studio.document.changes import Target
from studio.document.mixing import mix_targets
from studio.document.pixels import TILE_PX, erase, over_mask
from studio.document.surface import tile_rect
from studio.tools.paint import PaintKind, PaintTool
from studio.tools.painting import Painting
from studio.tools.tool import PointerEvent, ToolContext

MIX_BRUSH = PaintKind(
    id="mix_brush",
    label="Candidate Brush",
    step_label="Mix Results",
    erasing_label="Mix Results",
    paints_mask=False,
    erases=False,
)


class MixTool(PaintTool):
    """Raises the active layer's mask and lowers those above it, in one stroke and one step."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__(MIX_BRUSH, context)
        self._above: tuple[Target, ...] = ()

    def press(self, event: PointerEvent) -> None:
        super().press(event)
        self._uncover()

    def move(self, events: Sequence[PointerEvent]) -> None:
        super().move(events)
        self._uncover()

    def _refusal(self) -> DocumentError | None:
        try:
            mix_targets(self.context.document)
        except DocumentError as error:
            return error
        return None

    def _begun(self, event: PointerEvent) -> Painting:
        context, document = self.context, self.context.document
        own, above = mix_targets(document)
        brush = self._brush()
        # The lowest has no mask of its own: it is shown by hiding what lies above.
        target, self._above = (above[0], above[1:]) if own is None else (own, above)
        self._stroke_count += 1
        return Painting(
            transaction=context.history.transaction(MIX_BRUSH.step_label),
            document=document,
            target=target,
            stroke=Stroke(
                brush,
                self._dabs(brush),
                clip=self._clip(),
                tile_px=TILE_PX,
                seed=self._stroke_count,
                screen_scale=context.zoom,
                symmetry=self._symmetry,
            ),
            blend=(lambda _, before, coverage: erase(before, coverage, brush.opacity))
            if own is None
            else (lambda _, before, coverage: over_mask(before, coverage, brush.opacity)),
            needs_pixels=own is None,
            keeps_to_mask=False,
        )

    def _finished(self, painting: Painting) -> None:
        self._uncover()

    def _uncover(self) -> None:
        """Lowers the other masks above wherever the stroke has been so far."""
        painting = self._running()
        if painting is None:
            return
        opacity = self._brush().opacity
        rect = painting.touched_rect()
        for target in self._above:
            for key in rect.tiles(TILE_PX):
                before = painting.transaction.before_tile(target, key)
                if before is None or not before.any():
                    continue
                part = tile_rect(key).intersected(rect)
                coverage = painting.read_coverage(part)
                if coverage.any():
                    rows = part.slices_in(tile_rect(key))
                    tile = painting.transaction.edit_tile(target, key)
                    tile[rows] = erase(before[rows], coverage, opacity)
            painting.transaction.touch(target, rect)
