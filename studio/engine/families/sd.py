"""Stable Diffusion's U-Nets (1.x, 2.x, XL): diffusers' text-to-image pipeline as denoiser for every task. They differ
in what they are told (`conditioning`) and in nothing else.

Image-to-image and inpainting are the same pipeline with other starting latents, fewer steps and a kept area, so that a
seed means the same noise in every task: float32 from a CPU generator, whatever the device.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from studio.core.errors import EngineError
from studio.core.geometry import Size
from studio.engine import conditioning, preview, single_file
from studio.engine.cancel import CancelGuard
from studio.engine.components import component
from studio.engine.conditioning import Conditioning
from studio.engine.course import Course, EndedEarly, Pilot, Turned, gone, source_moment
from studio.engine.detect import ModelFolder
from studio.engine.helm import Helm
from studio.engine.kept_steps import KeptRun, KeptRuns
from studio.engine.library import find_weight_file
from studio.engine.loras import Loras
from studio.engine.memory import TILED_DECODE_AREA, Placement
from studio.engine.model import Listener
from studio.engine.noise_levels import NoiseLevel, level_at
from studio.engine.previews import JobPreviews
from studio.engine.regions import RegionTap, regions_of
from studio.engine.scheduler_setup import prepare
from studio.engine.step_tap import Boundary, KeptArea, StepTap
from studio.engine.tiny_decoder import load_tiny_decoder
from studio.engine.window import window_around
from studio.generation.lora_tags import split_loras
from studio.generation.request import GenerationRequest, Steering, UInt8Array

CLEAN = NoiseLevel(signal=1.0, noise=0.0)


def load(folder: ModelFolder, placement: Placement) -> StableDiffusion:
    """Raises what loading raises; see `loader.load_model`."""
    is_xl = folder.info.family == "sdxl"
    if folder.description is not None:
        parts, tokenizers = single_file.load(folder, placement.dtype)
    else:
        parts, tokenizers = _from_folder(folder, placement.dtype, is_xl=is_xl)
    for module in parts.values():
        module.to(placement.device)
        for parameter in module.parameters():
            # Memory of our own: a mapped file that shrinks would kill the process at the next step.
            parameter.data = parameter.data.clone()
    parts.update(tokenizers)
    # Every job brings its own; the pipeline only insists on having one, with these settings.
    parts["scheduler"] = DDIMScheduler(clip_sample=False, steps_offset=1)
    if is_xl:
        pipeline: Any = StableDiffusionXLPipeline(
            **parts,
            force_zeros_for_empty_prompt=folder.configs["pipeline"].get("force_zeros_for_empty_prompt", True),
            add_watermarker=False,
        )
        condition = conditioning.for_sdxl(pipeline)
    else:
        pipeline = StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
        condition = conditioning.for_sd(pipeline)
    pipeline.set_progress_bar_config(disable=True)
    return StableDiffusion(pipeline, folder, condition)


def _from_folder(
    folder: ModelFolder, dtype: torch.dtype, *, is_xl: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Networks and tokenizers by the pipeline's names for them."""
    parts: dict[str, Any] = {
        "unet": component(UNet2DConditionModel, folder, "unet", dtype=dtype),
        "vae": component(AutoencoderKL, folder, "vae", dtype=torch.float32),
        "text_encoder": component(CLIPTextModel, folder, "text_encoder", dtype=dtype),
    }
    tokenizers = {"tokenizer": component(CLIPTokenizer, folder, "tokenizer")}
    if is_xl:
        parts["text_encoder_2"] = component(
            CLIPTextModelWithProjection, folder, "text_encoder_2", dtype=dtype
        )
        tokenizers["tokenizer_2"] = component(CLIPTokenizer, folder, "tokenizer_2")
    return parts, tokenizers


class StableDiffusion:
    """Implements Model. Holds one pipeline; every job gets a scheduler of its own."""

    def __init__(self, pipeline: Any, folder: ModelFolder, condition: Conditioning) -> None:
        self._pipeline = pipeline
        self._condition = condition
        self._loras = Loras(pipeline, find_weight_file)
        self._folder = folder
        self._device: torch.device = pipeline.unet.device
        self._factor: int = pipeline.vae_scale_factor
        self._guard = CancelGuard()
        self._guard.watch(_blocks(pipeline))
        self._pilot = Pilot(noise_definition=folder.configs["scheduler"], device=self._device)
        with torch.inference_mode():
            self._preview = preview.load_or_fit(
                folder.weights["vae"], lambda rgb: self._encode(rgb * 2.0 - 1.0), self._device
            )
        channels: int = pipeline.vae.config.latent_channels
        self._tiny = load_tiny_decoder(folder.path, channels, self._factor, self._device)

    def draw(
        self,
        request: GenerationRequest,
        *,
        is_cancelled: Callable[[], bool],
        listener: Listener,
        helm: Helm,
        runs: KeptRuns,
    ) -> UInt8Array:
        """See Model.draw. Raises EngineError for a size the model cannot do."""
        _check_size(request.recipe.size, self._folder)
        self._guard.begin(is_cancelled)
        try:
            with torch.inference_mode():
                latents = self._denoise(request, listener, helm, runs)
                return self._decode(latents)
        finally:
            self._guard.end()

    def _denoise(
        self, request: GenerationRequest, listener: Listener, helm: Helm, runs: KeptRuns
    ) -> torch.Tensor:
        source = None if request.fork is None else runs.run(request.fork.source_id)
        course = self._set_out(request, source)
        run = runs.open(request.job_id)
        is_whole = source is not None and course.window is None
        for moment in source.up_to(course.start().evaluation - 1) if source is not None and is_whole else []:
            run.add(moment)
        run.add(course.start())
        self._guard.check()
        listener.started(course.total)

        def on_boundary(boundary: Boundary) -> None:
            moment = course.moment(boundary)
            run.add(moment)
            if moment.evaluation == course.total:
                return
            if helm.is_paused:
                listener.paused(moment.evaluation)
                helm.wait(self._guard.check)
                listener.resumed(moment.evaluation)
            if helm.is_ending or moment.evaluation == request.recipe.last_step:
                raise EndedEarly(boundary.estimate())
            if helm.has_steerings:
                raise Turned(boundary)

        while True:
            try:
                latents = self._follow(course, request.previews, listener, on_boundary)
                break
            except Turned as turned:
                course = self._turn(course, turned.boundary, helm.take())
                listener.steered(course.start().evaluation)
            except EndedEarly as ended:
                kept = course.kept
                latents = ended.clean if kept is None else kept.blend(ended.clean, CLEAN, share_left=0)
                break
        run.result = course.whole(latents)
        return run.result

    def _follow(
        self, course: Course, has_previews: bool, listener: Listener, on_boundary: Callable[[Boundary], None]
    ) -> torch.Tensor:
        previews = JobPreviews(self._preview, self._tiny)

        def on_preview(call: int, total: int, clean: torch.Tensor) -> None:
            listener.stepped(call, total, previews.picture(call, total, course.whole(clean)))

        tap = StepTap(
            course.scheduler,
            course.sampler,
            check_cancelled=self._guard.check,
            on_preview=on_preview if has_previews else None,
            on_step=None if has_previews else lambda call, total: listener.stepped(call, total, None),
            kept=course.kept,
            begin=course.begin,
            done_before=course.done_before,
            on_boundary=on_boundary,
        )
        return self._call(course, tap)

    def _estimate(self, course: Course) -> torch.Tensor:
        def stop(call: int, total: int, clean: torch.Tensor) -> None:
            raise EndedEarly(clean)

        tap = StepTap(
            course.scheduler,
            course.sampler,
            check_cancelled=self._guard.check,
            on_preview=stop,
            begin=course.begin,
        )
        try:
            return self._call(course, tap)
        except EndedEarly as ended:
            return ended.clean

    def _call(self, course: Course, tap: StepTap) -> torch.Tensor:
        """The rest of the course, by diffusers' own pipeline."""
        recipe, pipeline = course.recipe, self._pipeline
        prompt, tags = split_loras(recipe.prompt)
        self._loras.apply(tags)
        pipeline.scheduler = course.scheduler
        latents = course.latents.to(pipeline.unet.dtype)
        regions = regions_of(recipe, course.regions, self._condition) if course.regions else []
        # It would multiply them; those of a step on the way must go in as they are, to the last bit.
        pipeline.__dict__["prepare_latents"] = lambda *args, **kwargs: latents
        try:
            with tap, RegionTap(pipeline.unet, regions), warnings.catch_warnings():
                # DPM++ SDE asks for noise between levels that float32 rounded past the ends; it gets the ends.
                warnings.filterwarnings("ignore", module="torchsde")
                result: torch.Tensor = pipeline(
                    **self._condition(replace(recipe, prompt=prompt)),
                    height=recipe.height,
                    width=recipe.width,
                    num_inference_steps=recipe.steps,
                    guidance_scale=recipe.guidance_scale,
                    generator=course.generator,
                    latents=latents,
                    output_type="latent",
                ).images
        finally:
            del pipeline.__dict__["prepare_latents"]
        return result

    def _set_out(self, request: GenerationRequest, source: KeptRun | None) -> Course:
        recipe, fork = request.recipe, request.fork
        generator = torch.Generator("cpu").manual_seed(recipe.seed)
        shape = (
            1,
            self._pipeline.unet.config.in_channels,
            recipe.height // self._factor,
            recipe.width // self._factor,
        )
        noise = torch.randn(shape, generator=generator, dtype=torch.float32).to(self._device)
        scheduler = prepare(self._folder.configs["scheduler"], recipe, self._device)
        picture = None if request.image is None else self._encode(_signed(request.image))
        kept = window = None
        if request.mask is not None:
            freedom = self._freedom(request.mask)
            if picture is None:
                # Of a kept picture a part is made anew: its own latents are what stays, to the last bit.
                if source is None or source.result is None or source.result.shape != noise.shape:
                    raise gone()
                window = window_around(freedom, source.result, self._folder.info.native_size // self._factor)
                freedom, noise = window.crop(freedom), window.crop(noise)
                kept = KeptArea(source=window.crop(source.result), noise=noise, freedom=freedom)
            else:
                kept = KeptArea(source=picture, noise=noise, freedom=freedom)
        course = Course(
            recipe=recipe,
            scheduler=scheduler,
            latents=noise,
            noise=noise,
            generator=generator,
            kept=kept,
            window=window,
        )
        places = (course.part(self._mean(mask)) for mask in request.region_masks)
        course = replace(course, regions=tuple(places))
        if fork is not None and fork.step > 0:
            moment = source_moment(source, fork.step, torch.Size(shape))
            if moment.evaluation > 0:
                return self._pilot.go_on(
                    moment if window is None else window.moment(moment),
                    course,
                    estimate=self._estimate,
                    renews_noise=fork.renews_noise,
                )
        return replace(course, latents=self._start(course, picture))

    def _start(self, course: Course, picture: torch.Tensor | None) -> torch.Tensor:
        """The latents to begin with; rounded where the pipeline itself would round."""
        unit = course.scheduler.init_noise_sigma
        level = course.level
        start = course.noise
        if picture is not None and course.recipe.strength < 1.0:
            start = level.apply(picture, course.noise) / unit
        if course.kept is not None:
            start = course.kept.blend(start * unit, level, share_left=1.0) / unit
        rounded: torch.Tensor = start.to(self._pipeline.unet.dtype) * unit
        return rounded

    def _turn(self, course: Course, boundary: Boundary, steerings: list[Steering]) -> Course:
        """The course from here on, with what the artist changed, in the order in which it was changed."""
        moment = course.moment(boundary)
        latents, kept, recipe = moment.latents, course.kept, course.recipe
        has_paint = False
        level = level_at(course.scheduler, course.sampler, boundary.begin)
        for steering in steerings:
            recipe = replace(
                recipe,
                prompt=steering.prompt,
                negative_prompt=steering.negative_prompt,
                guidance_scale=steering.guidance_scale,
            )
            if steering.mask is None or steering.mask.shape != (recipe.height, recipe.width):
                continue
            freedom = course.part(self._freedom(steering.mask))
            picture = None if steering.image is None else course.part(self._encode(_signed(steering.image)))
            if steering.is_paint and picture is not None:
                has_paint = True
                painted = level.apply(picture, course.noise).to(latents.dtype)
                latents = torch.where(freedom > 0, painted, latents)
            else:
                source = boundary.estimate() if picture is None else picture
                kept = KeptArea(source=source, noise=course.noise, freedom=freedom)
        moment = replace(moment, latents=latents)
        # What a multistep solver remembers of the painted place is no longer true.
        return self._pilot.go_on(
            moment,
            replace(course, recipe=recipe, kept=kept),
            estimate=self._estimate,
            restarts_solver=has_paint,
        )

    def _freedom(self, mask: UInt8Array) -> torch.Tensor:
        """(1, 1, h, w) in [0, 1] at latent size. The largest of each cell: whatever was painted can change, and the
        picture outside the mask is put back pixel by pixel afterwards."""
        freedom = torch.from_numpy(mask.astype(np.float32) / 255.0)[None, None].to(self._device)
        return functional.max_pool2d(freedom, self._factor)

    def _mean(self, mask: UInt8Array) -> torch.Tensor:
        """(1, 1, h, w) in [0, 1] at latent size, softened as the picture is."""
        places = torch.from_numpy(mask.astype(np.float32) / 255.0)[None, None].to(self._device)
        return functional.avg_pool2d(places, self._factor)

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


def _signed(image: UInt8Array) -> torch.Tensor:
    """uint8 (h, w, 3) -> (1, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1.0


def _blocks(pipeline: Any) -> list[torch.nn.Module]:
    """The pieces between which a job can stop: each is a small part of a step."""
    unet, vae = pipeline.unet, pipeline.vae
    return [
        pipeline.text_encoder,
        *([pipeline.text_encoder_2] if hasattr(pipeline, "text_encoder_2") else []),
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
