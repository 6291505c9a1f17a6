"""Panels that share a section: one in front, built when it is first seen, and the choice is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTabBar, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.core.settings import Settings
from studio.ui.context import Context
from studio.ui.panels.table import PanelSpec
from studio.ui.session import Session
from studio.ui.sidebar import Sidebar


class Notebook(QWidget):
    """A panel of one field."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        QVBoxLayout(self).addWidget(self.field)

    def close_panel(self) -> None:
        pass


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def entries(built: list[str]) -> tuple[PanelSpec, ...]:
    def entry(name: str, tab_of: str = "", actions: tuple[str, ...] = ()) -> PanelSpec:
        def make(_: Context) -> QWidget:
            built.append(name)
            return Notebook(name)

        return PanelSpec(
            id=name,
            title=name.title(),
            make=make,
            tab_of=tab_of,
            share_px=100,
            stretch=1,
            header_actions=actions,
        )

    return (
        entry("paper"),
        entry("ink", tab_of="paper", actions=("undo",)),
        entry("pens", tab_of="paper"),
        entry("desk"),
    )


def sidebar(
    qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...], settings: Settings | None = None
) -> Sidebar:
    made = Sidebar(entries)
    qtbot.addWidget(made)
    context = Context(
        workspace=session.workspace,
        actions=session.actions,
        icons=session.icons,
        settings=settings or Settings(),
    )
    for _ in made.fill(context):
        pass
    made.resize(300, 500)
    made.show()
    return made


def tabs(side: Sidebar, lead_id: str) -> QTabBar:
    found = side.sections[lead_id].findChild(QTabBar)
    assert isinstance(found, QTabBar)
    return found


def test_a_panel_behind_another_is_built_when_it_is_first_seen(
    qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...], built: list[str]
) -> None:
    side = sidebar(qtbot, session, entries)
    assert built == ["paper", "desk"]
    assert list(side.sections) == ["paper", "desk"]
    tabs(side, "paper").setCurrentIndex(1)
    assert built == ["paper", "desk", "ink"]
    assert side.is_in_front("ink")
    assert [side.panels[name].isVisible() for name in ("paper", "ink")] == [False, True]
    tabs(side, "paper").setCurrentIndex(0)
    tabs(side, "paper").setCurrentIndex(1)
    assert built.count("ink") == 1


def test_one_tab_alone_is_a_title(qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...]) -> None:
    side = sidebar(qtbot, session, entries)
    assert not tabs(side, "desk").isVisible()
    assert tabs(side, "paper").isVisible()
    side.hide_panel("ink")
    side.hide_panel("paper")
    assert side.is_in_front("pens")
    assert not tabs(side, "paper").isVisible()
    titles = [button.text() for button in side.findChildren(QToolButton) if button.isVisible()]
    assert sorted(titles) == ["Desk", "Pens"]
    side.hide_panel("pens")
    assert side.sections["paper"].isHidden()
    side.bring_front("ink")
    assert not side.sections["paper"].isHidden()
    assert side.is_in_front("ink")
    assert side.hidden_ids == ["paper", "pens"]


def test_choice_folding_and_hiding_come_back(
    qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...], built: list[str]
) -> None:
    settings = Settings(
        {"front_panels": ["pens"], "hidden_panels": ["ink", "no such panel"], "folded_panels": ["desk"]}
    )
    side = sidebar(qtbot, session, entries, settings)
    assert built == ["pens"]
    assert (side.front_ids, side.hidden_ids, side.folded_ids) == (["pens"], ["ink"], ["desk"])
    side.bring_front("desk")
    assert "desk" in built


def test_header_buttons_belong_to_the_tab_in_front(
    qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...]
) -> None:
    side = sidebar(qtbot, session, entries)
    button = next(b for b in side.findChildren(QToolButton) if b.defaultAction() is session.actions["undo"])
    assert not button.isVisible()
    side.bring_front("ink")
    assert button.isVisible()


def test_the_keyboard_chooses_a_tab_and_goes_into_it(
    qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...]
) -> None:
    side = sidebar(qtbot, session, entries)
    bar = tabs(side, "paper")
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert side.is_in_front("ink")
    names: list[str] = []
    widget: QWidget = bar
    for _ in range(12):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            names.append(widget.accessibleName())
    assert names[:2] == ["Undo", "ink"]
    assert "desk" in names


def test_a_click_on_a_tab_unfolds(qtbot: QtBot, session: Session, entries: tuple[PanelSpec, ...]) -> None:
    side = sidebar(qtbot, session, entries)
    section, bar = side.sections["paper"], tabs(side, "paper")
    section.set_open(False)
    assert not side.is_in_front("paper")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(2).center())
    assert section.is_open
    assert side.is_in_front("pens")


def test_the_key_of_a_panel_shows_it_before_it_hides_it(session: Session) -> None:
    sidebar = session.bench.sidebar
    sidebar.sections["layers"].set_open(False)
    session.actions["panel_layers"].trigger()
    assert sidebar.is_in_front("layers")
    assert session.actions["panel_layers"].isChecked()
    session.actions["panel_layers"].trigger()
    assert "layers" in sidebar.hidden_ids
    assert not session.actions["panel_layers"].isChecked()
    session.bench.layers.rename()
