"""What each verb asks the model for, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.errors import DocumentError, GenerationError
from studio.core.geometry import Rect, Size
from studio.document.composite import flatten
from studio.generation.request import Task
from studio.generation.verbs import VERBS, verb_of
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.build_request import prepare
from studio.workspace.forecast import forecast
from studio.workspace.intent import Intent, intended, words
from studio.workspace.workspace import Workspace
from tests.fakes.link import FakeLink, make_catalog

SIDE = 320
PLACE = Rect(100, 110, 80, 60)


def open_workspace(*, masked: bool = True) -> tuple[Workspace, FakeLink]:
    link = FakeLink()
    workspace = Workspace(queue=JobQueue(link), background=Inline(), canvas=Size(SIDE, SIDE))
    link.start()
    link.pump(workspace.queue)
    rng = np.random.default_rng(5)
    photo = rng.integers(60, 120, (SIDE, SIDE, 4), np.uint8)
    photo[..., 3] = 255
    photo[PLACE.slices_in(Rect(0, 0, SIDE, SIDE))] = (250, 10, 10, 255)
    workspace.layers.add_image("Photo", photo, (0, 0), label="Open")
    if masked:
        workspace.set_mask(PLACE, np.full((PLACE.height, PLACE.width), 255, np.uint8), label="Mask")
    workspace.settings.set(prompt="a lake")
    return workspace, link


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.identifier)
def test_the_button_says_what_happens(verb: object) -> None:
    for is_masked in (True, False):
        workspace, _ = open_workspace(masked=is_masked)
        chosen = verb_of(getattr(verb, "identifier", ""))
        workspace.settings.choose_verb(chosen.identifier)
        intent = intended(workspace.document, workspace.frame, workspace.settings.values.strength, chosen)
        assert words(intent, chosen)
        if intent in (Intent.nothing_masked, Intent.nothing_empty):
            with pytest.raises(GenerationError):
                prepare(workspace.capture(1), make_catalog())
            continue
        (request,) = prepare(workspace.capture(1), make_catalog()).requests
        assert (request.task is Task.inpaint) == (intent is Intent.inpaint)


def test_remove_shows_the_model_neither_prompt_nor_thing() -> None:
    workspace, _ = open_workspace()
    workspace.settings.choose_verb("remove")
    (request,) = prepare(workspace.capture(1), make_catalog()).requests
    assert request.recipe.prompt == ""
    assert request.image is not None
    assert request.image[..., 0].max() < 200
    workspace.settings.choose_verb("refine")
    (request,) = prepare(workspace.capture(1), make_catalog()).requests
    assert request.recipe.prompt == "a lake"
    assert request.recipe.strength == pytest.approx(0.3)
    assert request.image is not None
    assert request.image[..., 0].max() > 240


def test_background_keeps_what_is_masked() -> None:
    workspace, link = open_workspace()
    before = flatten(workspace.document, workspace.document.canvas)
    workspace.settings.choose_verb("background")
    workspace.generate()
    link.run()
    link.pump(workspace.queue)
    workspace.accept(workspace.results.candidates[-1].id)
    changed = (flatten(workspace.document, workspace.document.canvas) != before).any(-1)
    inside = PLACE.slices_in(workspace.document.canvas)
    assert not changed[inside].any()
    assert changed.mean() > 0.8


def test_the_prefill_can_be_painted_over_and_is_one_step() -> None:
    workspace, _ = open_workspace()
    workspace.settings.choose_verb("remove")
    before = flatten(workspace.document, workspace.document.canvas)
    workspace.prefill_to_layer()
    layer = workspace.document.active_layer
    assert layer is not None
    assert layer.properties.name == "Pre-fill"
    after = flatten(workspace.document, workspace.document.canvas)
    inside = PLACE.slices_in(workspace.document.canvas)
    assert after[inside][..., 0].max() < 200
    outside = np.ones((SIDE, SIDE), bool)
    outside[inside] = False
    assert np.array_equal(after[outside], before[outside])
    assert workspace.settings.values.prefill == "painted"
    workspace.undo()
    assert np.array_equal(flatten(workspace.document, workspace.document.canvas), before)
    with pytest.raises(DocumentError):
        open_workspace(masked=False)[0].prefill_to_layer()


def test_the_forecast_is_what_the_run_does() -> None:
    workspace, _ = open_workspace()
    catalog = make_catalog()
    foreseen = forecast(workspace.capture(1), catalog)
    assert foreseen is not None
    preparation = prepare(workspace.capture(1), catalog)
    assert foreseen.work_rect == preparation.plan.work_rect
    assert foreseen.target_px == preparation.plan.target_px >= 256
    assert preparation.composite_mask is not None
    part = foreseen.area.slices_in(foreseen.work_rect)
    assert np.array_equal(foreseen.composite, preparation.composite_mask[part])
    workspace.forecasts.choose(Rect(20, 20, 280, 290))
    chosen = forecast(workspace.capture(1), catalog)
    assert chosen is not None
    assert chosen.work_rect.contains_rect(Rect(20, 20, 280, 290))
    workspace.settings.choose_verb("extend")
    assert forecast(workspace.capture(1), catalog) is None
    workspace.clear_mask()
    assert forecast(workspace.capture(1), catalog) is None


def run_all(workspace: Workspace, link: FakeLink) -> int:
    """All jobs that follow one wish; how many there were."""
    before = len(link.submitted)
    workspace.generate()
    while workspace.generating.is_busy:
        link.run()
        link.pump(workspace.queue)
    return len(link.submitted) - before


def test_what_had_to_be_drawn_small_is_drawn_in_windows_and_placed_once() -> None:
    workspace, link = open_workspace(masked=False)
    workspace.new(Size(1600, 1200))
    workspace.layers.add_image("Photo", np.full((1200, 1600, 4), 255, np.uint8), (0, 0), label="Open")
    workspace.set_mask(Rect(300, 300, 900, 700), np.full((700, 900), 255, np.uint8), label="Mask")
    assert run_all(workspace, link) > 2
    first, *closer = link.submitted
    assert all(request.recipe.strength == pytest.approx(0.4) for request in closer)
    (candidate,) = workspace.results.candidates
    assert candidate.rect == Rect(300, 300, 900, 700)
    # Where it lay and what it saw is added; everything else is the first pass's.
    assert replace(candidate.recipe, place=None, inputs="") == first.recipe
    workspace.settings.set(is_two_pass=False)
    assert run_all(workspace, link) == 1
    assert len(workspace.results.candidates) == 2


def test_regions_follow_into_the_windows_they_reach() -> None:
    workspace, link = open_workspace(masked=False)
    workspace.new(Size(2400, 600))
    workspace.layers.add_image("Photo", np.full((600, 2400, 4), 255, np.uint8), (0, 0), label="Open")
    workspace.set_mask(Rect(0, 100, 500, 400), np.full((400, 500), 255, np.uint8), label="Mask")
    mask_id = workspace.saved_masks.save()
    workspace.saved_masks.tell(mask_id, prompt="a red boat", feather_px=0.0)
    workspace.set_mask(Rect(0, 0, 2400, 600), np.full((600, 2400), 255, np.uint8), label="Mask")
    assert run_all(workspace, link) > 3
    first, *closer = link.submitted
    assert [region.prompt for region in first.recipe.regions] == ["a red boat"]
    reached = [bool(request.region_masks) for request in closer]
    assert reached[0]
    assert not reached[-1]
    workspace.settings.choose_verb("remove")
    run_all(workspace, link)
    assert link.submitted[-1].recipe.regions == ()


def test_a_large_extension_is_one_accept_and_leaves_the_picture_alone() -> None:
    workspace, link = open_workspace(masked=False)
    before = flatten(workspace.document, workspace.document.canvas)
    frame = Rect(-700, 0, SIDE + 700 + 900, SIDE)
    workspace.set_frame(frame)
    workspace.settings.choose_verb("extend")
    assert run_all(workspace, link) > 3
    (candidate,) = workspace.results.candidates
    assert candidate.goes_below
    workspace.accept(candidate.id)
    assert workspace.document.canvas == frame
    after = flatten(workspace.document, frame)
    assert (after[..., 3] == 255).all()
    assert np.array_equal(after[Rect(0, 0, SIDE, SIDE).slices_in(frame)], before)
    workspace.undo()
    assert workspace.document.canvas == Rect(0, 0, SIDE, SIDE)
    assert np.array_equal(flatten(workspace.document, workspace.document.canvas), before)


def test_verbs_and_their_numbers_travel_with_a_project() -> None:
    workspace, _ = open_workspace()
    workspace.settings.choose_verb("remove")
    stored = workspace.settings.values.to_json()
    other, _ = open_workspace()
    other.settings.load(stored)
    assert other.settings.values == replace(workspace.settings.values)
