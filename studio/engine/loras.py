"""LoRAs (Hu et al. 2021) on a loaded pipeline: those a prompt names, loaded once, weighted anew for every job."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from studio.core.errors import EngineError
from studio.engine.detect_file import NAMES
from studio.engine.recognise import SD_BY_CONTEXT, recognise
from studio.engine.weights import tensor_shapes
from studio.generation.lora_tags import LoraTag

logger = logging.getLogger(__name__)

Find = Callable[[str], Path | None]
"""A LoRA's file by the name that stands in prompts."""


class Loras:
    """What is checked is told before a weight is touched; a file that fails half-way leaves the bare model behind."""

    def __init__(self, pipeline: Any, find: Find) -> None:
        self._pipeline = pipeline
        self._find = find
        self._family = SD_BY_CONTEXT.get(pipeline.unet.config.cross_attention_dim, "")
        self._loaded: dict[Path, str] = {}

    def apply(self, tags: Sequence[LoraTag]) -> None:
        """The model is itself plus these and nothing else. Raises EngineError for one that is not there or does not fit."""
        wanted = {self._path(tag): tag.weight for tag in tags}
        if self._loaded.keys() - wanted.keys():
            self.remove()
        for path in wanted:
            if path not in self._loaded:
                self._load(path)
        if wanted:
            names = [self._loaded[path] for path in wanted]
            self._pipeline.set_adapters(names, list(wanted.values()))

    def remove(self) -> None:
        """To the last bit what the model was."""
        if self._loaded:
            self._pipeline.unload_lora_weights()
            self._loaded.clear()

    def _path(self, tag: LoraTag) -> Path:
        path = self._find(tag.name)
        if path is None:
            raise EngineError(
                f"There is no LoRA called “{tag.name}” in your model folders.",
                remedy="Check the name in the prompt, or add its folder under Generate › Model Folders.",
            )
        if path not in self._loaded:
            self._check(path)
        return path

    def _check(self, path: Path) -> None:
        found = recognise(tensor_shapes(path))
        if found.kind != "lora":
            raise EngineError(f"{path.name} is no LoRA.", remedy="Take it out of the prompt.")
        if found.family and self._family and found.family != self._family:
            raise EngineError(
                f"The LoRA {path.stem} was made for {NAMES[found.family]}, and this model is {NAMES[self._family]}.",
                remedy="Choose another model, or take it out of the prompt.",
            )

    def _load(self, path: Path) -> None:
        name = f"adapter{len(self._loaded)}"
        try:
            with torch.inference_mode(False), warnings.catch_warnings():
                # peft warns of a second adapter as if nobody could want one.
                warnings.simplefilter("ignore", UserWarning)
                self._pipeline.load_lora_weights(
                    str(path.parent), weight_name=path.name, adapter_name=name, local_files_only=True
                )
            if name not in {each for names in self._pipeline.get_list_adapters().values() for each in names}:
                raise ValueError("nothing of it fits")
        except (ValueError, KeyError, RuntimeError, OSError, IndexError, AttributeError) as error:
            # The library may have put half of it in place.
            self._pipeline.unload_lora_weights()
            self._loaded.clear()
            logger.warning("%s: %s", path, error)
            raise EngineError(
                f"The LoRA {path.stem} does not fit this model.",
                remedy="Take it out of the prompt.",
                details=str(error)[:2000],
            ) from error
        self._loaded[path] = name
