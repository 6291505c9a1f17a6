"""Colours of everything the view draws around and over the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor

from studio.ui.theme import Theme


@dataclass(frozen=True, kw_only=True)
class CanvasColors:
    """#rrggbb. What lies over the picture is drawn light on dark (or the reverse), so that it reads on any picture."""

    surround: str = "#1b1c1e"
    checker_light: str = "#45474b"
    checker_dark: str = "#3b3d41"
    canvas_edge: str = "#0c0c0d"
    hint: str = "#c3c5ca"
    accent: str = "#7fb2e8"
    mask: str = "#ff3d7f"
    outpaint: str = "#23262b"
    outpaint_line: str = "#3d4753"
    chip: str = "#101113"
    chip_text: str = "#ececee"
    line: str = "#ffffff"
    line_shadow: str = "#000000"


DARK_COLORS = CanvasColors()
LIGHT_COLORS = CanvasColors(
    surround="#c9cacc",
    checker_light="#ffffff",
    checker_dark="#e9eaec",
    canvas_edge="#8b8d92",
    hint="#55575e",
    accent="#2a67ad",
    outpaint="#d9dee5",
    outpaint_line="#b4c0cf",
)


def colors_for(theme: Theme) -> CanvasColors:
    """The surround stays neutral: a tinted one would change how the picture's colours look."""
    base = LIGHT_COLORS if QColor(theme.surface).lightness() > 128 else DARK_COLORS
    return replace(base, surround=theme.surface, accent=theme.accent)
