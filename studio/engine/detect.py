"""What a folder on disk is: a model this engine can load, or the reason why not. No torch, no weights, no code of theirs.

Nothing in a folder chooses what runs: class names only have to match the layouts below, and loading uses our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import EngineError
from studio.engine.samplers import SAMPLERS
from studio.engine.schedules import AYS_NOISE
from studio.engine.weights import tensor_shapes
from studio.generation.catalog import ModelInfo

MAX_CONFIG_BYTES = 4 * 1024 * 1024
PREDICTION_TYPES = ("epsilon", "v_prediction")
# Their classes take no `rescale_betas_zero_snr`: with infinite noise at the start they would divide by zero.
NEEDS_FINITE_NOISE = ("heun", "dpm2", "dpm2_a", "dpmpp_2s", "dpmpp_sde", "lms", "deis", "plms")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One pipeline class we know: its family and, per component, the class names we accept."""

    family: str
    components: Mapping[str, tuple[str, ...]]
    weight_stems: Mapping[str, str]


LAYOUTS: dict[str, Layout] = {
    "StableDiffusionPipeline": Layout(
        family="sd",
        components={
            "unet": ("UNet2DConditionModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModel",),
            "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
        },
        weight_stems={
            "unet": "diffusion_pytorch_model",
            "vae": "diffusion_pytorch_model",
            "text_encoder": "model",
        },
    ),
    "StableDiffusionXLPipeline": Layout(
        family="sdxl",
        components={
            "unet": ("UNet2DConditionModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModel",),
            "text_encoder_2": ("CLIPTextModelWithProjection",),
            "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
            "tokenizer_2": ("CLIPTokenizer", "CLIPTokenizerFast"),
        },
        weight_stems={
            "unet": "diffusion_pytorch_model",
            "vae": "diffusion_pytorch_model",
            "text_encoder": "model",
            "text_encoder_2": "model",
        },
    ),
}


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A model that passed every check: a folder, or one file (then description is the folder that describes its kind).
    weights: per component, the safetensors file to load, or the first of several; other_shards: the rest.

    configs: per component, its config.json; "scheduler" is its noise definition, "pipeline" the model_index.json.
    fingerprint: changes with the files.
    """

    path: Path
    info: ModelInfo
    configs: Mapping[str, Mapping[str, Any]]
    weights: Mapping[str, Path]
    fingerprint: tuple[tuple[str, int, int], ...]
    description: Path | None = None
    other_shards: tuple[Path, ...] = ()

    def is_unchanged(self) -> bool:
        try:
            return fingerprint_of([*self.weights.values(), *self.other_shards]) == self.fingerprint
        except OSError:
            return False


def read_folder(path: Path, identifier: str) -> ModelFolder:
    """Raises EngineError, one sentence and a remedy, for a folder the engine cannot or must not load."""
    if not path.is_dir():
        raise EngineError(
            f"The model folder {path.name} is not there.",
            remedy="Check that the drive is connected, or choose another model.",
            details=str(path),
        )
    index = read_json(path / "model_index.json", missing="is no model folder (model_index.json is missing)")
    layout = _layout(path, index)
    _refuse_code(path)
    configs = read_configs(path, layout.components, index)
    shards = {name: _weight_files(path / name, stem) for name, stem in layout.weight_stems.items()}
    for file in (file for files in shards.values() for file in files):
        tensor_shapes(file)
    _check_fit(path, configs)
    info = describe(path, identifier, layout, configs)
    settings = path / "studio.json"
    return ModelFolder(
        path=path,
        info=_with_settings(info, read_json(settings)) if settings.is_file() else info,
        configs=configs,
        weights={name: files[0] for name, files in shards.items()},
        fingerprint=fingerprint_of(file for files in shards.values() for file in files),
        other_shards=tuple(file for files in shards.values() for file in files[1:]),
    )


def read_configs(
    path: Path, components: Iterable[str], index: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    configs = {name: _component_config(path, name) for name in components}
    configs["scheduler"] = read_json(path / "scheduler" / "scheduler_config.json")
    configs["pipeline"] = index
    return configs


def _layout(path: Path, index: Mapping[str, Any]) -> Layout:
    name = index.get("_class_name")
    layout = LAYOUTS.get(name) if isinstance(name, str) else None
    if layout is None:
        raise EngineError(
            f"The model {path.name} is of a kind this studio cannot use yet ({str(name)[:60]}).",
            remedy=f"It reads {', '.join(LAYOUTS)}.",
            details=str(path),
        )
    for component, accepted in layout.components.items():
        entry = index.get(component)
        if not (isinstance(entry, list) and len(entry) == 2 and entry[1] in accepted):
            raise EngineError(
                f"The model {path.name} has an unexpected {component} ({str(entry)[:60]}).",
                remedy=f"A model of this kind has {' or '.join(accepted)} there.",
                details=str(path / "model_index.json"),
            )
    return layout


def _refuse_code(path: Path) -> None:
    code = next((file for file in path.rglob("*.py") if file.is_file()), None)
    if code is not None:
        raise EngineError(
            f"The model {path.name} brings program code, which the studio never runs.",
            remedy="Get the model without it, or remove the file if you are sure it is not needed.",
            details=str(code),
        )


def _component_config(path: Path, component: str) -> Mapping[str, Any]:
    name = "tokenizer_config.json" if component.startswith("tokenizer") else "config.json"
    config = read_json(path / component / name)
    if "auto_map" in config:
        raise EngineError(
            f"The model {path.name} asks for program code of its own ({component}), which the studio never runs.",
            remedy="Get a version of the model that does without.",
            details=str(path / component / name),
        )
    return config


def _weight_files(folder: Path, stem: str) -> tuple[Path, ...]:
    """One file, or all shards of an index."""
    for variant in ("", ".fp16"):
        whole = folder / f"{stem}{variant}.safetensors"
        if whole.is_file():
            return (whole,)
        index = folder / f"{stem}.safetensors.index{variant}.json"
        if index.is_file():
            return _shards(folder, index)
    others = [file.name for file in folder.glob("*") if file.suffix in (".bin", ".ckpt", ".pt", ".pth")]
    raise EngineError(
        f"The model {folder.parent.name} has no safetensors weights in {folder.name}.",
        remedy="Get the model as safetensors." if others else "Download the model again.",
        details=f"{folder}: {', '.join(others) or 'no weights'}",
    )


def _shards(folder: Path, index: Path) -> tuple[Path, ...]:
    """The files an index names; a name that leads out of the folder is no name."""
    named = read_json(index).get("weight_map")
    names = sorted({str(name) for name in named.values()}) if isinstance(named, dict) else []
    is_sound = all(name == Path(name).name and name.endswith(".safetensors") for name in names)
    missing = [name for name in names if not (folder / name).is_file()] if is_sound else names
    if not names or missing:
        raise EngineError(
            f"The model {folder.parent.name} is incomplete: parts of {folder.name} are missing.",
            remedy="Download the model again.",
            details=f"{index}: {', '.join(missing[:5]) or 'names no files'}",
        )
    return tuple(folder / name for name in names)


def _check_fit(path: Path, configs: Mapping[str, Mapping[str, Any]]) -> None:
    unet, vae, noise = (configs[n] for n in ("unet", "vae", "scheduler"))
    texts = [config.get("hidden_size") for name, config in configs.items() if name.startswith("text_encoder")]
    text_width = sum(width for width in texts if isinstance(width, int))
    wrong = ""
    if unet.get("in_channels") != 4 or unet.get("out_channels") != 4 or vae.get("latent_channels") != 4:
        wrong = "its denoiser works on other latents than four channels"
    elif unet.get("cross_attention_dim") != text_width:
        wrong = "its text encoder and denoiser do not fit each other"
    elif (unet.get("addition_embed_type") == "text_time") != ("text_encoder_2" in configs):
        wrong = "its denoiser asks for other things than this kind of model tells it"
    elif noise.get("prediction_type", "epsilon") not in PREDICTION_TYPES:
        wrong = f"it predicts “{str(noise.get('prediction_type'))[:40]}”"
    elif noise.get("beta_schedule", "linear") not in ("linear", "scaled_linear", "squaredcos_cap_v2"):
        wrong = "it was trained with a noise this engine does not know"
    if wrong:
        raise EngineError(
            f"The model {path.name} cannot be used: {wrong}.",
            remedy="Choose another model.",
            details=str(path),
        )


def describe(
    path: Path, identifier: str, layout: Layout, configs: Mapping[str, Mapping[str, Any]]
) -> ModelInfo:
    noise = configs["scheduler"]
    refused: dict[str, str] = {}
    if noise.get("rescale_betas_zero_snr"):
        reason = "{} cannot start from the infinite noise this model was trained with."
        refused = {name: reason.format(SAMPLERS[name].label) for name in NEEDS_FINITE_NOISE}
    refused_schedules: dict[str, str] = {}
    if any(noise.get(name) != value for name, value in AYS_NOISE.items()):
        refused_schedules["ays"] = "Align Your Steps was found for another noise than this model's."
    elif layout.family == "sdxl":
        refused_schedules["ays"] = "These steps were found for Stable Diffusion 1.5, not for SDXL."
    blocks = configs["vae"].get("block_out_channels")
    factor = 2 ** (len(blocks) - 1) if isinstance(blocks, list) and blocks else 8
    sample_size = configs["unet"].get("sample_size")
    native = sample_size * factor if isinstance(sample_size, int) and 1 <= sample_size <= 512 else 512
    return ModelInfo(
        identifier=identifier,
        name=path.stem if path.is_file() else path.name,
        family=layout.family,
        path=str(path),
        native_size=native,
        min_size=8 * factor,
        size_multiple=factor,
        refused_samplers=refused,
        refused_schedules=refused_schedules,
    )


def _with_settings(info: ModelInfo, settings: Mapping[str, Any]) -> ModelInfo:
    """`studio.json` beside a model: its good sizes and defaults, its vocabulary."""
    known: dict[str, Any] = {}
    for name in ("name", "native_size", "min_size", "max_size", "size_multiple", "steps", "guidance_scale"):
        value: Any = settings.get(name)
        kind = type(getattr(info, name))
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is kind and (kind is str or 0 < value <= 16384):
            known[name] = value
    for name in ("sampler", "schedule"):
        if isinstance(settings.get(name), str):
            known[name] = settings[name]
    vocabulary, examples = settings.get("vocabulary"), settings.get("examples")
    if isinstance(vocabulary, dict):
        known["vocabulary"] = {str(k): _texts(v) for k, v in vocabulary.items()}
    known["examples"] = _texts(examples)
    fields = {**vars(info), **known}
    return ModelInfo(**fields)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def read_json(path: Path, *, missing: str = "") -> Mapping[str, Any]:
    folder = path.parent if path.name == "model_index.json" else path.parent.parent
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ValueError("absurdly large")
        value = json.loads(path.read_bytes())
        if not isinstance(value, dict):
            raise ValueError("no object")
    except FileNotFoundError as error:
        raise EngineError(
            f"{folder.name} {missing or f'is incomplete: {path.parent.name}/{path.name} is missing'}.",
            remedy="Choose a folder with a complete diffusers model, or download it again.",
            details=str(path),
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(
            f"The model {folder.name} is damaged: {path.name} cannot be read.",
            remedy="Download the model again.",
            details=f"{path}: {error}",
        ) from error
    return value


def fingerprint_of(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    stats = [(file, file.stat()) for file in files]
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in stats)
