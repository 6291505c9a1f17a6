"""A tiny autoencoder beside a model, for previews that show more than latents projected to colours.

`preview_decoder/` holds diffusers' AutoencoderTiny, trained against the model's own autoencoder. It is foreign input
like every other weight: checked before it is read; one that cannot be used costs sharpness, never a picture.
"""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import torch
from diffusers import AutoencoderTiny

from studio.core.errors import EngineError
from studio.engine.weights import tensor_shapes
from studio.generation.job_block import PREVIEW_DIVISOR
from studio.generation.request import UInt8Array

logger = logging.getLogger(__name__)

FOLDER = "preview_decoder"
WEIGHTS = "diffusion_pytorch_model.safetensors"
MAX_CONFIG_BYTES = 64 * 1024
MAX_BYTES = 32 * 1024 * 1024
# Of a step's time. Together with its use in the second half only: at most 2 % of a job.
AFFORDABLE_SHARE = 0.04


class TinyDecoder:
    """Holds the network and what one of its pictures costs, in seconds, at the size drawn last."""

    def __init__(self, network: AutoencoderTiny, device: torch.device) -> None:
        self._network = network.to(device).to(memory_format=torch.channels_last)
        self._shape: torch.Size | None = None
        self._cost_s = 0.0

    def is_affordable(self, clean: torch.Tensor, step_s: float) -> bool:
        """Whether a picture of these latents costs little beside a step of `step_s`; the first of a size is tried out."""
        if clean.shape != self._shape:
            # The first call chooses kernels, the second tells the price.
            self.picture(clean)
            self.picture(clean)
            self._shape = clean.shape
        return self._cost_s <= AFFORDABLE_SHARE * step_s

    def picture(self, clean: torch.Tensor) -> UInt8Array:
        """(1, c, h, w) clean latents -> uint8 (2 h, 2 w, 3)."""
        # Waits for a device that still works on the step, whose time is not this picture's.
        float(clean.flatten()[0])
        began = time.perf_counter()
        weight = self._network.decoder.layers[0].weight
        rgb = self._network.decode(clean.to(weight)).sample[0].float()
        # What is not finite is shown as black, as in the projection.
        rgb = torch.nan_to_num(rgb.add(1.0).mul(127.5).clamp(0.0, 255.0).round()).to(torch.uint8)
        pixels: UInt8Array = rgb.permute(1, 2, 0).contiguous().cpu().numpy()
        self._cost_s = time.perf_counter() - began
        return pixels


def load_tiny_decoder(model: Path, channels: int, factor: int, device: torch.device) -> TinyDecoder | None:
    """None where the model brings none, or one that does not fit `channels` latents of a picture `factor` as wide."""
    folder = model / FOLDER
    if not (folder / "config.json").is_file():
        return None
    try:
        _check(folder, channels, factor)
        network, report = AutoencoderTiny.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True, output_loading_info=True
        )
        if report["missing_keys"] or report["mismatched_keys"]:
            raise ValueError(f"missing {report['missing_keys'][:3]}")
    except (EngineError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        logger.warning("the previews of %s are not sharpened: %s", model.name, error)
        return None
    return TinyDecoder(network.float().eval().requires_grad_(False), device)


def _check(folder: Path, channels: int, factor: int) -> None:
    config_file = folder / "config.json"
    if config_file.stat().st_size > MAX_CONFIG_BYTES or (folder / WEIGHTS).stat().st_size > MAX_BYTES:
        raise ValueError("it is no tiny decoder: too large")
    config = json.loads(config_file.read_bytes())
    if not isinstance(config, dict) or config.get("_class_name") != "AutoencoderTiny" or "auto_map" in config:
        raise ValueError("it is no tiny decoder")
    levels = config.get("decoder_block_out_channels")
    if config.get("latent_channels") != channels or not isinstance(levels, list) or len(levels) < 1:
        raise ValueError("it is for other latents")
    # A preview's place in the shared memory ends at a quarter of the picture's side.
    if 2 ** (len(levels) - 1) * PREVIEW_DIVISOR > factor:
        raise ValueError("its pictures are larger than a preview")
    tensor_shapes(folder / WEIGHTS)
