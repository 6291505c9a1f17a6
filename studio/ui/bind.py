"""Ties widgets to observable values. A widget shows what the model says; what it changes goes to the model first.

All ties of a view live in one `Bindings` and end together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QSignalBlocker, SignalInstance
from PySide6.QtWidgets import QAbstractButton, QDoubleSpinBox, QPlainTextEdit, QSpinBox, QWidget

from studio.core.events import Event

T = TypeVar("T")


class Observable(Protocol):
    """A set of named values which says which of them got another value."""

    changed: Event[str]

    @property
    def values(self) -> Any: ...

    def set(self, **changes: Any) -> None: ...


class Bindings:
    def __init__(self) -> None:
        self._ends: list[Callable[[], None]] = []

    def subscribe(self, event: Event[T], handler: Callable[[T], None]) -> None:
        self._ends.append(event.subscribe(handler))

    def connect(self, signal: SignalInstance, slot: Callable[..., None]) -> None:
        """The connection ends with the bindings."""
        connection = signal.connect(slot)
        self._ends.append(lambda: _quietly_disconnect(signal, connection))

    def disconnect(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def field(self, model: Observable, name: str, show: Callable[[Any], None]) -> None:
        """Calls `show` now and whenever the model's field gets another value."""

        def on_changed(changed: str) -> None:
            if changed == name:
                show(getattr(model.values, name))

        self.subscribe(model.changed, on_changed)
        show(getattr(model.values, name))


def _quietly_disconnect(signal: SignalInstance, connection: Any) -> None:
    try:
        signal.disconnect(connection)
    except (RuntimeError, TypeError):
        return  # the widget is already gone, and its connections with it


def bind_spin(
    bindings: Bindings, model: Observable, name: str, spin: QSpinBox | QDoubleSpinBox, *, scale: float = 1.0
) -> None:
    """scale: widget value per model value (100 shows a share as per cent)."""

    def show(value: float) -> None:
        with _Blocked(spin):
            if isinstance(spin, QDoubleSpinBox):
                spin.setValue(round(value * scale, 6))
            else:
                spin.setValue(round(value * scale))

    def store(value: float) -> None:
        model.set(**{name: value / scale})
        show(getattr(model.values, name))

    bindings.field(model, name, show)
    bindings.connect(spin.valueChanged, store)


def bind_text(bindings: Bindings, model: Observable, name: str, edit: QPlainTextEdit) -> None:
    def show(value: str) -> None:
        if edit.toPlainText() != value:  # keeps the text cursor while the artist types
            with _Blocked(edit):
                edit.setPlainText(value)

    bindings.field(model, name, show)
    bindings.connect(edit.textChanged, lambda: model.set(**{name: edit.toPlainText()}))


def bind_toggle(bindings: Bindings, model: Observable, name: str, button: QAbstractButton) -> None:
    def show(value: bool) -> None:
        with _Blocked(button):
            button.setChecked(value)

    bindings.field(model, name, show)
    bindings.connect(button.toggled, lambda checked: model.set(**{name: checked}))


class _Blocked:
    """A widget that is told a value must not report it back."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget

    def __enter__(self) -> None:
        self._blocker = QSignalBlocker(self._widget)

    def __exit__(self, *_: object) -> None:
        self._blocker.unblock()
