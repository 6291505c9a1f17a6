"""The painting colour: wheel, sliders, hex; the colour in waiting; those used lately, and palettes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import StudioError
from studio.document.document import Document
from studio.document.pixels import RGB
from studio.ui.bind import Bindings
from studio.ui.context import Context
from studio.ui.widgets.buttons import icon_button
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.color_wheel import ColorWheel
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.ui.widgets.swatch_grid import SwatchGrid
from studio.workspace.notice import Notice
from studio.workspace.palettes import OWN_ID, Palettes

MAX_RECENT = 24
SMALL_ICON_PX = 16
SCROLL_BAR_PX = 10
PALETTE_FILTER = "Palettes (*.gpl)"


class ColorPair(QWidget):
    """The painting colour over the one in waiting; a click on that exchanges them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._settings = context.workspace.tool_settings
        self.setFixedSize(56, 40)
        self.setAccessibleName("Painting and background color")
        self.setToolTip("Painting color, and behind it the background color; click that to swap them (X)")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._front.contains(event.position()) and self._back.contains(event.position()):
            self._settings.swap_colors()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, ground = self.palette().mid().color(), self.palette().window().color()
        for rect, color in ((self._back, self._settings.background), (self._front, self._settings.color)):
            painter.setPen(QPen(ground, 4))
            painter.drawRoundedRect(rect, 4, 4)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(QColor(*color))
            painter.drawRoundedRect(rect, 4, 4)
        painter.end()

    _front = QRectF(1.5, 1.5, 34, 26)
    _back = QRectF(20.5, 12.5, 34, 26)


class ColorPanel(QScrollArea):
    """Hue and saturation are kept where a colour has none: black and back to red again is red."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._settings = context.workspace.tool_settings
        self._palettes = Palettes()
        self._bindings = Bindings()
        self._hsv = (0.0, 0.0, 0.0)
        self._steps = 0
        self._end_history: Callable[[], None] = lambda: None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make_fields()
        self._content = QWidget()
        self._content.setProperty("role", "plain")
        self._lay_out()
        self.setWidget(self._content)
        self._bind()
        self._show_color()
        self._show_recent()
        self._show_palettes()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content.minimumSizeHint().width() + SCROLL_BAR_PX, 150)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def close_panel(self) -> None:
        self._end_history()
        self._bindings.disconnect()

    # Making ---------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.wheel = ColorWheel()
        self.pair = ColorPair(self._context)
        self.hex = QLineEdit()
        self.hex.setAccessibleName("Color as hexadecimal")
        self.hex.setToolTip("Red, green and blue, two hexadecimal digits each")
        self.hex.setMaxLength(9)
        self.hex.setMinimumWidth(80)
        self.hsv = [
            SliderSpin("Hue", 0, 360, prefix="H ", suffix="°"),
            SliderSpin("Saturation", 0, 100, prefix="S ", suffix=" %"),
            SliderSpin("Brightness", 0, 100, prefix="V ", suffix=" %"),
        ]
        self.rgb = [
            SliderSpin("Red", 0, 255, prefix="R "),
            SliderSpin("Green", 0, 255, prefix="G "),
            SliderSpin("Blue", 0, 255, prefix="B "),
        ]
        self.recent = SwatchGrid("Colors used lately", rows=1)
        self.palette_box = ChoiceBox("Palette")
        self.swatches = SwatchGrid("Colors of the palette")
        icons = self._context.icons
        self.add = icon_button(icons, "add", "Add the painting color to the palette", icon_px=SMALL_ICON_PX)
        self.take = icon_button(icons, "import", "Import a palette (.gpl)", icon_px=SMALL_ICON_PX)
        self.give = icon_button(icons, "export", "Export the palette (.gpl)", icon_px=SMALL_ICON_PX)

    def _lay_out(self) -> None:
        pair = QHBoxLayout()
        pair.setSpacing(2)
        pair.addWidget(self.pair)
        pair.addWidget(self._context.button("swap_colors", icon_px=SMALL_ICON_PX))
        pair.addWidget(self._context.button("default_colors", icon_px=SMALL_ICON_PX))
        pair.addStretch(1)
        pair.addWidget(self.hex)
        sliders = QGridLayout()
        sliders.setHorizontalSpacing(6)
        sliders.setVerticalSpacing(4)
        for row, (left, right) in enumerate(zip(self.hsv, self.rgb, strict=True)):
            sliders.addWidget(left, row, 0)
            sliders.addWidget(right, row, 1)
        palette = QHBoxLayout()
        palette.setSpacing(2)
        palette.addWidget(self.palette_box, 1)
        for button in (self.add, self.take, self.give):
            palette.addWidget(button)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(12, 2, 10, 6)
        column.setSpacing(6)
        column.addWidget(self.wheel)
        column.addLayout(pair)
        column.addLayout(sliders)
        column.addWidget(plain_label("Used lately", role="small"))
        column.addWidget(self.recent)
        column.addLayout(palette)
        column.addWidget(self.swatches)
        column.addStretch(1)

    def _bind(self) -> None:
        workspace = self._context.workspace
        self.wheel.picked.connect(self._on_wheel)
        for spin in self.hsv:
            spin.valueChanged.connect(self._on_hsv)
        for spin in self.rgb:
            spin.valueChanged.connect(self._on_rgb)
        self.hex.editingFinished.connect(self._on_hex)
        self.recent.picked.connect(lambda index: self._use(self.recent.patches[index][:3]))
        self.recent.asked.connect(self._on_recent_asked)
        self.swatches.picked.connect(lambda index: self._use(self.swatches.patches[index][:3]))
        self.swatches.asked.connect(self._on_swatch_asked)
        self.palette_box.chosen.connect(self._on_palette_chosen)
        self.add.clicked.connect(self._on_add)
        self.take.clicked.connect(self._on_import)
        self.give.clicked.connect(self._on_export)
        self._bindings.subscribe(self._settings.changed, self._on_settings_changed)
        self._bindings.subscribe(self._palettes.changed, lambda _: self._show_palettes())
        self._bindings.subscribe(workspace.document_replaced, self._on_document_replaced)
        self._on_document_replaced(workspace.document)

    # Showing --------------------------------------------------------------------------------------------------

    def _show_color(self) -> None:
        color = QColor(*self._settings.color)
        hue, saturation, value = color.hsvHueF(), color.hsvSaturationF(), color.valueF()
        if QColor.fromHsvF(*self._hsv).rgb() == color.rgb():
            hue, saturation, value = self._hsv
        else:
            hue = self._hsv[0] if hue < 0 else hue
            saturation = self._hsv[1] if value == 0 else saturation
        self._hsv = (min(max(hue, 0.0), 1.0), saturation, value)
        self.wheel.show_color(*self._hsv)
        numbers = (hue * 360, saturation * 100, value * 100, *self._settings.color)
        for spin, number in zip((*self.hsv, *self.rgb), numbers, strict=True):
            with QSignalBlocker(spin):
                spin.setValue(number)
        self.hex.setText(color.name())
        self.pair.update()

    def _show_recent(self) -> None:
        colors = [QColor(name) for name in self._context.settings.items("recent_colors")]
        self.recent.show_patches([(c.red(), c.green(), c.blue(), "") for c in colors if c.isValid()])

    def _show_palettes(self) -> None:
        choices = [Choice(identifier=id, label=self._palettes.palette(id).name) for id in self._palettes.ids]
        self.palette_box.set_choices(choices, self._palette_id)
        palette = self._palettes.palette(self._palette_id)
        self.swatches.show_patches([(*swatch.color, swatch.name) for swatch in palette.swatches])
        self.add.setEnabled(self._palettes.may_change(self._palette_id))
        self.swatches.setToolTip(
            "" if palette.swatches else "Nothing here yet: the plus adds the painting color"
        )

    @property
    def _palette_id(self) -> str:
        wanted = self._context.settings.text("palette")
        return wanted if wanted in self._palettes.ids else OWN_ID

    # Doing ----------------------------------------------------------------------------------------------------

    def _use(self, color: tuple[int, ...]) -> None:
        self._settings.color = (color[0], color[1], color[2])

    def _use_hsv(self, hue: float, saturation: float, value: float) -> None:
        self._hsv = (hue, saturation, value)
        color = QColor.fromHsvF(hue, saturation, value)
        self._use((color.red(), color.green(), color.blue()))
        self._show_color()

    def _on_wheel(self, hue: float, saturation: float, value: float) -> None:
        self._use_hsv(hue, saturation, value)

    def _on_hsv(self) -> None:
        hue, saturation, value = (spin.value() for spin in self.hsv)
        self._use_hsv(hue / 360, saturation / 100, value / 100)

    def _on_rgb(self) -> None:
        self._use(tuple(round(spin.value()) for spin in self.rgb))

    def _on_hex(self) -> None:
        text = self.hex.text().strip()
        color = QColor(text if text.startswith("#") else f"#{text}")
        if color.isValid():
            self._use((color.red(), color.green(), color.blue()))
        self._show_color()

    def _on_settings_changed(self, name: str) -> None:
        if name in ("color", "background"):
            self._show_color()

    def _on_document_replaced(self, _: Document) -> None:
        self._end_history()
        history = self._context.workspace.history
        self._steps = history.state
        self._end_history = history.changed.subscribe(lambda _: self._on_history_changed())

    def _on_history_changed(self) -> None:
        """A colour counts as used once something was done with it."""
        state = self._context.workspace.history.state
        if state <= self._steps:
            return
        self._steps = state
        name = QColor(*self._settings.color).name()
        before = self._context.settings.items("recent_colors")
        if before[:1] != [name]:
            names = [name, *(other for other in before if other != name)][:MAX_RECENT]
            self._context.settings.set("recent_colors", names)
            self._show_recent()

    # Palettes -------------------------------------------------------------------------------------------------

    def _on_palette_chosen(self, palette_id: str) -> None:
        self._context.settings.set("palette", palette_id)
        self._show_palettes()

    def _on_add(self) -> None:
        self._guarded(lambda: self._palettes.add_color(self._settings.color, self._palette_id))

    def _on_import(self) -> None:
        folder = self._context.settings.text("last_folder")
        name, _ = QFileDialog.getOpenFileName(self.window(), "Import palette", folder, PALETTE_FILTER)
        if name:
            self._guarded(lambda: self._on_palette_chosen(self._palettes.take(Path(name))))

    def _on_export(self) -> None:
        folder = Path(self._context.settings.text("last_folder"))
        suggested = folder / f"{self._palettes.palette(self._palette_id).name}.gpl"
        name, _ = QFileDialog.getSaveFileName(self.window(), "Export palette", str(suggested), PALETTE_FILTER)
        if name:
            path = Path(name)
            path = path if path.suffix else path.with_suffix(".gpl")
            self._guarded(lambda: self._palettes.write(path, self._palette_id))

    def _on_recent_asked(self, index: int, where: QPoint) -> None:
        self._menu(self.recent.patches[index][:3]).exec(where)

    def _on_swatch_asked(self, index: int, where: QPoint) -> None:
        menu = self._menu(self.swatches.patches[index][:3])
        remove = menu.addAction("&Remove From the Palette")
        remove.setEnabled(self._palettes.may_change(self._palette_id))
        remove.triggered.connect(
            lambda: self._guarded(lambda: self._palettes.remove_color(index, self._palette_id))
        )
        menu.exec(where)

    def _menu(self, color: tuple[int, ...]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Paint With It").triggered.connect(lambda: self._use(color))
        menu.addAction("Use as &Background").triggered.connect(
            lambda: setattr(self._settings, "background", RGB(color[0], color[1], color[2]))
        )
        return menu

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            action()
        except StudioError as error:
            notice = Notice(error.message, remedy=error.remedy, details=error.details, is_error=True)
            self._context.workspace.notices.emit(notice)
