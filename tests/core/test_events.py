from __future__ import annotations

from studio.core.events import Event


def test_handlers_run_in_the_order_of_subscription() -> None:
    event: Event[int] = Event()
    seen: list[str] = []
    event.subscribe(lambda value: seen.append(f"first {value}"))
    event.subscribe(lambda value: seen.append(f"second {value}"))
    event.emit(7)
    assert seen == ["first 7", "second 7"]


def test_unsubscribing_ends_one_subscription_and_may_be_repeated() -> None:
    event: Event[int] = Event()
    seen: list[int] = []
    end_first = event.subscribe(seen.append)
    event.emit(1)
    end_first()
    end_first()
    event.emit(2)
    assert seen == [1]


class Watcher:
    def __init__(self) -> None:
        self.seen: list[int] = []

    def on_value(self, value: int) -> None:
        self.seen.append(value)


def test_a_bound_method_can_be_unsubscribed() -> None:
    event: Event[int] = Event()
    watcher = Watcher()
    end = event.subscribe(watcher.on_value)
    end()
    event.emit(1)
    assert watcher.seen == []


def test_changes_during_an_emit_take_effect_with_the_next() -> None:
    event: Event[int] = Event()
    seen: list[str] = []

    def subscribe_another(_: int) -> None:
        seen.append("outer")
        event.subscribe(lambda _: seen.append("inner"))

    end = event.subscribe(subscribe_another)
    event.emit(1)
    assert seen == ["outer"]
    end()
    event.emit(2)
    assert seen == ["outer", "inner"]
