"""A titled part of the sidebar that folds away; several panels share one as tabs in its header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QToolButton, QVBoxLayout, QWidget

from studio.ui.icons import IconSet

UNLIMITED_PX = 16777215


@dataclass(frozen=True, kw_only=True)
class Tab:
    """make: called once, when the tab is first seen. buttons: in the header while the tab is in front."""

    id: str
    title: str
    make: Callable[[], QWidget]
    buttons: tuple[QWidget, ...] = ()


class Section(QWidget):
    """Header above, the body of the tab in front below; one visible tab alone is a title. Made without bodies:
    `show_front` makes the first.

    front: id of the tab in front at first; "": the first. hidden: ids of tabs not shown at first. folded: the artist folded or unfolded it. fronted: another tab came in front; its id.
    """

    folded = Signal(bool)
    fronted = Signal(str)

    def __init__(
        self, icons: IconSet, tabs: tuple[Tab, ...], *, front: str = "", hidden: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self._icons = icons
        self._tabs = tabs
        self._bodies: dict[str, QWidget] = {}
        self._toggle = QToolButton()
        self._toggle.setProperty("role", "header")
        self._toggle.setCheckable(True)
        self._toggle.setChecked(True)
        self._toggle.toggled.connect(self._on_toggled)
        icons.put(self._toggle, "expand")
        self._bar = _HeaderTabs(tabs)
        for index, tab in enumerate(tabs):
            self._bar.setTabVisible(index, tab.id not in hidden)
        shown = [index for index in range(len(tabs)) if self._bar.isTabVisible(index)]
        wanted = next((index for index in shown if tabs[index].id == front), shown[0] if shown else 0)
        self._bar.setCurrentIndex(wanted)
        if not shown:
            self.hide()
        self._bar.currentChanged.connect(self._on_current_changed)
        # A click on a tab asks to see it.
        self._bar.tabBarClicked.connect(lambda index: self.set_open(True) if index >= 0 else None)
        self._header = QWidget()
        self._header.setProperty("role", "header")
        self._header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self._header)
        row.setContentsMargins(4, 4, 8, 4)
        row.setSpacing(2)
        row.addWidget(self._toggle)
        row.addWidget(self._bar, 1)
        row.addStretch(0)
        for tab in tabs:
            for button in tab.buttons:
                row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._header)
        self._dress()

    @property
    def is_open(self) -> bool:
        return self._toggle.isChecked()

    @property
    def front(self) -> str:
        """Id of the tab in front."""
        return self._tabs[self._bar.currentIndex()].id

    @property
    def hidden_ids(self) -> list[str]:
        return [tab.id for index, tab in enumerate(self._tabs) if not self._bar.isTabVisible(index)]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(tab.id for tab in self._tabs)

    def set_open(self, is_open: bool) -> None:
        self._toggle.setChecked(is_open)

    def bring_front(self, tab_id: str) -> None:
        """Shows the tab if it is hidden. The section may stay folded."""
        self.set_shown(tab_id, True)
        self._bar.setCurrentIndex(self.ids.index(tab_id))

    def set_shown(self, tab_id: str, is_shown: bool) -> None:
        """Hiding the last tab hides the section."""
        with QSignalBlocker(self._bar):
            self._bar.setTabVisible(self.ids.index(tab_id), is_shown)
            if tab_id == self.front and not is_shown:
                others = [index for index in range(len(self._tabs)) if self._bar.isTabVisible(index)]
                if others:
                    self._bar.setCurrentIndex(others[0])
        self.setVisible(len(self.hidden_ids) < len(self._tabs))
        self.show_front()

    def body(self, tab_id: str) -> QWidget:
        """The tab's body, made now if it has not been seen yet."""
        if tab_id not in self._bodies:
            body = self._tabs[self.ids.index(tab_id)].make()
            body.setVisible(False)
            self._bodies[tab_id] = body
            self._column.addWidget(body, 1)
            buttons = self._tabs[self.ids.index(tab_id)].buttons
            _chain(buttons[-1] if buttons else self._bar, body)
        return self._bodies[tab_id]

    def show_front(self) -> None:
        """Makes and shows the body in front, where it can be seen."""
        if not self.isHidden() and self.is_open:
            self.body(self.front)
        for tab_id, body in self._bodies.items():
            body.setVisible(self.is_open and tab_id == self.front)
        self._dress()

    def _dress(self) -> None:
        """The header says what there is: a title, or the tabs."""
        titles = [tab.title for tab in self._tabs if tab.id not in self.hidden_ids]
        is_alone = len(titles) <= 1
        self._bar.setVisible(not is_alone)
        self._toggle.setText(titles[0] if is_alone and titles else "")
        style = Qt.ToolButtonStyle
        self._toggle.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if is_alone else style.ToolButtonIconOnly
        )
        name = " and ".join(titles)
        self._toggle.setAccessibleName(f"{name}: fold or unfold")
        self._toggle.setToolTip(f"Fold or unfold {name.lower()}")
        for tab in self._tabs:
            for button in tab.buttons:
                button.setVisible(tab.id == self.front)

    def _on_current_changed(self, _index: int) -> None:
        self.show_front()
        self.fronted.emit(self.front)

    def _on_toggled(self, is_open: bool) -> None:
        self.show_front()
        self._icons.put(self._toggle, "expand" if is_open else "next")
        self.setMaximumHeight(UNLIMITED_PX if is_open else self._header.sizeHint().height())
        self.folded.emit(not is_open)


class _HeaderTabs(QTabBar):
    """Left and Right choose; the wheel scrolls the sidebar."""

    def __init__(self, tabs: tuple[Tab, ...]) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)
        self.setAccessibleName(", ".join(tab.title for tab in tabs))
        for tab in tabs:
            self.addTab(tab.title)
        for button in self.findChildren(QToolButton):
            button.setToolTip(button.accessibleName())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _chain(anchor: QWidget, body: QWidget) -> None:
    """Tab goes from the header into a body made late, which Qt would put at the window's end."""
    members = [body]
    following = body.nextInFocusChain()
    while following is not None and body.isAncestorOf(following):
        members.append(following)
        following = following.nextInFocusChain()
    for member in members:
        if member.focusPolicy() & Qt.FocusPolicy.TabFocus:
            QWidget.setTabOrder(anchor, member)
            anchor = member
