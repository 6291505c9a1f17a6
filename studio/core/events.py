"""A typed observer list for models that must not know Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Event(Generic[T]):
    """Synchronous: `emit` calls every handler in the order of subscription, on the caller's thread.

    A handler subscribed or removed while an emit runs takes effect with the next emit.
    """

    def __init__(self) -> None:
        self._handlers: list[Callable[[T], None]] = []

    def subscribe(self, handler: Callable[[T], None]) -> Callable[[], None]:
        """Returns the function that ends the subscription (safe to call twice)."""
        self._handlers = [*self._handlers, handler]

        def unsubscribe() -> None:
            # `is` would miss bound methods, which are new objects at every access.
            self._handlers = [h for h in self._handlers if h is not handler]

        return unsubscribe

    def emit(self, value: T) -> None:
        for handler in self._handlers:
            handler(value)
