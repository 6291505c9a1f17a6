"""Look of the window: tokens, and what is derived from them (palette and stylesheet).

Greys are neutral so that they do not tint the artist's judgement of colour; one accent marks what acts or is active.
Every text token keeps a contrast of at least 4.5:1 on every surface it stands on (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from studio.core.paths import resources_dir


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours as #rrggbb. window: panels; surface: the frame around the canvas; field: what can be typed in."""

    identifier: str
    label: str
    window: str
    surface: str
    raised: str
    field: str
    hover: str
    pressed: str
    line: str
    line_strong: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_soft: str
    accent_line: str
    danger: str
    warning: str
    success: str
    tooltip: str
    tooltip_text: str


DARK = Theme(
    identifier="dark",
    label="Dark",
    window="#26272a",
    surface="#1b1c1e",
    raised="#323438",
    field="#1d1e20",
    hover="#3a3c41",
    pressed="#45484e",
    line="#3a3c40",
    line_strong="#55585f",
    text="#e6e6e8",
    text_muted="#a9abb2",
    text_disabled="#74767c",
    accent="#7fb2e8",
    accent_hover="#96c1ee",
    accent_pressed="#6a9dd4",
    accent_text="#10161d",
    accent_soft="#2c3d50",
    accent_line="#6fa5de",
    danger="#f19a94",
    warning="#e6bf6a",
    success="#8fcf9f",
    tooltip="#101113",
    tooltip_text="#ececee",
)
LIGHT = Theme(
    identifier="light",
    label="Light",
    window="#f0f0f1",
    surface="#d3d4d6",
    raised="#fdfdfd",
    field="#ffffff",
    hover="#e3e4e6",
    pressed="#d2d4d8",
    line="#d0d1d4",
    line_strong="#8f9197",
    text="#1f2023",
    text_muted="#55575e",
    text_disabled="#8d8f95",
    accent="#2a67ad",
    accent_hover="#225a9b",
    accent_pressed="#1c4b82",
    accent_text="#ffffff",
    accent_soft="#d5e4f4",
    accent_line="#2a67ad",
    danger="#a3271d",
    warning="#7a5200",
    success="#1d6b34",
    tooltip="#26272a",
    tooltip_text="#f4f4f5",
)
THEMES: dict[str, Theme] = {theme.identifier: theme for theme in (DARK, LIGHT)}

SPACE_PX = 8
RADIUS_PX = 6
FONT_PX = 13
SMALL_FONT_PX = 12
CONTROL_HEIGHT_PX = 26
ICON_PX = 20
BARE_FONTS = frozenset({"DejaVu Sans", "Sans Serif", "Sans"})
"""What Qt falls back to without a desktop's own font; then a nicer one is taken where it is installed."""

NICER_FONTS = ("Inter", "Noto Sans", "Cantarell", "Open Sans")


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.tooltip,
        role.ToolTipText: theme.tooltip_text,
        role.PlaceholderText: theme.text_muted,
        role.Light: theme.line,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line_strong,
        role.Shadow: theme.surface,
        role.Accent: theme.accent,
    }
    made = QPalette()
    for name, color in colors.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.text_disabled))
    return made


def apply_palette(application: QApplication, theme: Theme) -> None:
    """Cheap: enough for the first paint. `apply` completes it."""
    application.setStyle("Fusion")
    application.setPalette(palette(theme))
    font = application.font()
    if font.family() in BARE_FONTS:
        font.setFamilies([*NICER_FONTS, font.family()])
    font.setPixelSize(FONT_PX)
    application.setFont(font)


def stylesheet(theme: Theme) -> str:
    """Selectors by class and by the dynamic property `role`; no widget carries a style of its own."""
    images = (resources_dir() / "themes" / theme.identifier).as_posix()
    t = theme
    return f"""
* {{ outline: 0; }}
QToolTip {{ background: {t.tooltip}; color: {t.tooltip_text}; border: 1px solid {t.line_strong}; padding: 5px 7px; }}
QMainWindow, QDialog {{ background: {t.window}; }}
QLabel[role="muted"] {{ color: {t.text_muted}; }}
QLabel[role="small"] {{ color: {t.text_muted}; font-size: {SMALL_FONT_PX}px; }}
QLabel[role="title"] {{ font-size: 17px; font-weight: 600; }}
QLabel[role="section"] {{ color: {t.text}; font-weight: 600; }}
QLabel[role="danger"] {{ color: {t.danger}; }}

QMenuBar {{ background: {t.window}; border-bottom: 1px solid {t.line}; padding: 1px 4px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {t.hover}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.line_strong}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 26px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.text_disabled}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QMenu::right-arrow {{ image: url({images}/submenu.svg); width: 12px; height: 12px; right: 6px; }}
QMenu::indicator {{ left: 7px; width: 12px; height: 12px; }}
QMenu::indicator:checked {{ background: {t.accent}; border-radius: 3px; image: url({images}/check.svg); }}

QWidget[role="bar"] {{ background: {t.window}; }}
QWidget[role="tools"] {{ background: {t.window}; border-right: 1px solid {t.line}; }}
QWidget[role="options"] {{ background: {t.window}; border-bottom: 1px solid {t.line}; }}
QWidget[role="prompt"], QWidget[role="sidebar"], QWidget[role="header"] {{ background: {t.window}; }}
QFrame[role="card"] {{ background: {t.raised}; border: 1px solid {t.line_strong}; border-radius: 8px; }}
QFrame[role="notice"] {{ background: {t.raised}; border: 1px solid {t.line_strong};
    border-left: 3px solid {t.accent}; border-radius: {RADIUS_PX}px; }}
QFrame[role="notice"][severity="warning"] {{ border-left-color: {t.warning}; }}
QFrame[role="notice"][severity="error"] {{ border-left-color: {t.danger}; }}
QFrame[role="separator"] {{ background: {t.line}; border: 0; }}
QStatusBar {{ background: {t.window}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {t.text_muted}; font-size: {SMALL_FONT_PX}px; padding: 0 6px; }}

QPushButton {{ background: {t.raised}; border: 1px solid {t.line_strong}; border-radius: {RADIUS_PX}px;
    padding: 4px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed {{ background: {t.pressed}; }}
QPushButton:focus {{ border: 1px solid {t.accent_line}; }}
QPushButton:disabled {{ color: {t.text_disabled}; border-color: {t.line}; background: {t.window}; }}
QPushButton[role="primary"], QPushButton:default {{ background: {t.accent}; color: {t.accent_text};
    border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[emphasis="large"] {{ min-height: 28px; font-size: 14px; font-weight: 600; }}
QPushButton[role="primary"]:hover, QPushButton:default:hover {{ background: {t.accent_hover}; }}
QPushButton[role="primary"]:pressed, QPushButton:default:pressed {{ background: {t.accent_pressed}; }}
QPushButton[role="primary"]:focus, QPushButton:default:focus {{ border: 2px solid {t.text}; padding: 3px 11px; }}
QPushButton[role="primary"]:disabled {{ background: {t.raised}; color: {t.text_disabled}; border-color: {t.line}; }}
QPushButton[role="flat"] {{ background: transparent; border: 1px solid transparent; padding: 3px 8px;
    color: {t.text_muted}; }}
QPushButton[role="flat"]:hover {{ background: {t.hover}; color: {t.text}; }}
QPushButton[role="flat"]:focus {{ border: 1px solid {t.accent_line}; }}
QPushButton[role="flat"]:checked {{ color: {t.text}; background: {t.hover}; }}
QPushButton[role="chip"] {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 11px; padding: 2px 9px;
    font-size: {SMALL_FONT_PX}px; }}
QPushButton[role="chip"]:hover {{ background: {t.hover}; border-color: {t.line_strong}; }}
QPushButton[role="chip"]:focus {{ border-color: {t.accent_line}; }}
QPushButton[role="example"] {{ background: transparent; border: 1px solid transparent; text-align: left;
    padding: 3px 6px; color: {t.text}; }}
QPushButton[role="example"]:hover {{ background: {t.hover}; }}
QPushButton[role="example"]:focus {{ border-color: {t.accent_line}; }}

QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS_PX}px; padding: 3px; }}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:pressed {{ background: {t.pressed}; }}
QToolButton:checked {{ background: {t.accent_soft}; }}
QToolButton:focus {{ border: 1px solid {t.accent_line}; }}
QToolButton:disabled {{ color: {t.text_disabled}; }}
QToolButton[role="tool"] {{ padding: 6px; }}
QToolButton[role="verb"] {{ color: {t.text_muted}; padding: 2px 8px; }}
QToolButton[role="verb"]:hover {{ color: {t.text}; }}
QToolButton[role="verb"]:checked, QToolButton[role="verb"][isChosen="true"] {{ color: {t.text};
    background: {t.accent_soft}; }}
QToolButton[role="verb"]::menu-indicator {{ image: url({images}/expand.svg); width: 10px; height: 10px;
    subcontrol-position: right center; subcontrol-origin: padding; right: 3px; }}
QToolButton[role="header"] {{ font-weight: 600; padding: 3px 4px; }}
QToolButton[role="header"]:checked {{ background: transparent; }}
QToolButton[role="header"]:hover {{ background: {t.hover}; }}
QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {t.text_muted}; border: 1px solid transparent;
    border-bottom: 2px solid transparent; padding: 3px 7px 2px 7px; font-weight: 600; }}
QTabBar::tab:hover {{ background: {t.hover}; color: {t.text}; border-radius: 4px; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; border-radius: 0; }}
QTabBar:focus::tab:selected {{ border-color: {t.accent_line}; }}
QToolButton[role="thumbnail"] {{ background: {t.surface}; border: 2px solid transparent; padding: 0; border-radius: 4px; }}
QToolButton[role="thumbnail"]:hover {{ border-color: {t.line_strong}; }}
QToolButton[role="thumbnail"]:checked {{ border-color: {t.accent}; }}
QToolButton[role="thumbnail"]:focus {{ border-color: {t.text}; }}

QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox {{ background: {t.field}; border: 1px solid {t.line};
    border-radius: {RADIUS_PX}px; selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
QLineEdit, QComboBox {{ padding: 3px 7px; min-height: 18px; }}
QPlainTextEdit {{ padding: 3px 4px; }}
QLineEdit:hover, QPlainTextEdit:hover, QAbstractSpinBox:hover, QComboBox:hover {{ border-color: {t.line_strong}; }}
QLineEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{ border-color: {t.accent_line}; }}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {t.text_disabled};
    background: {t.window}; }}
QAbstractSpinBox {{ padding: 3px 4px; min-height: 18px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 16px; border: 0; background: transparent; }}
QAbstractSpinBox::up-arrow {{ image: url({images}/collapse.svg); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url({images}/expand.svg); width: 10px; height: 10px; }}
QAbstractSpinBox QLineEdit {{ border: 0; background: transparent; padding: 0; min-height: 0; }}
QComboBox::drop-down {{ width: 20px; border: 0; }}
QComboBox::down-arrow {{ image: url({images}/expand.svg); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.line_strong}; padding: 3px;
    selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 6px; border-radius: 4px; }}
QComboBox QAbstractItemView::item:disabled {{ color: {t.text_disabled}; }}

QCheckBox {{ spacing: 7px; padding: 2px; border-radius: 4px; border: 1px solid transparent; }}
QCheckBox:focus {{ border-color: {t.accent_line}; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {t.line_strong}; border-radius: 4px;
    background: {t.field}; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url({images}/check.svg); }}
QCheckBox::indicator:disabled {{ border-color: {t.line}; }}

QListView, QTreeView {{ background: {t.field}; border: 1px solid {t.line}; border-radius: {RADIUS_PX}px; padding: 2px; }}
QListView:focus, QTreeView:focus {{ border-color: {t.accent_line}; }}
QListView::item, QTreeView::item {{ border-radius: 4px; padding: 2px; }}
QListView::item:hover, QTreeView::item:hover {{ background: {t.hover}; }}
QListView::item:selected, QTreeView::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QHeaderView::section {{ background: {t.window}; border: 0; border-bottom: 1px solid {t.line}; padding: 4px 6px;
    color: {t.text_muted}; }}

QScrollArea, QScrollArea > QWidget > QWidget[role="plain"] {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {t.line_strong}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.text_muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QSplitter[role="sidebar"] {{ border: 0; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:hover {{ background: {t.accent_line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QProgressBar {{ background: {t.field}; border: 0; border-radius: 2px; min-height: 4px; max-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
"""


def apply(application: QApplication, theme: Theme) -> None:
    apply_palette(application, theme)
    application.setStyleSheet(stylesheet(theme))
