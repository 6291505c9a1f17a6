"""The steps of the tour that are about painting: a drawn scene, the timeline, brushes, layers, colour, history, the view.

Plain functions on a `Tour`; each asserts what its caption says.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from studio.core.geometry import Point
from studio.document.effects import HueSaturation
from studio.ui.dialogs.effect_settings import EffectDialog

if TYPE_CHECKING:
    from touring.scene import Tour

BACK = 12


def drawn_scene(tour: Tour) -> None:
    """On the blank canvas; leaves it blank."""
    stage, workspace = tour.stage, tour.workspace
    stage.key("Ctrl+P")
    stage.key("Ctrl+A")
    stage.type("a windmill by a lake at sunset with hills")
    stage.key("Ctrl+Shift+D")
    stage.wait_until_idle()
    stage.settle()
    current = workspace.results.current
    assert current is not None
    assert current.recipe.is_drawn, "the scene says it was generated"
    tour.shoot(
        "drawn-scene",
        "A scene to start from",
        "Ctrl+Shift+D: a renderer draws what the prompt names, at the frame's full size. It says that it was drawn.",
    )
    stage.key("Alt+Backspace")
    assert not any(candidate.recipe.is_drawn for candidate in workspace.results.candidates)


def timeline(tour: Tour) -> None:
    """While a finished picture lies over the canvas."""
    stage, workspace = tour.stage, tour.workspace
    making = workspace.in_the_making
    assert making.timeline is not None, "the steps of the shown picture were not kept"
    last = making.shown_step
    for _ in range(BACK):
        stage.key("Alt+,")
    stage.settle()
    assert making.shown_step == last - BACK
    assert making.can_fork
    tour.shoot(
        "timeline",
        "Back in the making",
        "Every step was kept. Look at any of them (Alt+comma, Alt+full stop), and go on from there with another prompt, "
        "mask or seed for the price of the steps that remain.",
    )
    for _ in range(BACK):
        stage.key("Alt+.")


def paint(tour: Tour) -> None:
    stage, workspace = tour.stage, tour.workspace
    stage.key("Ctrl+Shift+N")
    stage.choose("brush")
    stage.key("F5")
    stage.wait(0.3)
    assert stage.session.bench.sidebar.is_in_front("brushes"), "F5 did not show the brushes"
    canvas = workspace.document.canvas
    settings = workspace.tool_settings
    before = tour.flat()
    for number, color in enumerate(((236, 200, 120), (220, 120, 70), (120, 50, 60))):
        settings.color = color
        settings.size_px = 46 - 12 * number
        stage.stroke(_wave(canvas.width, canvas.height * (0.12 + 0.05 * number), 18.0 + 4 * number))
    stage.settle()
    assert not np.array_equal(tour.flat(), before), "the strokes left nothing"
    tour.shoot(
        "brushes", "Brushes", "Twenty-two brushes with painted thumbnails (F5); Shift+B edits one's curves."
    )
    stage.key("Ctrl+F6")
    stage.wait(0.3)
    assert stage.session.bench.sidebar.is_in_front("color")
    tour.shoot(
        "color", "Color", "Wheel, sliders and palettes (Ctrl+F6); X swaps, D goes back to black and white."
    )
    stage.key("F6")


def adjust(tour: Tour) -> None:
    stage, workspace = tour.stage, tour.workspace
    before, layers = tour.flat(), len(workspace.document.layers)
    stage.key("Ctrl+U")
    stage.wait_until(lambda: bool(stage.window.findChildren(EffectDialog)), "the adjustment's settings", 5)
    dialog = stage.window.findChildren(EffectDialog)[0]
    layer_id = dialog.layer_id
    effect = workspace.document.layers.layer(layer_id).effect
    assert isinstance(effect, HueSaturation)
    workspace.layers.set_effect(layer_id, replace(effect, hue=-24.0), drag="hue")
    stage.settle()
    assert not np.array_equal(tour.flat(), before), "the adjustment changed nothing"
    tour.shoot(
        "adjustment",
        "An adjustment layer",
        "Hue and saturation, live, without touching a pixel below; the settings can be opened again at any time.",
    )
    dialog.reject()
    stage.activate()
    assert len(workspace.document.layers) == layers + 1
    stage.key("Ctrl+Z")
    stage.key("Ctrl+Z")
    assert np.array_equal(tour.flat(), before), "undo did not take the adjustment away"
    stage.key("Ctrl+G")
    stage.settle()
    assert any(layer.is_group for layer in workspace.document.layers)
    stage.key("Ctrl+F8")
    stage.wait(0.3)
    assert stage.session.bench.sidebar.is_in_front("history")
    assert workspace.history.position > 5
    tour.shoot(
        "history", "Groups and history", "Ctrl+F8 lists every step; a click goes there, and back again."
    )
    stage.key("F7")


def turned_view(tour: Tour) -> None:
    stage = tour.stage
    before = tour.flat()
    stage.choose("pan")
    for _ in range(2):
        stage.key("6")
    stage.settle()
    assert np.array_equal(tour.flat(), before), "turning the view changed the picture"
    tour.shoot(
        "turned-view",
        "The view turned",
        "4 and 6 turn it, Q mirrors it, 5 puts it straight: the picture stays.",
    )
    stage.key("5")
    stage.key("Ctrl+0")
    stage.settle()


def _wave(width: float, y: float, height: float) -> list[Point]:
    return [Point(width * (0.08 + 0.84 * step / 70), y + height * math.sin(step / 7.0)) for step in range(71)]
