"""What a line in a table of actions says."""

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


def action(
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
