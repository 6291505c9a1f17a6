from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Protocol

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pytestqt.qtbot import QtBot

from studio.ui.canvas.view import CanvasView
from tests.ui.canvas.helpers import PaintModel


class MakeView(Protocol):
    def __call__(self, model: PaintModel, width: int = 600, height: int = 400) -> CanvasView: ...


@pytest.fixture
def make_view(qtbot: QtBot) -> Iterator[MakeView]:
    """Shows a settled view of a model; all views let go of their models at the end."""
    made: list[CanvasView] = []

    def make(model: PaintModel, width: int = 600, height: int = 400) -> CanvasView:
        view = CanvasView(model)
        qtbot.addWidget(view)
        view.resize(width, height)
        with qtbot.waitExposed(view):
            view.show()
        qtbot.waitUntil(lambda: view.is_settled)
        made.append(view)
        return view

    yield make
    for view in made:
        view.close_model()
