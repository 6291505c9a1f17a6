"""How well the starter model follows prompts: the ruler's figures of the weights in place.

512 pictures take longer than a group of measures may, so they are a command of their own that can be killed and goes
on; its figures carry digests of the weights and of the ruler, and count only while both are still the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.row import Measure, Reading, Target
from starter_model import evaluate
from starter_model.evaluate import Evaluation, Share
from starter_model.ruler import FOLDER, Ruler, load_ruler

MODEL = FOLDER.parents[2] / "resources" / "starter-model"
RECORD = FOLDER / "shipped.json"
COMMAND = (
    "run: .venv/bin/python packaging/starter_model/train.py evaluate --ranks 2 "
    "--record packaging/starter_model/ruler/shipped.json"
)
LEAST_PROMPTS = 512
# Label, attribute, bar on a CPU-trained model, bar on a GPU-trained one.
GAPS = (
    ("time of day", "time", 0.08, 0.03),
    ("ground", "ground", 0.08, 0.03),
    ("style", "style", 0.08, 0.03),
    ("background", "background", 0.25, 0.08),
    ("trees", "tree", 0.25, 0.08),
    ("sun and moon", "celestial", 0.25, 0.08),
)
ABOVE_FLOOR = (
    ("object", "object", 0.15, 0.12),
    ("its colour", "color", 0.15, 0.15),
    ("its place", "position", 0.15, 0.12),
)


def _gap(label: str, bar: float) -> Target:
    return Target(name=f"{label}: real renders − generated, read by the classifier", unit="", bar=bar)


def _above_floor(label: str, bar: float) -> Target:
    return Target(
        name=f"{label}: generated − shuffled prompts, read by the classifier",
        unit="",
        bar=bar,
        is_minimum=True,
    )


DISTANCE = Target(name="kernel distance to real renders ÷ the prototype's", unit="×", bar=0.5)
PROMPTS = Target(name="prompts behind these figures", unit="", bar=LEAST_PROMPTS, is_minimum=True)


def following() -> Mapping[str, Reading]:
    try:
        ruler = load_ruler()
    except OSError as error:
        return {target.name: Reading(value=None, peers=f"no ruler ({error})") for target in TARGETS}
    result, problem = _figures(ruler)
    if result is None:
        return {target.name: Reading(value=None, peers=problem) for target in TARGETS}
    found = {
        _gap(label, bar).name: _reading(result, name, lambda s: s.ceiling - s.generated, f"gap ≤ {gpu:g}")
        for label, name, bar, gpu in GAPS
    }
    found |= {
        _above_floor(label, bar).name: _reading(
            result, name, lambda s: s.generated - s.floor, f"gap ≤ {gpu:g}"
        )
        for label, name, bar, gpu in ABOVE_FLOOR
    }
    found[DISTANCE.name] = _distance(result, ruler)
    found[PROMPTS.name] = Reading(
        value=result.count,
        peers=f"{result.size} px, {result.steps} steps, guidance {result.guidance:g}, ruler {ruler.name}; mean of "
        f"eight {result.mean('generated'):.3f} (floor {result.mean('floor'):.3f}, ceiling "
        f"{result.mean('ceiling'):.3f})",
    )
    return found


def _figures(ruler: Ruler) -> tuple[Evaluation | None, str]:
    try:
        result = evaluate.load(RECORD)
    except (OSError, ValueError) as error:
        return None, f"no figures ({error}); {COMMAND}"
    if result.ruler != ruler.digest:
        return None, f"the figures were taken with another ruler; {COMMAND}"
    if result.weights != evaluate.weights_digest(MODEL):
        return None, f"the figures are of other weights; {COMMAND}"
    return result, ""


def _reading(result: Evaluation, name: str, value: Callable[[Share], float], gpu_bar: str) -> Reading:
    share = result.shares[name]
    return Reading(
        value=value(share),
        peers=f"generated {share.generated:.3f}, floor {share.floor:.3f}, ceiling {share.ceiling:.3f}, asked by "
        f"{share.asked} prompts; bar after training on a GPU: {gpu_bar}",
    )


def _distance(result: Evaluation, ruler: Ruler) -> Reading:
    beside = f"{result.distance:.4f}; other renders {result.distance_of_renders:.4f}"
    if not ruler.prototype_distance:
        return Reading(value=None, peers=f"{beside}; the prototype was not measured with this ruler")
    return Reading(
        value=result.distance / ruler.prototype_distance,
        peers=f"{beside}; the prototype's {ruler.prototype_distance:.4f}, kept in the ruler; bar after training on a "
        "GPU: ≤ 0.1",
    )


TARGETS = (
    *(_gap(label, bar) for label, _, bar, _ in GAPS),
    *(_above_floor(label, bar) for label, _, bar, _ in ABOVE_FLOOR),
    DISTANCE,
    PROMPTS,
)
MEASURES = (Measure(targets=TARGETS, run=following),)
