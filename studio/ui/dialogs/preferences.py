"""Theme and size of the window, and what a pen's buttons and its pressure mean."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from studio.brushes.curve import STRAIGHT, Curve
from studio.core.settings import CHOICES, Settings
from studio.ui.canvas.pen import BUTTONS, LABELS, pen_buttons, pressure_curve
from studio.ui.dialogs.shell import Dialog
from studio.ui.theme import THEMES
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.curve_edit import CurveEdit
from studio.ui.widgets.labels import plain_label


class PreferencesDialog(Dialog):
    """Changes apply at once; only the size waits for the next start, and says so."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Preferences")
        self._settings = settings
        self.theme = ChoiceBox("Theme")
        self.scale = ChoiceBox("Size of the window's parts")
        self.theme.set_choices(
            [Choice(identifier=theme.identifier, label=theme.label) for theme in THEMES.values()],
            settings.text("theme"),
        )
        self.scale.set_choices(
            [
                Choice(identifier=str(per_cent), label=f"{per_cent} %")
                for per_cent in CHOICES["ui_scale_percent"]
            ],
            str(settings.number("ui_scale_percent")),
        )
        self.pen: dict[str, ChoiceBox] = {}
        self._note = plain_label(" ", role="small", wraps=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(plain_label("&Theme", role="muted", buddy=self.theme), 0, 0)
        grid.addWidget(self.theme, 0, 1)
        grid.addWidget(plain_label("&Interface size", role="muted", buddy=self.scale), 1, 0)
        grid.addWidget(self.scale, 1, 1)
        grid.addWidget(self._note, 2, 1)
        chosen = pen_buttons(settings.mapping("pen_buttons"))
        for row, (name, label) in enumerate(
            (("first", "&Lower pen button"), ("second", "&Upper pen button")), 3
        ):
            box = self.pen[name] = ChoiceBox(label.replace("&", ""))
            box.set_choices(
                [Choice(identifier=action, label=text) for action, text in LABELS.items()],
                chosen[BUTTONS[name]],
            )
            box.chosen.connect(lambda action, name=name: self._on_pen_chosen(name, action))
            grid.addWidget(plain_label(label, role="muted", buddy=box), row, 0)
            grid.addWidget(box, row, 1)
        self.pressure = CurveEdit("Pen pressure")
        self.pressure.setToolTip("From how hard you press, left to right, to how hard that counts")
        self.pressure.set_curve(pressure_curve(settings.items("pen_pressure")))
        self.pressure.edited.connect(self._on_pressure_edited)
        self._straighten = QPushButton("Straighten")
        self._straighten.setAutoDefault(False)
        self._straighten.clicked.connect(self._on_straighten)
        side = QVBoxLayout()
        side.addWidget(plain_label("Pen &pressure", role="muted", buddy=self.pressure))
        side.addWidget(self._straighten)
        side.addStretch(1)
        grid.addLayout(side, 5, 0)
        grid.addWidget(self.pressure, 5, 1)
        grid.setRowStretch(5, 1)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_close_button()
        self.theme.chosen.connect(lambda identifier: settings.set("theme", identifier))
        self.scale.chosen.connect(self._on_scale_chosen)
        self.setMinimumWidth(380)

    def _on_pen_chosen(self, name: str, action: str) -> None:
        self._settings.set("pen_buttons", {**self._settings.mapping("pen_buttons"), name: action})

    def _on_pressure_edited(self, curve: Curve) -> None:
        self._settings.set("pen_pressure", [list(point) for point in curve.points])

    def _on_straighten(self) -> None:
        self.pressure.set_curve(STRAIGHT)
        self._settings.set("pen_pressure", [])

    def _on_scale_chosen(self, per_cent: str) -> None:
        self._settings.set("ui_scale_percent", int(per_cent))
        self._note.setText("The new size applies when the studio starts again.")
