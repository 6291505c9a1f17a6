"""How a picture remembers what made it: the text other studios read, and our own recipe, which is complete.

`parameters` follows the web UIs' convention (PNG text chunk, EXIF UserComment): prompt, "Negative prompt: ...", then
one line of "Key: value" pairs. `underpaint` holds the recipe as JSON. Text found in a file is a stranger's: it may
fill in fields and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.errors import GenerationError
from studio.generation.request import RECIPE_FIELDS, Recipe

PARAMETERS = "parameters"
RECIPE = "underpaint"
VERSION = 1
MAX_TEXT_CHARS = 1_000_000
_MAX_PAIRS = 500

# The names of the web UIs, which are the ones artists know; identifiers are those of the engine's catalog.
SAMPLER_NAMES: Mapping[str, str] = {
    "euler": "Euler",
    "euler_a": "Euler a",
    "heun": "Heun",
    "dpm2": "DPM2",
    "dpm2_a": "DPM2 a",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_2s": "DPM++ 2S",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "lms": "LMS",
    "ddim": "DDIM",
    "plms": "PLMS",
    "deis": "DEIS",
    "unipc": "UniPC",
    "lcm": "LCM",
    "ddpm": "DDPM",
}
SCHEDULE_NAMES: Mapping[str, str] = {
    "automatic": "Automatic",
    "karras": "Karras",
    "exponential": "Exponential",
    "beta": "Beta",
    "sgm_uniform": "SGM Uniform",
    "ays": "Align Your Steps",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NEGATIVE = "Negative prompt:"


@dataclass(frozen=True, kw_only=True)
class FoundRecipe:
    """What a picture says about its making. source: PARAMETERS or RECIPE.

    values: some of the fields of `Recipe`, each of the right type and in range. The model is a name from another
    studio unless the source is RECIPE.
    """

    source: str
    values: Mapping[str, Any]


def texts_of(recipe: Recipe, *, application: str = "Underpaint") -> dict[str, str]:
    """What `formats.images.encode` embeds for a generated picture."""
    own = {"version": VERSION, "application": application, "recipe": recipe.to_json()}
    return {PARAMETERS: parameters_text(recipe, application=application), RECIPE: json.dumps(own)}


def parameters_text(recipe: Recipe, *, application: str = "Underpaint") -> str:
    """The convention of the web UIs. Denoising strength stands only where something was denoised.

    A drawn scene has no steps and no sampler: it says what it is, and other studios read no settings from it.
    """
    if recipe.is_drawn:
        return "\n".join(
            (
                recipe.prompt,
                f"Drawn, not generated: {recipe.model}, Seed: {recipe.seed}, "
                f"Size: {recipe.width}x{recipe.height}, Version: {application}",
            )
        )
    pairs = {
        "Steps": str(recipe.steps),
        "Sampler": SAMPLER_NAMES.get(recipe.sampler, recipe.sampler),
        "Schedule type": SCHEDULE_NAMES.get(recipe.schedule, recipe.schedule),
        "CFG scale": f"{recipe.guidance_scale:g}",
        "Seed": str(recipe.seed),
        "Size": f"{recipe.width}x{recipe.height}",
        "Model": recipe.model,
    }
    if recipe.strength < 1.0:
        pairs["Denoising strength"] = f"{recipe.strength:g}"
    pairs["Version"] = application
    lines = [recipe.prompt]
    if recipe.negative_prompt:
        lines.append(f"{_NEGATIVE} {recipe.negative_prompt}")
    lines.append(", ".join(f"{key}: {_quoted(value)}" for key, value in pairs.items()))
    return "\n".join(lines)


def find_recipe(texts: Mapping[str, str]) -> FoundRecipe | None:
    """Our own recipe when it is there and sound, else what `parameters` says; None when neither says anything."""
    for source, read in ((RECIPE, _read_own), (PARAMETERS, _read_parameters)):
        values = _sound(read(texts.get(source, "")[:MAX_TEXT_CHARS]))
        if values:
            return FoundRecipe(source=source, values=values)
    return None


def plain(text: str) -> str:
    """Cut to a million characters, without control characters and halves of characters, lines ended by \\n."""
    return _CONTROL.sub("", text[:MAX_TEXT_CHARS].replace("\r\n", "\n").replace("\r", "\n"))


def _read_own(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    recipe = content.get("recipe") if isinstance(content, dict) else None
    return {key: recipe[key] for key in RECIPE_FIELDS if key in recipe} if isinstance(recipe, dict) else {}


def _read_parameters(text: str) -> dict[str, Any]:
    lines = plain(text).strip().split("\n")
    pairs = dict(_pairs(lines[-1]))
    if "Steps" not in pairs:
        # Without the line of numbers it is any text at all: a title, a caption, JSON of another program.
        return {}
    values: dict[str, Any] = {}
    prompts: dict[str, list[str]] = {"prompt": [], "negative_prompt": []}
    field = "prompt"
    for line in lines[:-1]:
        if line.startswith(_NEGATIVE):
            field, line = "negative_prompt", line[len(_NEGATIVE) :]
        prompts[field].append(line.strip() if field == "negative_prompt" else line)
    values.update({name: "\n".join(part).strip() for name, part in prompts.items()})
    values.update(_numbers(pairs))
    sampler, schedule = _sampler(pairs.get("Sampler", ""), pairs.get("Schedule type", ""))
    values.update({"sampler": sampler, "schedule": schedule, "model": pairs.get("Model", "")})
    return {name: value for name, value in values.items() if value != "" or name in prompts}


def _numbers(pairs: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, name, kind in (
        ("Steps", "steps", int),
        ("Seed", "seed", int),
        ("CFG scale", "guidance_scale", float),
        ("Denoising strength", "strength", float),
    ):
        values[name] = _number(pairs.get(key, ""), kind)
    width, _, height = pairs.get("Size", "").partition("x")
    values["width"], values["height"] = _number(width, int), _number(height, int)
    return {name: value for name, value in values.items() if value is not None}


def _number(text: str, kind: type[int] | type[float]) -> int | float | None:
    try:
        return kind(text[:40])
    except ValueError:
        return None


def _sampler(name: str, schedule: str) -> tuple[str, str]:
    """Identifiers, empty for names we do not have. Older files write both in one: "DPM++ 2M Karras"."""
    schedules = {label.lower(): identifier for identifier, label in SCHEDULE_NAMES.items()}
    samplers = {label.lower(): identifier for identifier, label in SAMPLER_NAMES.items()}
    name, schedule = name.strip().lower(), schedule.strip().lower()
    if name not in samplers:
        for label in schedules:
            if name.endswith(f" {label}"):
                name, schedule = name.removesuffix(f" {label}"), schedule or label
    return samplers.get(name, ""), schedules.get(schedule, "")


def _sound(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields a recipe would take, each judged alone."""
    sound: dict[str, Any] = {}
    for name, value in values.items():
        try:
            recipe = Recipe.from_json({"model": "any", name: value})
        except GenerationError:
            continue
        sound[name] = getattr(recipe, name)
    for name in ("prompt", "negative_prompt", "model"):
        if name in sound:
            sound[name] = plain(sound[name])
    return sound


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """ "Key: value, Key: "quoted, value", ..." in one pass."""
    decoder = json.JSONDecoder()
    position = 0
    for _ in range(_MAX_PAIRS):
        colon = line.find(":", position)
        if colon < 0:
            return
        key = line[position:colon].strip()
        start = colon + 1
        while start < len(line) and line[start] == " ":
            start += 1
        end = line.find(",", start)
        end = len(line) if end < 0 else end
        value = line[start:end].strip()
        if line.startswith('"', start):
            try:
                value, end = decoder.raw_decode(line, start)
            except ValueError:
                pass
            else:
                comma = line.find(",", end)
                end = len(line) if comma < 0 else comma
        yield key, str(value)
        position = end + 1


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r'[,:"\n]', value) else value
