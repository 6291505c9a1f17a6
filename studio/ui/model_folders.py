"""The artist's model folders on their way to the engine's process: through its environment, beside those of the caller's."""

from __future__ import annotations

import os
from collections.abc import Sequence

VARIABLE = "UNDERPAINT_MODELS"
_given = os.environ.get(VARIABLE, "")


def publish_model_folders(folders: Sequence[str]) -> None:
    """For every engine that is started from now on."""
    named = [folder for folder in (*_given.split(os.pathsep), *folders) if folder]
    os.environ[VARIABLE] = os.pathsep.join(dict.fromkeys(named))
