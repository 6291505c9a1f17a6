"""The pixels of one job in one piece of shared memory: source, mask, preview slots, result.

The studio creates a block when it submits (and one for the pixels of each change on the way), and unlinks it when the
job has ended. The engine attaches to it by name.
A preview slot belongs to the engine until its Preview is sent, then to the studio until it releases the slot, so no
preview is ever read half-written; while no slot is free, only progress is reported and the next preview is newer.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from multiprocessing import resource_tracker, shared_memory
from pathlib import Path
from typing import Self

import numpy as np

from studio.core.errors import GenerationError
from studio.core.geometry import Size
from studio.generation.request import GenerationRequest, UInt8Array, check

PREVIEW_SLOTS = 4
# Latents are at most a quarter of the picture a side (an eighth in most families).
PREVIEW_DIVISOR = 4
BLOCK_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
SHARED_MEMORY_FOLDER = Path("/dev/shm")


@dataclass(frozen=True, kw_only=True)
class BlockLayout:
    """Offsets in bytes, the same on both sides: they follow from the size and from what the job brings."""

    size: Size
    has_image: bool
    has_mask: bool
    regions: int = 0

    @property
    def image_bytes(self) -> int:
        return 3 * self.size.area

    @property
    def slot_bytes(self) -> int:
        divisor = PREVIEW_DIVISOR
        return 3 * -(-self.size.width // divisor) * -(-self.size.height // divisor)

    @property
    def result_offset(self) -> int:
        return 0

    @property
    def image_offset(self) -> int:
        return self.image_bytes

    @property
    def mask_offset(self) -> int:
        return self.image_offset + self.image_bytes * self.has_image

    def region_offset(self, region: int) -> int:
        return self.mask_offset + self.size.area * (self.has_mask + region)

    def slot_offset(self, slot: int) -> int:
        return self.region_offset(self.regions) + slot * self.slot_bytes

    @property
    def total_bytes(self) -> int:
        return self.slot_offset(PREVIEW_SLOTS)


class JobBlock:
    """One side's hold on the memory. Every reading method returns a copy: nothing keeps the memory alive."""

    def __init__(self, memory: shared_memory.SharedMemory, layout: BlockLayout) -> None:
        self._memory = memory
        self._layout = layout

    @classmethod
    def create(cls, request: GenerationRequest) -> Self:
        """The studio's side, for a job. Raises GenerationError when the machine has no shared memory left."""
        return cls.create_for(
            request.recipe.size, image=request.image, mask=request.mask, regions=request.region_masks
        )

    @classmethod
    def create_for(
        cls,
        size: Size,
        *,
        image: UInt8Array | None,
        mask: UInt8Array | None,
        regions: tuple[UInt8Array, ...] = (),
    ) -> Self:
        """The studio's side. Raises GenerationError when the machine has no shared memory left."""
        layout = BlockLayout(
            size=size, has_image=image is not None, has_mask=mask is not None, regions=len(regions)
        )
        try:
            memory = shared_memory.SharedMemory(create=True, size=layout.total_bytes)
        except OSError as error:
            raise _no_memory(layout) from error
        block = cls(memory, layout)
        try:
            _reserve(memory.name, layout.total_bytes)
        except OSError as error:
            block.close()
            block.unlink()
            raise _no_memory(layout) from error
        if image is not None:
            block._put(layout.image_offset, image)
        if mask is not None:
            block._put(layout.mask_offset, mask)
        for number, region in enumerate(regions):
            block._put(layout.region_offset(number), region)
        return block

    @classmethod
    def attach(cls, name: str, layout: BlockLayout) -> Self:
        """The engine's side. Raises GenerationError when there is no such block or it is too small."""
        check(BLOCK_NAME.fullmatch(name) is not None, "The job's pixels have no valid name.")
        try:
            memory = _attach_untracked(name)
        except (OSError, ValueError) as error:
            raise GenerationError("The job's pixels are gone.", details=name) from error
        block = cls(memory, layout)
        if memory.size < layout.total_bytes:
            block.close()
            raise GenerationError("The job's pixels are incomplete.", details=f"{name}: {memory.size} bytes")
        return block

    @property
    def name(self) -> str:
        return self._memory.name

    def image(self) -> UInt8Array | None:
        size = self._layout.size
        if not self._layout.has_image:
            return None
        return self._get(self._layout.image_offset, (size.height, size.width, 3))

    def mask(self) -> UInt8Array | None:
        size = self._layout.size
        return self._get(self._layout.mask_offset, tuple(reversed(size))) if self._layout.has_mask else None

    def regions(self) -> tuple[UInt8Array, ...]:
        shape = tuple(reversed(self._layout.size))
        numbers = range(self._layout.regions)
        return tuple(self._get(self._layout.region_offset(number), shape) for number in numbers)

    def result(self) -> UInt8Array:
        size = self._layout.size
        return self._get(self._layout.result_offset, (size.height, size.width, 3))

    def put_result(self, image: UInt8Array) -> None:
        size = self._layout.size
        check(image.shape == (size.height, size.width, 3), "The picture has another size than asked for.")
        self._put(self._layout.result_offset, image)

    def preview(self, slot: int, size: Size) -> UInt8Array:
        """Raises GenerationError for a slot or size the block cannot hold."""
        check(0 <= slot < PREVIEW_SLOTS and min(size) >= 1, "The preview has no place.")
        check(3 * size.area <= self._layout.slot_bytes, "The preview is too large.")
        return self._get(self._layout.slot_offset(slot), (size.height, size.width, 3))

    def put_preview(self, slot: int, image: UInt8Array) -> None:
        check(image.nbytes <= self._layout.slot_bytes, "The preview is too large.")
        self._put(self._layout.slot_offset(slot), image)

    def close(self) -> None:
        self._memory.close()

    def unlink(self) -> None:
        self._memory.unlink()

    @property
    def _buffer(self) -> memoryview:
        buffer = self._memory.buf
        assert buffer is not None, "the block is closed"
        return buffer

    def _get(self, offset: int, shape: tuple[int, ...]) -> UInt8Array:
        length = int(np.prod(shape))
        return np.frombuffer(self._buffer, np.uint8, length, offset).reshape(shape).copy()

    def _put(self, offset: int, pixels: UInt8Array) -> None:
        self._buffer[offset : offset + pixels.nbytes] = np.ascontiguousarray(pixels).data.cast("B")


def _attach_untracked(name: str) -> shared_memory.SharedMemory:
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name=name, track=False)
    # WORKAROUND(https://github.com/python/cpython/issues/82300): before 3.13 attaching also registers with a
    # resource tracker, which would unlink the studio's block when the engine ends. Remove with Python 3.12.
    register = resource_tracker.register
    resource_tracker.register = lambda name, rtype: None
    try:
        return shared_memory.SharedMemory(name=name)
    finally:
        resource_tracker.register = register


def _reserve(name: str, length: int) -> None:
    """Makes the memory real now: on Linux a full /dev/shm otherwise kills the process at the first write."""
    if sys.platform != "linux" or not SHARED_MEMORY_FOLDER.is_dir():
        return
    descriptor = os.open(SHARED_MEMORY_FOLDER / name, os.O_RDWR)
    try:
        os.posix_fallocate(descriptor, 0, length)
    finally:
        os.close(descriptor)


def _no_memory(layout: BlockLayout) -> GenerationError:
    return GenerationError(
        "There is not enough shared memory for a picture of this size.",
        remedy="Make the picture smaller, or close other programs.",
        details=f"{layout.total_bytes} bytes",
    )
