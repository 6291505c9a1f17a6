"""The tools that place things and set them, as data; part of `actions.ACTIONS`."""

from __future__ import annotations

from studio.ui.action_spec import ActionSpec
from studio.ui.action_spec import action as _a

SHAPING_ACTIONS: tuple[ActionSpec, ...] = (
    _a(
        "tool_move",
        "Mo&ve",
        "Edit/Tools",
        "V",
        "Move the masked pixels, or the whole layer. Alt leaves a copy, Shift keeps it straight",
        icon="move",
        check=True,
    ),
    _a(
        "tool_transform",
        "&Transform",
        "Edit/Tools",
        "Ctrl+T",
        "Scale, turn, skew or bend the masked pixels, or the whole layer. Enter keeps it, Esc gives it up",
        icon="transform",
        check=True,
    ),
    _a(
        "tool_crop",
        "Crop",
        "Edit/Tools",
        "C",
        "Cut the canvas down by hand. Enter keeps it, Esc gives it up",
        icon="crop",
        check=True,
    ),
    _a(
        "tool_shape",
        "Shape",
        "Edit/Tools",
        "U",
        "Draw a rectangle, ellipse, line, polygon or star, inside the mask if there is one. Shift makes it even, Ctrl or "
        "Alt draws from the center, Space moves it",
        icon="shape",
        check=True,
    ),
    _a(
        "tool_text",
        "Text",
        "Edit/Tools",
        "T",
        "Set words on a layer of their own; a click on words edits them. Ctrl+Enter keeps them, Esc gives them up",
        icon="text",
        check=True,
    ),
)

GUIDE_ACTIONS: tuple[ActionSpec, ...] = (
    _a(
        "rulers",
        "R&ulers",
        "View/Guides",
        "Alt+R",
        "Rulers along the canvas; drag a guide out of one, move it with the move tool",
        check=True,
    ),
    _a(
        "guides",
        "&Guides",
        "View/Guides",
        "Ctrl+;",
        "Show or hide the guides; things go on snapping to them",
        check=True,
    ),
    _a(
        "grid",
        "G&rid",
        "View/Guides",
        "Ctrl+'",
        "Show or hide a grid, as fine as the zoom allows",
        check=True,
    ),
    _a("guides_clear", "&Clear Guides", "View/Guides", "Ctrl+Alt+;", "Take all guides away", needs="guides"),
)
