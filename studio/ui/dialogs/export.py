"""How the picture is written: format, quality, and whether its recipe goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from studio.core.geometry import Size
from studio.project.formats import FORMATS
from studio.project.formats.format import EncodeOptions
from studio.ui.dialogs.shell import Dialog
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin

NOTES = {
    "png": "Every pixel as it is, transparency included.",
    "jpeg": "Small files for photographs; transparency becomes white.",
    "webp": "Smaller than PNG and JPEG; transparency included.",
}


@dataclass(frozen=True, kw_only=True)
class ExportChoice:
    format_id: str
    options: EncodeOptions


class ExportDialog(Dialog):
    """remembered: what `to_json` gave the last time."""

    def __init__(self, size: Size, remembered: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent, "Export picture")
        self.format = ChoiceBox("Format")
        writable = [entry for entry in FORMATS.values() if entry.encode is not None]
        choices = [Choice(identifier=entry.identifier, label=entry.label) for entry in writable]
        known = {choice.identifier for choice in choices}
        chosen = remembered.get("format")
        self._format_id = chosen if isinstance(chosen, str) and chosen in known else "png"
        self.format.set_choices(choices, self._format_id)
        self.quality = SliderSpin("Quality", 1, 100, suffix=" %")
        quality = remembered.get("quality")
        self.quality.setValue(quality if isinstance(quality, int) else EncodeOptions().quality)
        self.lossless = QCheckBox("&Lossless")
        self.lossless.setChecked(remembered.get("is_lossless") is True)
        self.recipe = QCheckBox("&Keep prompt, seed and settings in the file")
        self.recipe.setChecked(remembered.get("has_metadata") is not False)
        self._note = plain_label("", role="small", wraps=True)
        self._quality_label = plain_label("&Quality", role="muted", buddy=self.quality)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(plain_label(f"{size.width} × {size.height} pixels", role="muted"), 0, 1)
        grid.addWidget(plain_label("&Format", role="muted", buddy=self.format), 1, 0)
        grid.addWidget(self.format, 1, 1)
        grid.addWidget(self._note, 2, 1)
        grid.addWidget(self._quality_label, 3, 0)
        grid.addWidget(self.quality, 3, 1)
        grid.addWidget(self.lossless, 4, 1)
        grid.addWidget(self.recipe, 5, 1)
        grid.setColumnStretch(1, 1)
        self.add_body(grid)
        self.add_buttons("Choose a Name…")
        self.format.chosen.connect(self._on_format_chosen)
        self.lossless.toggled.connect(self._refresh)
        self.setMinimumWidth(400)
        self._refresh()

    @property
    def choice(self) -> ExportChoice:
        options = EncodeOptions(
            quality=round(self.quality.value()),
            is_lossless=self.lossless.isChecked(),
            has_metadata=self.recipe.isChecked(),
        )
        return ExportChoice(format_id=self._format_id, options=options)

    def _on_format_chosen(self, identifier: str) -> None:
        self._format_id = identifier
        self._refresh()

    def _refresh(self) -> None:
        entry = FORMATS[self._format_id]
        has_lossless = self._format_id == "webp"
        self._note.setText(NOTES.get(self._format_id, ""))
        self.lossless.setVisible(has_lossless)
        has_quality = entry.has_quality and not (has_lossless and self.lossless.isChecked())
        self.quality.setVisible(entry.has_quality)
        self._quality_label.setVisible(entry.has_quality)
        self.quality.setEnabled(has_quality)


def to_json(choice: ExportChoice) -> dict[str, Any]:
    options = choice.options
    return {
        "format": choice.format_id,
        "quality": options.quality,
        "is_lossless": options.is_lossless,
        "has_metadata": options.has_metadata,
    }
