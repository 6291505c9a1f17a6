"""What a single weight file is: a checkpoint this engine can load, or the reason why not. Reads its header only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core import paths
from studio.core.errors import EngineError
from studio.engine.detect import (
    LAYOUTS,
    ModelFolder,
    describe,
    fingerprint_of,
    read_configs,
    read_json,
)
from studio.engine.recognise import Recognised, recognise
from studio.engine.weights import tensor_shapes

SUFFIX = ".safetensors"
DESCRIBED = {"sd1": "sd1", "sd2": "sd2", "sdxl": "sdxl"}
"""Family -> the folder in resources/model-configs that says what such a file leaves out."""

NAMES = {
    "sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "sdxl": "SDXL", "sdxl_refiner": "the SDXL refiner",
    "sd3": "Stable Diffusion 3", "flux1": "FLUX.1", "flux2": "FLUX.2", "qwen_image": "Qwen-Image",
    "z_image": "Z-Image", "chroma": "Chroma", "lumina2": "Lumina 2", "auraflow": "AuraFlow", "sana": "Sana",
}  # fmt: skip
_V_PREDICTION = {"prediction_type": "v_prediction"}
_MAX_SIDECAR_BYTES = 100_000


def is_model(found: Recognised) -> bool:
    """Whether it belongs into the list of models: LoRAs, autoencoders and other parts do not."""
    return found.kind in ("checkpoint", "denoiser")


def read_checkpoint(path: Path, identifier: str, *, configs: Path | None = None) -> ModelFolder:
    """configs: the folder with the descriptions, by default the one that ships. Raises EngineError, one sentence and
    a remedy, for a file the engine cannot or must not load."""
    shapes = tensor_shapes(path)
    found = recognise(shapes)
    _check(path, found)
    description = (configs or paths.resources_dir() / "model-configs") / DESCRIBED[found.family]
    index = read_json(description / "model_index.json")
    layout = LAYOUTS[str(index["_class_name"])]
    names = [name for name in layout.components if not name.startswith("tokenizer")]
    described = read_configs(description, names, index)
    described["scheduler"] = {**described["scheduler"], **_prediction(path, shapes)}
    info = describe(path, identifier, layout, described)
    if found.family == "sdxl":
        info = replace(info, guidance_scale=6.0)
    return ModelFolder(
        path=path,
        info=info,
        configs=described,
        weights=dict.fromkeys(layout.weight_stems, path),
        fingerprint=fingerprint_of([path]),
        description=description,
    )


def _check(path: Path, found: Recognised) -> None:
    name = NAMES.get(found.family, "")
    if not is_model(found):
        what = {"lora": "a LoRA", "vae": "an autoencoder", "unknown": "no model the studio knows"}.get(
            found.kind, f"a part of a model ({found.kind.replace('_', ' ')})"
        )
        raise EngineError(f"{path.name} is {what}.", remedy="Choose a checkpoint.", details=str(path))
    if found.family not in DESCRIBED:
        raise EngineError(
            f"{path.name} is a model of the kind {name}, which this studio cannot use yet.",
            remedy="It reads Stable Diffusion 1, 2 and SDXL.",
            details=str(path),
        )
    if found.variant:
        raise EngineError(
            f"{path.name} is an {found.variant} model of {name}, which this studio cannot use yet.",
            remedy="Use the ordinary model: masks work with every one.",
            details=str(path),
        )
    if found.kind != "checkpoint" or found.layout != "ldm":
        raise EngineError(
            f"{path.name} holds the denoiser only.",
            remedy="Get the whole checkpoint, or the model as a diffusers folder.",
            details=str(path),
        )


def _prediction(path: Path, shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Trainers mark the files of models that predict velocity; for Stable Diffusion 2 a text beside the file says it."""
    told: dict[str, Any] = {}
    if "v_pred" in shapes or _sidecar_says_velocity(path):
        told.update(_V_PREDICTION)
    if "ztsnr" in shapes:
        told.update(rescale_betas_zero_snr=True, timestep_spacing="trailing")
    return told


def _sidecar_says_velocity(path: Path) -> bool:
    try:
        with path.with_suffix(".yaml").open("rb") as file:
            text = file.read(_MAX_SIDECAR_BYTES)
    except OSError:
        return False
    return any(
        b"parameterization" in line and b'"v"' in line.replace(b"'", b'"') for line in text.splitlines()
    )
