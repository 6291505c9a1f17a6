"""Everything an artist can command, as data: menus, tool bars, tooltips and the shortcuts page are made from it.

Shortcuts are in Qt's portable notation; on macOS Ctrl means Command.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """One command.

    menu: the menu it stands in; a slash opens a submenu. shortcuts: the first is shown, the others also work.
    needs: name of the condition that enables it (`action_set.CONDITIONS`), empty: always enabled.
    is_canvas_key: its keys act only while the canvas has the keyboard (they mean something else in a text field).
    opens_group: a separator stands before it.
    """

    id: str
    label: str
    menu: str
    shortcuts: tuple[str, ...]
    tip: str
    icon: str = ""
    needs: str = ""
    is_checkable: bool = False
    is_canvas_key: bool = False
    opens_group: bool = False


MENUS: tuple[str, ...] = ("File", "Edit", "Layer", "Mask", "Generate", "View", "Help")


def _a(
    id: str,
    label: str,
    menu: str,
    shortcuts: str,
    tip: str,
    *,
    icon: str = "",
    needs: str = "",
    check: bool = False,
    canvas: bool = False,
    group: bool = False,
) -> ActionSpec:
    return ActionSpec(
        id=id,
        label=label,
        menu=menu,
        shortcuts=tuple(shortcuts.split(" ")),
        tip=tip,
        icon=icon,
        needs=needs,
        is_checkable=check,
        is_canvas_key=canvas,
        opens_group=group,
    )


ACTIONS: tuple[ActionSpec, ...] = (
    _a("new", "&New…", "File", "Ctrl+N", "Begin a blank canvas"),
    _a("open", "&Open…", "File", "Ctrl+O", "Open a project or a picture", icon="open"),
    _a("save", "&Save", "File", "Ctrl+S", "Save the project", icon="save", group=True),
    _a("save_as", "Save &As…", "File", "Ctrl+Shift+S", "Save the project under another name"),
    _a("import_layer", "&Import as Layer…", "File", "Ctrl+Shift+O", "Add a picture as a new layer", group=True),
    _a("export", "&Export…", "File", "Ctrl+E", "Write the picture as PNG, JPEG or WebP", icon="export"),
    _a("quit", "&Quit", "File", "Ctrl+Q", "Close the studio", group=True),
    _a("undo", "&Undo", "Edit", "Ctrl+Z", "Take back the last step", icon="undo", needs="undo"),
    _a("redo", "&Redo", "Edit", "Ctrl+Shift+Z Ctrl+Y", "Do the step again", icon="redo", needs="redo"),
    _a("paste", "&Paste as Layer", "Edit", "Ctrl+V", "Add the picture in the clipboard as a new layer", group=True),
    _a("copy_merged", "&Copy Merged", "Edit", "Ctrl+Shift+C", "Copy the whole picture, all layers together"),
    _a("tool_brush", "&Brush", "Edit/Tools", "B", "Paint on the active layer", icon="brush", check=True, group=True),
    _a("tool_eraser", "&Eraser", "Edit/Tools", "E", "Erase on the active layer", icon="eraser", check=True),
    _a(
        "tool_mask_brush",
        "&Mask Brush",
        "Edit/Tools",
        "M",
        "Mark what may change; soft edges count",
        icon="mask_brush",
        check=True,
    ),
    _a(
        "tool_mask_eraser",
        "Mask E&raser",
        "Edit/Tools",
        "Shift+M",
        "Take away from the mask",
        icon="mask_eraser",
        check=True,
    ),
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
    _a("tool_pan", "&Pan", "Edit/Tools", "H", "Move the view; holding Space does the same", icon="pan", check=True),
    _a(
        "tool_frame",
        "&Frame",
        "Edit/Tools",
        "F",
        "Choose what the model sees; past the picture's edge it paints on",
        icon="frame",
        check=True,
    ),
    _a(
        "tool_color_picker",
        "&Color Picker",
        "Edit/Tools",
        "I",
        "Take a color from the picture",
        icon="color_picker",
        check=True,
    ),
    _a(
        "tool_select_rectangle",
        "Recta&ngle Mask",
        "Edit/Tools",
        "R",
        "Mask a rectangle. Shift adds, Ctrl or Alt takes away, both intersect; pressed later, Shift makes a square, "
        "Ctrl or Alt draws from the center, Space moves it",
        icon="select_rectangle",
        check=True,
        group=True,
    ),
    _a(
        "tool_select_ellipse",
        "Ellipse Mas&k",
        "Edit/Tools",
        "Shift+R",
        "Mask an ellipse. Shift adds, Ctrl or Alt takes away, both intersect; pressed later, Shift makes a circle, "
        "Ctrl or Alt draws from the center, Space moves it",
        icon="select_ellipse",
        check=True,
    ),
    _a(
        "tool_select_lasso",
        "L&asso",
        "Edit/Tools",
        "L",
        "Mask what you draw around. Shift adds, Ctrl or Alt takes away, both intersect",
        icon="select_lasso",
        check=True,
    ),
    _a(
        "tool_select_polygon",
        "Pol&ygon Lasso",
        "Edit/Tools",
        "Shift+L",
        "Mask a shape corner by corner. A double click or Enter closes it, Backspace takes a corner back; "
        "Shift adds, Ctrl or Alt takes away, both intersect",
        icon="select_polygon",
        check=True,
    ),
    _a(
        "tool_select_wand",
        "Magic &Wand",
        "Edit/Tools",
        "W",
        "Mask what looks like the place you click. Shift adds, Ctrl or Alt takes away, both intersect",
        icon="select_wand",
        check=True,
    ),
    _a(
        "tool_fill",
        "F&ill",
        "Edit/Tools",
        "G",
        "Fill an area of like color on the active layer, inside the mask if there is one",
        icon="fill",
        check=True,
        group=True,
    ),
    _a(
        "tool_gradient",
        "Gra&dient",
        "Edit/Tools",
        "Shift+G",
        "Drag a gradient on the active layer, inside the mask if there is one. Shift keeps it straight, Space moves it",
        icon="gradient",
        check=True,
    ),
    _a("brush_smaller", "&Smaller Brush", "Edit/Tools", "[", "Make the brush smaller", group=True),
    _a("brush_larger", "Lar&ger Brush", "Edit/Tools", "]", "Make the brush larger"),
    _a("brush_softer", "S&ofter Brush", "Edit/Tools", "Shift+[", "Soften the brush's edge"),
    _a("brush_harder", "&Harder Brush", "Edit/Tools", "Shift+]", "Harden the brush's edge"),
    _a("choose_color", "Co&lor…", "Edit/Tools", "Ctrl+Shift+X", "Choose the painting color"),
    _a("crop_to_mask", "&Crop to Mask", "Edit/Canvas", "C", "Cut the canvas down to the mask", needs="mask"),
    _a("crop_to_frame", "Crop to &Frame", "Edit/Canvas", "Shift+C", "Make the canvas what the frame holds"),
    _a(
        "flip_horizontal",
        "Flip &Horizontally",
        "Edit/Canvas",
        "Shift+H",
        "Mirror the whole picture, left to right",
        group=True,
    ),
    _a("flip_vertical", "Flip &Vertically", "Edit/Canvas", "Shift+V", "Mirror the whole picture, top to bottom"),
    _a("rotate_left", "Rotate &Left", "Edit/Canvas", "Ctrl+Shift+Left", "Turn the whole picture by 90° to the left"),
    _a("rotate_right", "Rotate &Right", "Edit/Canvas", "Ctrl+Shift+Right", "Turn the whole picture by 90° to the right"),
    _a("preferences", "Pre&ferences…", "Edit", "Ctrl+,", "Theme and size of the window", icon="settings", group=True),
    _a("layer_add", "&Add Layer", "Layer", "Ctrl+Shift+N", "Add an empty layer above the active one", icon="add"),
    _a("layer_duplicate", "&Duplicate Layer", "Layer", "Ctrl+J", "Copy the active layer", icon="duplicate"),
    _a(
        "layer_delete",
        "D&elete Layer",
        "Layer",
        "Ctrl+Delete",
        "Delete the active layer",
        icon="delete",
        needs="several_layers",
    ),
    _a("layer_rename", "&Rename Layer", "Layer", "F2", "Give the active layer another name"),
    _a("layer_up", "Move &Up", "Layer", "Ctrl+]", "Move the layer up", icon="up", needs="layer_above", group=True),
    _a("layer_down", "Move D&own", "Layer", "Ctrl+[", "Move the layer down", icon="down", needs="layer_below"),
    _a("layer_above", "Select A&bove", "Layer", "Alt+]", "Make the layer above active", needs="layer_above"),
    _a("layer_below", "Select Be&low", "Layer", "Alt+[", "Make the layer below active", needs="layer_below"),
    _a("layer_visible", "&Show or Hide", "Layer", "Ctrl+Shift+H", "Show or hide the active layer", icon="eye", group=True),
    _a(
        "layer_recipe",
        "Use This Rec&ipe",
        "Layer",
        "Ctrl+Shift+R",
        "Take prompt, seed and settings from the generated layer",
        icon="recipe",
        needs="recipe",
    ),
    _a(
        "layer_fill",
        "&Fill With Color",
        "Layer",
        "Shift+Backspace",
        "Fill the active layer with the painting color, inside the mask if there is one",
        canvas=True,
        group=True,
    ),
    _a(
        "layer_merge_down",
        "&Merge Down",
        "Layer",
        "Ctrl+Shift+M",
        "Join the active layer with the one below",
        needs="layer_below",
    ),
    _a("layer_from_visible", "&New From Visible", "Layer", "Ctrl+Shift+L", "What you see as a new layer above all"),
    _a(
        "layer_mask_add",
        "Add Layer Mas&k",
        "Layer",
        "F9",
        "Hide a part of the layer: what is not masked, or nothing yet",
        needs="no_layer_mask",
        group=True,
    ),
    _a(
        "layer_mask_apply",
        "Appl&y Layer Mask",
        "Layer",
        "Ctrl+F9",
        "Delete for good what the layer's mask hides",
        needs="layer_mask",
    ),
    _a(
        "layer_mask_delete",
        "Dele&te Layer Mask",
        "Layer",
        "Shift+F9",
        "Show again what the layer's mask hides",
        needs="layer_mask",
    ),
    _a(
        "layer_clip",
        "&Clip to Layer Below",
        "Layer",
        "F12",
        "Hide the layer where the one below is transparent",
        needs="layer_below",
    ),
    _a("mask_clear", "&Clear Mask", "Mask", "Ctrl+D", "Remove the mask", icon="mask_clear", needs="mask"),
    _a("mask_invert", "&Invert Mask", "Mask", "Ctrl+Shift+I", "Mask what is free and free what is masked", icon="mask_invert"),
    _a("mask_fill", "Mask &Everything", "Mask", "Ctrl+A", "Mask everything inside the frame"),
    _a("mask_grow", "&Grow…", "Mask", "Shift+F2", "Make the mask wider", needs="mask", group=True),
    _a("mask_shrink", "&Shrink…", "Mask", "Shift+F3", "Make the mask narrower", needs="mask"),
    _a("mask_feather", "&Feather…", "Mask", "Shift+F6", "Soften the mask's edge", needs="mask"),
    _a("mask_border", "&Border…", "Mask", "Shift+F4", "Mask a band along the mask's edge", needs="mask"),
    _a("mask_smooth", "S&mooth…", "Mask", "Shift+F5", "Round off the mask's corners and bumps", needs="mask"),
    _a("mask_from_layer", "From Layer &Alpha", "Mask", "Shift+F7", "Mask what the active layer covers", group=True),
    _a("mask_from_luminosity", "From &Luminosity", "Mask", "Shift+F8", "Mask the picture by how light it is"),
    _a(
        "mask_delete_pixels",
        "&Delete Masked Pixels",
        "Mask",
        "Delete",
        "Delete what the active layer has under the mask",
        needs="mask",
        canvas=True,
        group=True,
    ),
    _a(
        "mask_copy_to_layer",
        "Copy to &New Layer",
        "Mask",
        "Alt+J",
        "Copy what the active layer has under the mask to a new layer",
        needs="mask",
    ),
    _a(
        "mask_cut_to_layer",
        "C&ut to New Layer",
        "Mask",
        "Ctrl+Shift+J",
        "Move what the active layer has under the mask to a new layer",
        needs="mask",
    ),
    _a("generate", "&Generate", "Generate", "Ctrl+Enter Ctrl+Return", "Make a picture from prompt, mask and frame", icon="generate"),
    _a(
        "draw_scene",
        "Draw a S&cene",
        "Generate",
        "Ctrl+Shift+D",
        "Draw a landscape from the prompt's words, in an instant and without the model: something to paint over",
        icon="scene",
    ),
    _a("stop", "&Stop", "Generate", "Escape", "Stop the picture in the making", icon="stop", needs="busy"),
    _a("stop_all", "Stop &All", "Generate", "Shift+Escape", "Stop this picture and forget all that wait", needs="busy"),
    _a(
        "candidate_previous",
        "&Previous Result",
        "Generate",
        ",",
        "Show the result before",
        icon="previous",
        needs="candidates",
        group=True,
    ),
    _a("candidate_next", "&Next Result", "Generate", ".", "Show the next result", icon="next", needs="candidates"),
    _a(
        "candidate_accept",
        "&Keep Result",
        "Generate",
        "Alt+Enter Alt+Return",
        "Make the shown result a layer",
        icon="accept",
        needs="candidate",
    ),
    _a(
        "candidate_discard",
        "&Discard Result",
        "Generate",
        "Alt+Backspace",
        "Throw the shown result away",
        icon="discard",
        needs="candidate",
    ),
    _a(
        "candidate_hide",
        "Show With&out Result",
        "Generate",
        "O",
        "Look at the picture as it was; again to see the result",
        icon="compare",
        needs="candidates",
    ),
    _a("candidate_sort", "&Cleanest Edges First", "Generate", "Ctrl+.", "Order the results by how little their edge shows", icon="sort", needs="candidates", check=True),
    _a(
        "frame_to_canvas",
        "&Frame the Whole Canvas",
        "Generate",
        "Ctrl+Shift+F",
        "Fit the frame to the canvas",
        icon="fit",
        group=True,
    ),
    _a("seed_random", "&Roll the Seed", "Generate", "Ctrl+R", "Choose another seed", icon="dice"),
    _a("seed_lock", "&Lock the Seed", "Generate", "Ctrl+L", "Keep the seed for the next pictures", icon="lock", check=True),
    _a("focus_prompt", "Write t&he Prompt", "Generate", "Ctrl+P", "Put the cursor into the prompt", group=True),
    _a(
        "negative_prompt",
        "Nega&tive Prompt",
        "Generate",
        "Ctrl+Shift+P",
        "Show what the picture should not contain",
        icon="negative",
        check=True,
    ),
    _a("vocabulary", "What It Kno&ws…", "Generate", "Ctrl+Shift+W", "Words and examples for the chosen model", icon="words", needs="vocabulary"),
    _a("queue_clear", "Clear &Ended Jobs", "Generate", "Ctrl+Shift+K", "Forget finished, stopped and failed jobs", icon="clear", needs="ended", group=True),
    _a("engine_restart", "Restart the Eng&ine", "Generate", "Ctrl+Shift+E", "End the image engine and start it afresh", icon="retry"),
    _a("zoom_in", "Zoom &In", "View", "Ctrl++ Ctrl+=", "See more detail", icon="zoom_in"),
    _a("zoom_out", "Zoom &Out", "View", "Ctrl+-", "See more of the picture", icon="zoom_out"),
    _a("zoom_actual", "&Actual Pixels", "View", "Ctrl+1", "One picture pixel on one screen pixel"),
    _a("zoom_fit", "&Fit on Screen", "View", "Ctrl+0", "See the whole canvas", icon="fit"),
    _a("zoom_frame", "F&rame on Screen", "View", "Ctrl+2", "See what the model sees"),
    _a("panel_generate", "&Settings", "View/Panels", "F6", "Show or hide the settings", check=True, group=True),
    _a("panel_layers", "&Layers", "View/Panels", "F7", "Show or hide the layers", check=True),
    _a("panel_queue", "&Queue", "View/Panels", "F8", "Show or hide the queue", check=True),
    _a("hide_panels", "&Hide All Panels", "View", "Tab", "Nothing but the canvas", check=True, canvas=True),
    _a("fullscreen", "Full &Screen", "View", "F11", "Fill the whole screen", check=True),
    _a("theme", "Light &Theme", "View", "Ctrl+Shift+T", "Change between the dark and the light theme", check=True, group=True),
    _a("shortcuts", "&Keyboard Shortcuts", "Help", "F1", "Every command and its key", icon="keyboard"),
    _a("about", "&About Underpaint", "Help", "Shift+F1", "Version, licence and parts", icon="info"),
)  # fmt: skip

TOOL_ACTIONS: dict[str, str] = {
    "brush": "tool_brush",
    "eraser": "tool_eraser",
    "mask_brush": "tool_mask_brush",
    "mask_eraser": "tool_mask_eraser",
    "move": "tool_move",
    "transform": "tool_transform",
    "pan": "tool_pan",
    "frame": "tool_frame",
    "color_picker": "tool_color_picker",
    "select_rectangle": "tool_select_rectangle",
    "select_ellipse": "tool_select_ellipse",
    "select_lasso": "tool_select_lasso",
    "select_polygon": "tool_select_polygon",
    "select_wand": "tool_select_wand",
    "fill": "tool_fill",
    "gradient": "tool_gradient",
}


def spec(action_id: str) -> ActionSpec:
    """Raises KeyError for an unknown id."""
    return _BY_ID[action_id]


_BY_ID: dict[str, ActionSpec] = {entry.id: entry for entry in ACTIONS}
