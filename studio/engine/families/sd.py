"""Stable Diffusion 1.x layout: diffusers' text-to-image pipeline as conditioner and denoiser for every task.

Image-to-image and inpainting are the same pipeline with other starting latents, fewer steps and a kept area, so that a
seed means the same noise in every task: float32 from a CPU generator, whatever the device.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from studio.core.errors import EngineError
from studio.core.geometry import Size
from studio.engine import preview, prompt_encoder
from studio.engine.cancel import CancelGuard
from studio.engine.components import component
from studio.engine.detect import ModelFolder
from studio.engine.memory import TILED_DECODE_AREA, Placement
from studio.engine.model import Listener
from studio.engine.noise_levels import level_at
from studio.engine.samplers import SAMPLERS
from studio.engine.scheduler_setup import prepare
from studio.engine.step_tap import KeptArea, StepTap
from studio.generation.request import GenerationRequest, UInt8Array


def load(folder: ModelFolder, placement: Placement) -> StableDiffusion:
    """Raises what loading raises; see `loader.load_model`."""
    unet = component(UNet2DConditionModel, folder, "unet", dtype=placement.dtype)
    vae = component(AutoencoderKL, folder, "vae", dtype=torch.float32)
    text_encoder = component(CLIPTextModel, folder, "text_encoder", dtype=placement.dtype)
    tokenizer = component(CLIPTokenizer, folder, "tokenizer")
    for module in (unet, vae, text_encoder):
        module.to(placement.device)
        for parameter in module.parameters():
            # Memory of our own: a mapped file that shrinks would kill the process at the next step.
            parameter.data = parameter.data.clone()
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet,
        # Every job brings its own; the pipeline only insists on having one, with these settings.
        scheduler=DDIMScheduler(clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return StableDiffusion(pipeline, folder)


class StableDiffusion:
    """Implements Model. Holds one pipeline; every job gets a scheduler of its own."""

    def __init__(self, pipeline: Any, folder: ModelFolder) -> None:
        self._pipeline = pipeline
        self._folder = folder
        self._device: torch.device = pipeline.unet.device
        self._factor: int = pipeline.vae_scale_factor
        self._guard = CancelGuard()
        self._guard.watch(_blocks(pipeline))
        with torch.inference_mode():
            self._preview = preview.load_or_fit(
                folder.weights["vae"], lambda rgb: self._encode(rgb * 2.0 - 1.0), self._device
            )

    def draw(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool], listener: Listener
    ) -> UInt8Array:
        """See Model.draw. Raises EngineError for a size the model cannot do."""
        _check_size(request.recipe.size, self._folder)
        self._guard.begin(is_cancelled)
        try:
            with torch.inference_mode():
                latents = self._denoise(request, listener)
                return self._decode(latents)
        finally:
            self._guard.end()

    def _denoise(self, request: GenerationRequest, listener: Listener) -> torch.Tensor:
        recipe, pipeline = request.recipe, self._pipeline
        positive, negative = prompt_encoder.encode_pair(
            pipeline.tokenizer, pipeline.text_encoder, recipe.prompt, recipe.negative_prompt
        )
        scheduler = prepare(self._folder.configs["scheduler"], recipe, self._device)
        pipeline.scheduler = scheduler
        generator = torch.Generator("cpu").manual_seed(recipe.seed)
        shape = (
            1,
            pipeline.unet.config.in_channels,
            recipe.height // self._factor,
            recipe.width // self._factor,
        )
        noise = torch.randn(shape, generator=generator, dtype=torch.float32).to(self._device)
        kept, start = self._start(request, scheduler, noise)
        listener.started(len(scheduler.timesteps))

        def on_preview(call: int, total: int, clean: torch.Tensor) -> None:
            listener.stepped(call, total, self._preview.picture(clean))

        tap = StepTap(
            scheduler,
            SAMPLERS[recipe.sampler],
            check_cancelled=self._guard.check,
            on_preview=on_preview if request.previews else None,
            on_step=None if request.previews else lambda call, total: listener.stepped(call, total, None),
            kept=kept,
        )
        with tap, warnings.catch_warnings():
            # DPM++ SDE asks for noise between levels that float32 rounded past the ends; it gets the ends.
            warnings.filterwarnings("ignore", module="torchsde")
            latents: torch.Tensor = pipeline(
                prompt_embeds=positive,
                negative_prompt_embeds=negative,
                height=recipe.height,
                width=recipe.width,
                num_inference_steps=recipe.steps,
                guidance_scale=recipe.guidance_scale,
                generator=generator,
                latents=start.to(pipeline.unet.dtype),
                output_type="latent",
            ).images
        return latents

    def _start(
        self, request: GenerationRequest, scheduler: Any, noise: torch.Tensor
    ) -> tuple[KeptArea | None, torch.Tensor]:
        """What a mask keeps, and the latents to begin with as the pipeline wants them (it multiplies them)."""
        if request.image is None:
            return None, noise
        pixels = torch.from_numpy(request.image.copy()).permute(2, 0, 1)[None].to(self._device)
        source = self._encode(pixels.float() / 127.5 - 1.0)
        level = level_at(scheduler, SAMPLERS[request.recipe.sampler], 0)
        unit = scheduler.init_noise_sigma
        start = noise if request.recipe.strength >= 1.0 else level.apply(source, noise) / unit
        if request.mask is None:
            return None, start
        kept = KeptArea(source=source, noise=noise, freedom=self._freedom(request.mask))
        return kept, kept.blend(start * unit, level, share_left=1.0) / unit

    def _freedom(self, mask: UInt8Array) -> torch.Tensor:
        """(1, 1, h, w) in [0, 1] at latent size. The largest of each cell: whatever was painted can change, and the
        picture outside the mask is put back pixel by pixel afterwards."""
        freedom = torch.from_numpy(mask.astype(np.float32) / 255.0)[None, None].to(self._device)
        return functional.max_pool2d(freedom, self._factor)

    def _encode(self, rgb: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w) in [-1, 1] -> scaled latents; the distribution's mode, so that nothing is drawn."""
        vae = self._pipeline.vae
        latents: torch.Tensor = (
            vae.encode(rgb.to(self._device)).latent_dist.mode() * vae.config.scaling_factor
        )
        return latents

    def _decode(self, latents: torch.Tensor) -> UInt8Array:
        vae = self._pipeline.vae
        self._guard.check()
        height, width = (side * self._factor for side in latents.shape[-2:])
        vae.use_tiling = height * width > TILED_DECODE_AREA
        decoded = vae.decode(latents.float() / vae.config.scaling_factor, return_dict=False)[0]
        if not bool(torch.isfinite(decoded).all()):
            raise EngineError(
                f"The model {self._folder.info.name} produced no valid picture (not a number).",
                remedy="Try another sampler or seed; if it never works, the model's weights are damaged.",
            )
        rgb = ((decoded[0] + 1.0) * 127.5).round().clamp(0.0, 255.0).to(torch.uint8)
        pixels: UInt8Array = rgb.permute(1, 2, 0).contiguous().cpu().numpy()
        return pixels


def _blocks(pipeline: Any) -> list[torch.nn.Module]:
    """The pieces between which a job can stop: each is a small part of a step."""
    unet, vae = pipeline.unet, pipeline.vae
    return [
        pipeline.text_encoder,
        *unet.down_blocks,
        unet.mid_block,
        *unet.up_blocks,
        *vae.encoder.down_blocks,
        *vae.decoder.up_blocks,
    ]


def _check_size(size: Size, folder: ModelFolder) -> None:
    info = folder.info
    multiple = info.size_multiple
    fits = all(info.min_size <= side <= info.max_size and side % multiple == 0 for side in size)
    if not fits:
        nearest = info.fitting_size(size)
        raise EngineError(
            f"{info.name} cannot draw {size.width} × {size.height} pixels: sides must be multiples of {multiple} "
            f"between {info.min_size} and {info.max_size}.",
            remedy=f"Try {nearest.width} × {nearest.height}.",
        )
