"""One colour for each region, the same in the list and on the canvas; told apart by most colour-blind eyes too."""

from __future__ import annotations

# Okabe & Ito's palette without black, which is no colour on a canvas.
REGION_COLORS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")


def region_color(index: int) -> str:
    """index: among the masks kept by name."""
    return REGION_COLORS[index % len(REGION_COLORS)]
