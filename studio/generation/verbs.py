"""What an artist may want done with a place: each verb is a starting point for numbers that stay open."""

from __future__ import annotations

from dataclasses import dataclass

from studio.generation.prefill import Prefill


@dataclass(frozen=True, kw_only=True)
class Verb:
    """identifier is stored in projects. deed: what Generate will do to what is masked, in words.

    strength, prefill: what choosing it sets; strength None leaves the present one. needs_mask: has no meaning without one.
    ignores_prompt: the model is asked for the surroundings only. keeps_tones: colours stay, only detail changes.
    fills_empty: works on what is empty in the frame, whatever is masked. inverts_mask: the mask is what stays.
    """

    identifier: str
    label: str
    deed: str
    tip: str
    strength: float | None
    prefill: Prefill
    needs_mask: bool = False
    ignores_prompt: bool = False
    keeps_tones: bool = False
    fills_empty: bool = False
    inverts_mask: bool = False


PAINT = Verb(
    identifier="paint",
    label="Paint",
    deed="Change what is masked",
    tip="Follow the numbers in the settings: a new picture, a change of what is masked, or what is empty filled",
    strength=None,
    prefill=Prefill.painted,
)

VERBS: tuple[Verb, ...] = (
    PAINT,
    Verb(
        identifier="fill",
        label="Fill",
        deed="Fill what is masked",
        tip="Put something new under the mask, in the tones of the place",
        strength=0.95,
        prefill=Prefill.blur,
        needs_mask=True,
    ),
    Verb(
        identifier="remove",
        label="Remove",
        deed="Remove what is masked",
        tip="Take away what is masked and go on with what surrounds it; the prompt is not used",
        strength=0.85,
        prefill=Prefill.edges,
        needs_mask=True,
        ignores_prompt=True,
    ),
    Verb(
        identifier="replace",
        label="Replace",
        deed="Replace what is masked",
        tip="Put what the prompt says under the mask, with nothing left of what was there",
        strength=1.0,
        prefill=Prefill.color,
        needs_mask=True,
    ),
    Verb(
        identifier="extend",
        label="Extend",
        deed="Fill what is empty in the frame",
        tip="Go on with the picture wherever the frame is empty: drag its edge past the picture's",
        strength=1.0,
        prefill=Prefill.edges,
        fills_empty=True,
    ),
    Verb(
        identifier="refine",
        label="Refine",
        deed="Refine what is masked",
        tip="Sharpen and settle detail; colours and shapes stay",
        strength=0.3,
        prefill=Prefill.painted,
        keeps_tones=True,
    ),
    Verb(
        identifier="vary",
        label="Vary",
        deed="Vary what is masked",
        tip="The same idea once more, a little different",
        strength=0.6,
        prefill=Prefill.painted,
    ),
    Verb(
        identifier="background",
        label="Background",
        deed="New background behind what is masked",
        tip="Keep what is masked and paint everything else in the frame anew",
        strength=1.0,
        prefill=Prefill.color,
        needs_mask=True,
        inverts_mask=True,
    ),
)

_BY_ID = {verb.identifier: verb for verb in VERBS}


def verb_of(identifier: str) -> Verb:
    """PAINT for an unknown one: settings come from files."""
    return _BY_ID.get(identifier, PAINT)
