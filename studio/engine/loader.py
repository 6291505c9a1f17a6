"""The one door for weights: a checked folder, our own classes, no network, no code of the model's."""

from __future__ import annotations

import importlib
import logging
from typing import Any, cast

from studio.core.errors import EngineError
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
        raise _misfit(folder, error) from error
    except RuntimeError as error:
        # torch reports both missing memory and misshapen weights this way.
        if "size mismatch" in str(error) or "shape" in str(error):
            raise _misfit(folder, error) from error
        raise


def component(cls: Any, folder: ModelFolder, name: str, **keywords: Any) -> Any:
    """One component by our class `cls`, from local safetensors only. Raises EngineError when weights are missing."""
    if name in folder.weights:
        keywords["use_safetensors"] = True
        if folder.weights[name].name.endswith(".fp16.safetensors"):
            keywords["variant"] = "fp16"
        loaded, report = cls.from_pretrained(
            str(folder.path / name), local_files_only=True, output_loading_info=True, **keywords
        )
        missing = [key for key in report.get("missing_keys", ()) if not key.endswith("position_ids")]
        if missing or report.get("mismatched_keys"):
            raise _misfit(folder, ValueError(f"{name}: missing {missing[:5]} of {len(missing)}"))
        return loaded.eval().requires_grad_(False)
    return cls.from_pretrained(str(folder.path / name), local_files_only=True, **keywords)


def _misfit(folder: ModelFolder, error: Exception) -> EngineError:
    return EngineError(
        f"The weights of the model {folder.info.name} do not fit its description.",
        remedy="Download the model again.",
        details=str(error)[:2000],
    )
