from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import GenerationError
from studio.core.geometry import Size
from studio.generation.job_block import PREVIEW_SLOTS, BlockLayout, JobBlock
from studio.generation.request import GenerationRequest, Recipe, UInt8Array

ROOT = Path(__file__).parents[2]


IMAGE = np.random.default_rng(1).integers(0, 256, (24, 40, 3), np.uint8)
MASK = np.random.default_rng(2).integers(0, 256, (24, 40), np.uint8)


def make_request() -> GenerationRequest:
    return GenerationRequest(
        job_id="j", recipe=Recipe(model="m", width=40, height=24), image=IMAGE, mask=MASK
    )


def same(actual: UInt8Array | None, expected: UInt8Array) -> bool:
    return actual is not None and np.array_equal(actual, expected)


def layout_of(request: GenerationRequest) -> BlockLayout:
    return BlockLayout(
        size=request.recipe.size, has_image=request.image is not None, has_mask=request.mask is not None
    )


@pytest.fixture
def block() -> Iterator[JobBlock]:
    block = JobBlock.create(make_request())
    yield block
    block.close()
    block.unlink()


def test_pixels_arrive_on_the_other_side(block: JobBlock) -> None:
    request = make_request()
    other = JobBlock.attach(block.name, layout_of(request))
    try:
        assert same(other.image(), IMAGE)
        assert same(other.mask(), MASK)
        result = np.full((24, 40, 3), 7, np.uint8)
        previews = [np.full((6, 10, 3), 100 + slot, np.uint8) for slot in range(PREVIEW_SLOTS)]
        other.put_result(result)
        for slot, preview in enumerate(previews):
            other.put_preview(slot, preview)
        assert np.array_equal(block.result(), result)
        for slot, preview in enumerate(previews):
            assert np.array_equal(block.preview(slot, Size(10, 6)), preview)
        assert same(block.image(), IMAGE)
    finally:
        other.close()


def test_a_block_without_source_has_none() -> None:
    request = GenerationRequest(job_id="j", recipe=Recipe(model="m", width=8, height=8))
    block = JobBlock.create(request)
    try:
        assert block.image() is None
        assert block.mask() is None
    finally:
        block.close()
        block.unlink()


def test_what_does_not_fit_is_refused(block: JobBlock) -> None:
    with pytest.raises(GenerationError):
        block.preview(PREVIEW_SLOTS, Size(1, 1))
    with pytest.raises(GenerationError):
        block.preview(0, Size(40, 24))
    with pytest.raises(GenerationError):
        block.preview(0, Size(0, 1))
    with pytest.raises(GenerationError):
        block.put_preview(0, np.zeros((24, 40, 3), np.uint8))
    with pytest.raises(GenerationError):
        block.put_result(np.zeros((8, 8, 3), np.uint8))


def test_attaching_to_nothing_or_to_too_little_is_refused(block: JobBlock) -> None:
    small = layout_of(make_request())
    large = BlockLayout(size=Size(4000, 4000), has_image=True, has_mask=True)
    for name, layout in (
        (block.name, large),
        ("no-such-block", small),
        ("../../etc/passwd", small),
        ("", small),
    ):
        with pytest.raises(GenerationError):
            JobBlock.attach(name, layout)


def test_another_process_that_ends_leaves_the_block_alone(block: JobBlock) -> None:
    program = (
        "from studio.core.geometry import Size\n"
        "from studio.generation.job_block import BlockLayout, JobBlock\n"
        f"layout = BlockLayout(size=Size(40, 24), has_image=True, has_mask=True)\n"
        f"block = JobBlock.attach({block.name!r}, layout)\n"
        "print(int(block.image().sum()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert int(done.stdout) == int(IMAGE.sum())
    assert done.stderr == ""
    assert same(block.image(), IMAGE)
