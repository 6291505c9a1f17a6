"""One component of a model by one of our classes, from local safetensors only."""

from __future__ import annotations

from typing import Any

from studio.core.errors import EngineError
from studio.engine.detect import ModelFolder


def component(cls: Any, folder: ModelFolder, name: str, **keywords: Any) -> Any:
    """`name` as an object of `cls`, ready for inference. Raises EngineError when weights are missing, OSError,
    ValueError or RuntimeError when they cannot be read or do not fit."""
    if name in folder.weights:
        keywords["use_safetensors"] = True
        if ".fp16" in folder.weights[name].name:
            keywords["variant"] = "fp16"
        loaded, report = cls.from_pretrained(
            str(folder.path / name), local_files_only=True, output_loading_info=True, **keywords
        )
        missing = [key for key in report.get("missing_keys", ()) if not key.endswith("position_ids")]
        if missing or report.get("mismatched_keys"):
            raise misfit(folder, ValueError(f"{name}: missing {missing[:5]} of {len(missing)}"))
        return loaded.eval().requires_grad_(False)
    return cls.from_pretrained(str(folder.path / name), local_files_only=True, **keywords)


def misfit(folder: ModelFolder, error: Exception) -> EngineError:
    """What the artist reads when weights and description disagree."""
    return EngineError(
        f"The weights of the model {folder.info.name} do not fit its description.",
        remedy="Download the model again.",
        details=str(error)[:2000],
    )
