"""A prompt per region, for every U-Net: at each evaluation the model is asked once more for each region, and what it
answers there replaces, softly, what it answers for the whole.

Composition of noise predictions in space, as in MultiDiffusion (Bar-Tal et al. 2023, arXiv:2302.08113), with the recipe's
own prompt for the rest. Guidance is applied by the pipeline afterwards, the negative prompt holds everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import torch

from studio.engine.conditioning import Conditioning
from studio.generation.request import Recipe


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """states, pooled: of its prompt, as the U-Net wants them; pooled None: this family has none. share: (1, 1, h, w)
    in [0, 1], how far it rules at each place; all regions' shares together are at most 1."""

    states: torch.Tensor
    pooled: torch.Tensor | None
    share: torch.Tensor


def regions_of(recipe: Recipe, masks: Sequence[torch.Tensor], condition: Conditioning) -> list[Region]:
    """masks: (1, 1, h, w) in [0, 1] at latent size, one for each of the recipe's regions."""
    wanted = [mask * region.weight for mask, region in zip(masks, recipe.regions, strict=True)]
    # Where regions lie over one another they share the place.
    crowd = torch.stack(wanted).sum(0).clamp(min=1.0)
    regions = []
    for region, share in zip(recipe.regions, wanted, strict=True):
        told = condition(replace(recipe, prompt=region.prompt))
        regions.append(
            Region(states=told["prompt_embeds"], pooled=told.get("pooled_prompt_embeds"), share=share / crowd)
        )
    return regions


class RegionTap:
    """with RegionTap(unet, regions): pipeline(…). On the U-Net instance `forward` is replaced; leaving removes it."""

    def __init__(self, unet: Any, regions: Sequence[Region]) -> None:
        self._unet = unet
        self._regions = regions

    def __enter__(self) -> Self:
        if self._regions:
            forward = self._unet.forward

            def composed(sample: torch.Tensor, timestep: Any, **keywords: Any) -> Any:
                return self._composed(forward, sample, timestep, **keywords)

            self._unet.__dict__["forward"] = composed
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._unet.__dict__.pop("forward", None)

    def _composed(
        self,
        forward: Callable[..., Any],
        sample: torch.Tensor,
        timestep: Any,
        *,
        encoder_hidden_states: torch.Tensor,
        added_cond_kwargs: dict[str, Any] | None = None,
        **keywords: Any,
    ) -> Any:
        """The pipeline's batch is (negative, positive), or the positive one alone without guidance."""
        answer = forward(
            sample,
            timestep,
            encoder_hidden_states=encoder_hidden_states,
            added_cond_kwargs=added_cond_kwargs,
            **keywords,
        )[0]
        positive = answer[-1:]
        change = torch.zeros_like(positive)
        for region in self._regions:
            added = added_cond_kwargs
            if added is not None:
                added = {name: value[-1:] for name, value in added.items()}
                if region.pooled is not None:
                    added["text_embeds"] = region.pooled.to(added["text_embeds"])
            there = forward(
                sample[-1:],
                timestep,
                encoder_hidden_states=region.states.to(encoder_hidden_states),
                added_cond_kwargs=added,
                **keywords,
            )[0]
            change += region.share.to(positive) * (there - positive)
        return (torch.cat([answer[:-1], positive + change]),)
