"""The numbers of generation: what fits the model can be chosen, what does not is greyed with the reason."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QWidget

from studio.core.geometry import Rect, Size
from studio.generation.catalog import Catalog, SamplerInfo
from studio.generation.prefill import PREFILL_LABELS, prefill_of
from studio.generation.request import MAX_SEED
from studio.ui.bind import Bindings, bind_spin
from studio.ui.context import Context
from studio.ui.later import Later
from studio.ui.widgets.choice_box import Choice, ChoiceBox
from studio.ui.widgets.labels import plain_label
from studio.ui.widgets.slider_spin import SliderSpin
from studio.workspace.generation_settings import LIMITS
from studio.workspace.open_document import MIN_FRAME_PX

MAX_FRAME_PX = 16384
SMALL_ICON_PX = 16
SCROLL_BAR_PX = 10


class GeneratePanel(QScrollArea):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._bindings = Bindings()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._content.setProperty("role", "plain")
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(12, 2, 10, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._make_fields()
        self._lay_out()
        self.setWidget(self._content)
        self._bind()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content.minimumSizeHint().width() + SCROLL_BAR_PX, 150)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def close_panel(self) -> None:
        self._bindings.disconnect()

    def _make_fields(self) -> None:
        self.model = ChoiceBox("Model")
        self.sampler = ChoiceBox("Sampler")
        self.schedule = ChoiceBox("Schedule")
        self.steps = _spin("Steps", "steps", curve=2.0)
        self.guidance = _spin("Guidance", "guidance_scale", decimals=1, step=0.5)
        self.strength = SliderSpin("Strength", 1, 100, suffix=" %")
        self.seed = QLineEdit()
        self.seed.setAccessibleName("Seed")
        self.seed.setMaxLength(len(str(MAX_SEED)))
        self.batch = _spin("Images", "batch_count", curve=2.0)
        self.width_px = SliderSpin("Frame width", MIN_FRAME_PX, MAX_FRAME_PX, step=8, curve=3.0, prefix="W ")
        self.height_px = SliderSpin(
            "Frame height", MIN_FRAME_PX, MAX_FRAME_PX, step=8, curve=3.0, prefix="H "
        )
        self.prefill = ChoiceBox("Pre-fill")
        self.grow = _spin("Grow the mask by", "mask_grow_px", prefix="Grow ", curve=2.0)
        self.feather = _spin("Soften the mask by", "mask_feather_px", prefix="Feather ", curve=2.0)
        self.detail = _spin("Model pixels on the mask", "least_target_px", step=64, suffix=" px", curve=2.0)
        self.strength.setToolTip("How far the picture may move away from what is there: 100 % starts afresh")
        self.guidance.setToolTip("How closely the prompt is followed; 1 switches guidance off")
        self.steps.setToolTip("More steps take longer and settle finer detail")
        self.batch.setToolTip("How many pictures each press of Generate makes, one seed after the other")
        self.seed.setToolTip("The same seed and settings make the same picture again")
        self.prefill.setToolTip(
            "What stands under the mask before the model begins; below 100 % strength it shows"
        )
        self.grow.setToolTip("Lets the change reach this many pixels beyond the painted mask")
        self.feather.setToolTip("Width of the soft transition at the mask's edge, in pixels")
        self.detail.setToolTip(
            "Model pixels the masked part gets at least on its long side, as far as the model's own size: a small mask is "
            "shown to it enlarged"
        )
        self.width_px.setToolTip("Width of the frame the model sees, in picture pixels")
        self.height_px.setToolTip("Height of the frame the model sees, in picture pixels")

    def _lay_out(self) -> None:
        self._row("Mo&del", self.model, self._context.button("model_folders", icon_px=SMALL_ICON_PX))
        self._row("Sam&pler", self.sampler)
        self._row("S&chedule", self.schedule)
        self._row("S&teps", self.steps)
        self._row("G&uidance", self.guidance)
        self._row("Stre&ngth", self.strength)
        dice = self._context.button("seed_random", icon_px=SMALL_ICON_PX)
        lock = self._context.button("seed_lock", icon_px=SMALL_ICON_PX)
        self._row("&Seed", self.seed, dice, lock)
        self._row("&Images", self.batch)
        fit = self._context.button("frame_to_canvas", icon_px=SMALL_ICON_PX)
        self._row("Fr&ame", self.width_px, self.height_px, fit)
        automatic = self._context.button("mask_auto", icon_px=SMALL_ICON_PX)
        self._row("B&order", self.grow, self.feather, automatic)
        to_layer = self._context.button("prefill_layer", icon_px=SMALL_ICON_PX)
        self._row("P&re-fill", self.prefill, to_layer)
        passes = self._context.button("two_pass", icon_px=SMALL_ICON_PX)
        reach = self._context.button("show_reach", icon_px=SMALL_ICON_PX)
        self._row("Pi&xels", self.detail, passes, reach)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _row(self, label: str, field: QWidget, *more: QWidget) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(plain_label(label, role="muted", buddy=field), row, 0)
        if not more:
            self._grid.addWidget(field, row, 1)
            return
        line = QHBoxLayout()
        line.setSpacing(3)
        line.addWidget(field, 1)
        for widget in more:
            line.addWidget(widget, 1 if isinstance(widget, SliderSpin) else 0)
        self._grid.addLayout(line, row, 1)

    def _bind(self) -> None:
        workspace = self._context.workspace
        model = workspace.settings
        bind_spin(self._bindings, model, "steps", self.steps)
        bind_spin(self._bindings, model, "guidance_scale", self.guidance)
        bind_spin(self._bindings, model, "strength", self.strength, scale=100.0)
        bind_spin(self._bindings, model, "batch_count", self.batch)
        bind_spin(self._bindings, model, "mask_grow_px", self.grow)
        bind_spin(self._bindings, model, "mask_feather_px", self.feather)
        bind_spin(self._bindings, model, "least_target_px", self.detail)
        self._bindings.field(model, "is_mask_automatic", self._show_automatic)
        self._bindings.field(model, "is_two_pass", self._context.actions["two_pass"].setChecked)
        self._bindings.field(model, "prefill", self._show_prefill)
        self.prefill.chosen.connect(lambda identifier: model.set(prefill=identifier))
        forecasts = workspace.forecasts
        self._bindings.subscribe(
            forecasts.changed, lambda _: self._context.actions["show_reach"].setChecked(forecasts.is_shown)
        )
        self._context.actions["show_reach"].setChecked(forecasts.is_shown)
        self._bindings.field(model, "seed", self._show_seed)
        self.seed.editingFinished.connect(self._on_seed_edited)
        self.model.chosen.connect(self._on_model_chosen)
        self.sampler.chosen.connect(self._on_sampler_chosen)
        self.schedule.chosen.connect(lambda identifier: model.set(schedule=identifier))
        self.width_px.valueChanged.connect(self._on_size_edited)
        self.height_px.valueChanged.connect(self._on_size_edited)
        self._bindings.subscribe(workspace.frame_changed, self._show_frame)
        self._show_frame(workspace.frame)
        self._choices_later = Later(self._refresh_choices, parent=self)
        self._bindings.subscribe(model.changed, self._on_setting_changed)
        self._catalog: Catalog | None = None
        self._bindings.subscribe(workspace.queue.changed, self._on_queue_changed)
        self._on_queue_changed(None)
        self._refresh_choices()

    def _on_queue_changed(self, _: None) -> None:
        if self._context.workspace.queue.catalog is not self._catalog:
            self._catalog = self._context.workspace.queue.catalog
            self._choices_later.schedule()

    def _on_setting_changed(self, name: str) -> None:
        if name in ("model", "sampler", "schedule"):
            self._choices_later.schedule()

    def _refresh_choices(self) -> None:
        values = self._context.workspace.settings.values
        catalog = self._catalog
        if catalog is None:
            for box, current in (
                (self.model, "Starting…"),
                (self.sampler, values.sampler),
                (self.schedule, values.schedule),
            ):
                box.set_choices((), current)
                box.setEnabled(False)
            return
        for box in (self.model, self.sampler, self.schedule):
            box.setEnabled(True)
        self.model.set_choices(
            [
                Choice(identifier=m.identifier, label=m.name, note=m.path, refusal=m.problem)
                for m in catalog.models
            ],
            values.model,
        )
        self.sampler.set_choices(
            [self._sampler_choice(catalog, entry) for entry in catalog.samplers], values.sampler
        )
        self.schedule.set_choices(
            [
                Choice(
                    identifier=entry.identifier,
                    label=entry.label,
                    note=entry.note,
                    refusal=catalog.refusal(values.model, values.sampler, entry.identifier, masked=False),
                )
                for entry in catalog.schedules
            ],
            values.schedule,
        )
        model = catalog.model(values.model)
        if model is not None:
            for spin in (self.width_px, self.height_px):
                spin.setSingleStep(model.size_multiple)

    def _sampler_choice(self, catalog: Catalog, entry: SamplerInfo) -> Choice:
        values = self._context.workspace.settings.values
        # A schedule the sampler cannot follow is no reason against the sampler: choosing it resets the schedule.
        schedule = values.schedule if values.schedule in entry.schedules else entry.schedules[0]
        return Choice(
            identifier=entry.identifier,
            label=entry.label,
            note=entry.note,
            refusal=catalog.refusal(values.model, entry.identifier, schedule, masked=False),
        )

    def _on_model_chosen(self, identifier: str) -> None:
        info = None if self._catalog is None else self._catalog.model(identifier)
        if info is not None:
            self._context.workspace.settings.set(
                model=identifier,
                sampler=info.sampler,
                schedule=info.schedule,
                steps=info.steps,
                guidance_scale=info.guidance_scale,
            )

    def _on_sampler_chosen(self, identifier: str) -> None:
        settings = self._context.workspace.settings
        entry = None if self._catalog is None else self._catalog.sampler(identifier)
        schedule = settings.values.schedule
        if entry is not None and schedule not in entry.schedules:
            schedule = entry.schedules[0]
        settings.set(sampler=identifier, schedule=schedule)

    def _show_automatic(self, is_automatic: bool) -> None:
        self._context.actions["mask_auto"].setChecked(is_automatic)
        for spin in (self.grow, self.feather):
            spin.setEnabled(not is_automatic)

    def _show_prefill(self, identifier: str) -> None:
        choices = [Choice(identifier=kind.value, label=label) for kind, label in PREFILL_LABELS.items()]
        self.prefill.set_choices(choices, prefill_of(identifier).value)

    def _show_seed(self, seed: int) -> None:
        if self.seed.text() != str(seed):
            self.seed.setText(str(seed))
            self.seed.setCursorPosition(0)

    def _on_seed_edited(self) -> None:
        """A typed seed is meant, so it is kept; anything but a number restores what was there."""
        settings = self._context.workspace.settings
        text = self.seed.text().strip()
        if text.isascii() and text.isdecimal() and int(text) != settings.values.seed:
            settings.set(seed=int(text), is_seed_random=False)
        self._show_seed(settings.values.seed)

    def _show_frame(self, frame: Rect) -> None:
        for spin, length in ((self.width_px, frame.width), (self.height_px, frame.height)):
            with QSignalBlocker(spin):
                spin.setValue(length)

    def _on_size_edited(self) -> None:
        self._context.workspace.resize_frame(
            Size(round(self.width_px.value()), round(self.height_px.value()))
        )


def _spin(
    name: str,
    field: str,
    *,
    decimals: int = 0,
    step: float = 1.0,
    curve: float = 1.0,
    prefix: str = "",
    suffix: str = "",
) -> SliderSpin:
    lowest, highest = LIMITS[field]
    return SliderSpin(
        name, lowest, highest, decimals=decimals, step=step, curve=curve, prefix=prefix, suffix=suffix
    )
