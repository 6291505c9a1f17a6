"""Both themes can be read: contrast over the tokens, and icons for every name that is used."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.core.paths import resources_dir
from studio.ui.icons import IconSet, icon, pixmap
from studio.ui.theme import THEMES, Theme, contrast, palette, stylesheet
from studio.ui.widgets.slider_spin import FILL_ALPHA

TEXTS = ("text", "text_muted", "danger", "warning", "success")
SURFACES = ("window", "raised", "field", "hover", "accent_soft")
PAIRS = [(text, surface) for text in TEXTS for surface in SURFACES]
MORE_PAIRS = [
    ("accent_text", "accent"),
    ("accent_text", "accent_hover"),
    ("accent_text", "accent_pressed"),
    ("tooltip_text", "tooltip"),
    ("text", "surface"),
    ("text", "pressed"),
]
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.identifier)


@themes
def test_text_can_be_read(theme: Theme) -> None:
    for text, surface in (*PAIRS, *MORE_PAIRS):
        ratio = contrast(getattr(theme, text), getattr(theme, surface))
        assert ratio >= 4.5, f"{theme.identifier}: {text} on {surface} has {ratio:.2f}"


@themes
def test_focus_and_icons_can_be_seen(theme: Theme) -> None:
    """WCAG 2.2, 1.4.11: at least 3:1 for what shows the state of a control."""
    for surface in ("window", "raised", "field"):
        assert contrast(theme.accent_line, getattr(theme, surface)) >= 3.0
        assert contrast(theme.accent, getattr(theme, surface)) >= 3.0


@themes
def test_text_on_a_filled_slider_can_be_read(theme: Theme) -> None:
    share = FILL_ALPHA / 255
    fill, field = QColor(theme.accent), QColor(theme.field)
    mixed = QColor(
        round(fill.red() * share + field.red() * (1 - share)),
        round(fill.green() * share + field.green() * (1 - share)),
        round(fill.blue() * share + field.blue() * (1 - share)),
    )
    assert contrast(theme.text, mixed.name()) >= 4.5


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


@themes
def test_the_stylesheet_names_only_pictures_that_exist(theme: Theme) -> None:
    text = stylesheet(theme)
    for name in ("expand", "collapse", "submenu", "check"):
        assert f"{theme.identifier}/{name}.svg" in text
        assert (resources_dir() / "themes" / theme.identifier / f"{name}.svg").is_file()


@themes
def test_icons_take_the_theme(theme: Theme, qtbot: QtBot) -> None:
    for path in (resources_dir() / "icons").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "currentColor" in text
        assert 'viewBox="0 0 24 24"' in text
        image = pixmap(path.stem, theme.text).toImage()
        colors = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert any(color.alpha() > 100 for color in colors), path.stem
    icons = IconSet(theme)
    assert not icon("brush", icons.theme).isNull()
    with pytest.raises(FileNotFoundError):
        icon("no_such_icon", theme)


@themes
def test_the_palette_is_complete(theme: Theme) -> None:
    made = palette(theme)
    assert made.window().color().name() == theme.window
    assert made.placeholderText().color().name() == theme.text_muted
