"""How long pictures take on this machine, learnt from those that ran, the drawn and the generated apart."""

from __future__ import annotations

from studio.generation.request import Recipe

# The latest steps say more than the first ones, which pay for warming up.
SMOOTHING = 0.3


class Pace:
    """Estimates from step times of the running job and from the time per step and pixel of finished ones."""

    def __init__(self) -> None:
        self._started_at: float | None = None
        self._last_step: tuple[int, float] | None = None
        self._seconds_per_step: float | None = None
        self._seconds_per_work: dict[str, float] = {}

    def started(self, now: float) -> None:
        self._started_at = now
        self._last_step = (0, now)
        self._seconds_per_step = None

    def stepped(self, step: int, now: float) -> None:
        if self._last_step is None or step <= self._last_step[0]:
            self._last_step = (step, now)
            return
        seconds = (now - self._last_step[1]) / (step - self._last_step[0])
        self._last_step = (step, now)
        self._seconds_per_step = _smoothed(self._seconds_per_step, seconds)

    def resumed(self, now: float) -> None:
        """The time since the last step was a pause, and this picture's whole time tells nothing any more."""
        self._started_at = None
        if self._last_step is not None:
            self._last_step = (self._last_step[0], now)

    def finished(self, recipe: Recipe, now: float, *, is_telling: bool = True) -> None:
        """is_telling: it ran from beginning to end."""
        if self._started_at is not None and is_telling:
            seconds = (now - self._started_at) / _work(recipe)
            self._seconds_per_work[recipe.source] = _smoothed(
                self._seconds_per_work.get(recipe.source), seconds
            )
        self._started_at = None
        self._last_step = None
        self._seconds_per_step = None

    def seconds_left(self, recipe: Recipe, step: int, total_steps: int) -> float | None:
        """For a job at `step` of `total_steps` (0 of 0: not begun); None while nothing is known."""
        if total_steps > 0 and self._seconds_per_step is not None:
            return self._seconds_per_step * (total_steps - step)
        seconds_per_work = self._seconds_per_work.get(recipe.source)
        if seconds_per_work is not None:
            remaining = 1.0 - step / total_steps if total_steps else 1.0
            return seconds_per_work * _work(recipe) * remaining
        if recipe.is_drawn:
            return None
        if total_steps == 0 and self._seconds_per_step is not None:
            return self._seconds_per_step * recipe.steps
        return None


def _work(recipe: Recipe) -> float:
    return recipe.steps * recipe.strength * recipe.width * recipe.height


def _smoothed(old: float | None, new: float) -> float:
    return new if old is None else old + SMOOTHING * (new - old)
