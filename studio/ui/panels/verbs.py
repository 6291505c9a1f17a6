"""The row of verbs over the prompt: what shall be done with what is masked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from studio.generation.verbs import VERBS, verb_of
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.widgets.buttons import action_button

GAP_PX = 2
MENU_WIDTH_PX = 120


class VerbRow(QWidget):
    """One button each, as many as there is room for; the rest, and the chosen one if it is among them, in a menu."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setAccessibleName("What to do")
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        for verb in VERBS:
            button = action_button(context.actions[f"verb_{verb.identifier}"], role="verb")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            self.buttons[verb.identifier] = button
            row.addWidget(button)
        self._more = QToolButton()
        self._more.setProperty("role", "verb")
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setToolTip("More of what can be done with what is masked")
        self._more.setMenu(QMenu(self._more))
        row.addWidget(self._more)
        row.addStretch(1)
        self._hidden: list[str] = []
        self._bindings.field(context.workspace.settings, "verb", lambda _: self._refresh())

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def minimumSizeHint(self) -> QSize:
        return QSize(MENU_WIDTH_PX, self._more.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _refresh(self) -> None:
        chosen = verb_of(self._context.workspace.settings.values.verb)
        for verb in VERBS:
            self._context.actions[f"verb_{verb.identifier}"].setChecked(verb is chosen)
        self._name_menu()

    def _share_out(self) -> None:
        widths = [button.sizeHint().width() + GAP_PX for button in self.buttons.values()]
        room = self.width()
        if sum(widths) > room:
            room -= max(MENU_WIDTH_PX, self._more.sizeHint().width())
        shown = 0
        for width in widths:
            room -= width
            if room < 0:
                break
            shown += 1
        self._hidden = list(self.buttons)[shown:]
        menu = self._more.menu()
        menu.clear()
        for identifier, button in self.buttons.items():
            button.setVisible(identifier not in self._hidden)
            if identifier in self._hidden:
                menu.addAction(self._context.actions[f"verb_{identifier}"])
        self._more.setVisible(bool(self._hidden))
        self._name_menu()

    def _name_menu(self) -> None:
        chosen = verb_of(self._context.workspace.settings.values.verb)
        is_inside = chosen.identifier in self._hidden
        self._more.setText(chosen.label if is_inside else "More")
        self._more.setProperty("isChosen", is_inside)
