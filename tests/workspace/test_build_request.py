"""From what the artist painted to what the model is asked, and back without touching a pixel too many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.errors import GenerationError
from studio.core.geometry import Rect
from studio.document.composite import flatten
from studio.document.copying import copy_document
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.history import History
from studio.document.layer import layer_from_image
from studio.generation.request import Task, UInt8Array
from studio.workspace.build_request import Capture, finish, prepare
from studio.workspace.generation_settings import SettingsValues
from studio.workspace.layers import LayerVerbs
from tests.fakes.link import make_catalog, picture

CANVAS = Rect(0, 0, 320, 256)


def photo(width: int = 320, height: int = 256) -> UInt8Array:
    rng = np.random.default_rng(7)
    noise = rng.integers(0, 256, (height, width, 4), np.uint8)
    noise[..., 3] = 255
    return noise


def document_with_photo() -> Document:
    document = Document(CANVAS)
    AddLayer(layer_from_image("Photo", photo()), 0).apply(document)
    return document


def capture(document: Document, frame: Rect = CANVAS, **values: object) -> Capture:
    settings = replace(SettingsValues(prompt="a lake"), **values)  # type: ignore[arg-type]
    return Capture(document=copy_document(document), frame=frame, values=settings, seed=5)


def paint_mask(document: Document, rect: Rect, value: int = 255) -> None:
    document.selection.write(rect, np.full((rect.height, rect.width), value, np.uint8))


def test_a_blank_canvas_asks_for_a_new_picture() -> None:
    preparation = prepare(capture(Document(CANVAS)), make_catalog())
    (request,) = preparation.requests
    assert request.task is Task.text_to_image
    assert request.recipe.size == CANVAS.size
    assert request.recipe.seed == 5


def test_a_batch_counts_its_seeds_up() -> None:
    preparation = prepare(capture(Document(CANVAS), batch_count=3), make_catalog())
    assert [request.recipe.seed for request in preparation.requests] == [5, 6, 7]
    assert len({request.job_id for request in preparation.requests}) == 3


def test_content_below_full_strength_is_image_to_image() -> None:
    document = document_with_photo()
    preparation = prepare(capture(document, strength=0.5), make_catalog())
    (request,) = preparation.requests
    assert request.task is Task.image_to_image
    assert request.image is not None
    assert np.array_equal(request.image, photo()[..., :3])


def test_content_at_full_strength_is_replaced() -> None:
    (request,) = prepare(capture(document_with_photo()), make_catalog()).requests
    assert request.task is Task.text_to_image


def test_inpainting_leaves_every_pixel_outside_the_mask_alone() -> None:
    document = document_with_photo()
    painted = Rect(100, 80, 90, 70)
    paint_mask(document, painted)
    before = flatten(document, CANVAS)
    preparation = prepare(capture(document), make_catalog())
    (request,) = preparation.requests
    assert request.task is Task.inpaint
    candidate = finish(preparation, request, picture(request))
    assert candidate.rect == painted
    LayerVerbs(document, History(document)).accept(candidate)
    after = flatten(document, CANVAS)
    changed = (before != after).any(axis=-1)
    outside = np.ones(changed.shape, bool)
    outside[painted.slices_in(CANVAS)] = False
    assert not changed[outside].any()
    assert changed[100:130, 120:160].mean() > 0.9


def test_a_grey_mask_changes_less_and_shows_no_ghost_of_what_was_there() -> None:
    document = document_with_photo()
    paint_mask(document, Rect(100, 80, 64, 64), 90)
    preparation = prepare(
        capture(document, is_mask_automatic=False, mask_feather_px=0, mask_grow_px=0), make_catalog()
    )
    (request,) = preparation.requests
    assert request.mask is not None
    assert request.mask.max() == 90
    candidate = finish(preparation, request, picture(request))
    assert candidate.mask is not None
    assert (candidate.mask == 255).all()


def test_the_traces_of_a_soft_eraser_are_no_mask() -> None:
    document = document_with_photo()
    paint_mask(document, Rect(0, 0, 300, 200), 3)
    assert prepare(capture(document), make_catalog()).requests[0].task is Task.text_to_image
    paint_mask(document, Rect(100, 80, 90, 70))
    assert prepare(capture(document), make_catalog()).plan.target_rect == Rect(100, 80, 90, 70)


def test_a_frame_past_the_canvas_outpaints_only_what_is_empty() -> None:
    document = document_with_photo()
    frame = Rect(-64, 0, 384, 256)
    preparation = prepare(capture(document, frame, strength=0.4), make_catalog())
    (request,) = preparation.requests
    assert request.task is Task.inpaint
    assert request.recipe.strength == 1.0
    assert preparation.goes_below
    candidate = finish(preparation, request, picture(request))
    assert candidate.rect == Rect(-64, 0, 64, 256)
    before = flatten(document, CANVAS)
    history = History(document)
    LayerVerbs(document, history).accept(candidate)
    assert document.canvas == frame
    assert np.array_equal(flatten(document, CANVAS), before)
    assert (flatten(document, frame)[..., 3] == 255).all()
    history.undo()
    assert document.canvas == CANVAS
    assert len(document.layers) == 1
    assert not history.can_undo


def test_half_transparent_edges_leave_no_gap_after_filling() -> None:
    document = Document(CANVAS)
    soft = photo()
    soft[:, :160, 3] = 0
    soft[:, 160:170, 3] = np.linspace(10, 240, 10, dtype=np.uint8)
    AddLayer(layer_from_image("Soft", soft), 0).apply(document)
    preparation = prepare(capture(document), make_catalog())
    candidate = finish(preparation, preparation.requests[0], picture(preparation.requests[0]))
    LayerVerbs(document, History(document)).accept(candidate)
    assert (flatten(document, CANVAS)[..., 3] == 255).all()


def test_a_large_picture_is_drawn_at_the_models_size_and_comes_back_at_its_own() -> None:
    document = Document(Rect(0, 0, 1024, 1024))
    preparation = prepare(capture(document, Rect(0, 0, 1024, 1024)), make_catalog())
    (request,) = preparation.requests
    assert request.recipe.size == (256, 256)
    assert finish(preparation, request, picture(request)).rgb.shape == (1024, 1024, 3)


def test_the_capture_does_not_see_what_is_painted_later() -> None:
    document = document_with_photo()
    taken = capture(document, strength=0.5)
    AddLayer(layer_from_image("Later", np.zeros((256, 320, 4), np.uint8) + 255), 1).apply(document)
    paint_mask(document, Rect(0, 0, 50, 50))
    (request,) = prepare(taken, make_catalog()).requests
    assert request.task is Task.image_to_image
    assert np.array_equal(request.image, photo()[..., :3])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"model": "gone"}, "not here"),
        ({"sampler": "dpm3"}, "unknown to this engine"),
        ({"sampler": "euler_a", "schedule": "karras"}, "cannot follow this schedule"),
        ({"model": "/models/other", "sampler": "dpm2"}, "does not suit"),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(GenerationError, match=sentence):
        prepare(capture(Document(CANVAS), **values), make_catalog())


def test_a_sampler_that_cannot_mask_is_refused_only_with_a_mask() -> None:
    document = document_with_photo()
    prepare(capture(document, sampler="dpm2", strength=0.5), make_catalog())
    paint_mask(document, Rect(10, 10, 100, 100))
    with pytest.raises(GenerationError, match="cannot keep masked areas"):
        prepare(capture(document, sampler="dpm2"), make_catalog())
