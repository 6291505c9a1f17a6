"""The one door for weights: a checked folder, our own classes, no network, no code of the model's."""

from __future__ import annotations

import importlib
import logging
from typing import cast

from studio.core.errors import EngineError
from studio.engine.components import misfit
from studio.engine.detect import ModelFolder
from studio.engine.families import FAMILIES
from studio.engine.memory import Placement
from studio.engine.model import Model

logger = logging.getLogger(__name__)


def load_model(folder: ModelFolder, placement: Placement) -> Model:
    """Raises EngineError for weights that do not fit; MemoryError and torch's memory errors pass through."""
    family = importlib.import_module(FAMILIES[folder.info.family])
    try:
        return cast("Model", family.load(folder, placement))
    except FileNotFoundError as error:
        raise EngineError(
            f"The model {folder.info.name} disappeared while it was loaded.",
            remedy="Check that the drive is connected.",
            details=str(error),
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise misfit(folder, error) from error
    except RuntimeError as error:
        # torch reports both missing memory and misshapen weights this way.
        if "size mismatch" in str(error) or "shape" in str(error):
            raise misfit(folder, error) from error
        raise
