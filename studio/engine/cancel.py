"""Stopping in the middle of a step: a check in front of every large block of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch


class JobCancelled(Exception):
    """The artist stopped the job; not an error."""


class CancelGuard:
    """Raises JobCancelled from inside a forward pass once `is_cancelled` says so.

    One guard serves one loaded model for all its jobs; a hook costs some microseconds and there are about twenty.
    """

    def __init__(self) -> None:
        self._is_cancelled: Callable[[], bool] = bool

    def watch(self, blocks: Iterable[torch.nn.Module]) -> None:
        """Installs the check in front of every block."""
        for block in blocks:
            block.register_forward_pre_hook(self._before_block)

    def begin(self, is_cancelled: Callable[[], bool]) -> None:
        self._is_cancelled = is_cancelled

    def end(self) -> None:
        self._is_cancelled = bool

    def check(self) -> None:
        if self._is_cancelled():
            raise JobCancelled

    def _before_block(self, _module: torch.nn.Module, _inputs: Any) -> None:
        self.check()
