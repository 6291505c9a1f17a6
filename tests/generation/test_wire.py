from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import GenerationError
from studio.core.geometry import Size
from studio.generation import wire
from studio.generation.catalog import Catalog, DeviceInfo, ModelInfo, SamplerInfo, ScheduleInfo
from studio.generation.events import Cancelled, Failed, Hello, Loading, Paused, Resumed, Started, Steered
from studio.generation.request import (
    MAX_PROMPT_CHARS,
    MAX_SEED,
    Fork,
    Recipe,
    RegionPrompt,
    Stage,
    scene_recipe,
)

texts = st.text(st.characters(), max_size=30)
names = st.text(max_size=10)
stages = st.builds(
    Stage,
    job_id=texts,
    until=st.integers(0, 2000),
    prompt=texts,
    negative_prompt=texts,
    sampler=texts,
    schedule=texts,
    guidance_scale=st.floats(0, 100),
    seed=st.integers(0, 2**63 - 1),
)
recipes = st.builds(
    Recipe,
    model=texts,
    prompt=texts,
    negative_prompt=texts,
    sampler=texts,
    schedule=texts,
    steps=st.integers(1, 1000),
    guidance_scale=st.floats(0, 100),
    seed=st.integers(0, 2**63 - 1),
    width=st.integers(8, 16384),
    height=st.integers(8, 16384),
    strength=st.floats(0, 1, exclude_min=True),
    last_step=st.integers(0, 1000),
    stages=st.lists(stages, max_size=3).map(tuple),
    regions=st.lists(
        st.builds(RegionPrompt, prompt=texts, weight=st.floats(0, 1, exclude_min=True)), max_size=3
    ).map(tuple),
)
flags = st.booleans()
commands = st.one_of(
    st.builds(
        wire.Submit,
        job_id=texts,
        recipe=recipes,
        previews=flags,
        block=texts,
        has_image=flags,
        has_mask=flags,
        fork=st.none() | st.builds(Fork, source_id=texts, step=st.integers(0, 2000), renews_noise=flags),
    ),
    st.builds(wire.Pause, job_id=texts, is_paused=flags),
    st.builds(wire.EndEarly, job_id=texts),
    st.builds(
        wire.Steer,
        job_id=texts,
        prompt=texts,
        negative_prompt=texts,
        guidance_scale=st.floats(0, 100),
        is_paint=flags,
        block=texts,
        width=st.integers(8, 16384),
        height=st.integers(8, 16384),
        has_image=flags,
        has_mask=flags,
    ),
    st.builds(
        wire.DrawScene,
        job_id=texts,
        recipe=st.builds(
            scene_recipe,
            texts,
            seed=st.integers(0, MAX_SEED),
            size=st.builds(Size, st.integers(8, 16384), st.integers(8, 16384)),
        ),
        previews=flags,
        block=texts,
    ),
    st.builds(wire.Cancel, job_id=texts),
    st.builds(wire.ReleaseSlot, job_id=texts, slot=st.integers()),
)
word_lists = st.lists(texts, max_size=3).map(tuple)
catalogs = st.builds(
    Catalog,
    device=st.builds(DeviceInfo, kind=names, name=names, memory_bytes=st.integers(0, 2**50)),
    samplers=st.lists(
        st.builds(SamplerInfo, identifier=names, label=names, schedules=word_lists, note=texts), max_size=2
    ).map(tuple),
    schedules=st.lists(st.builds(ScheduleInfo, identifier=names, label=names), max_size=2).map(tuple),
    models=st.lists(
        st.builds(
            ModelInfo,
            identifier=names,
            name=names,
            family=names,
            path=names,
            guidance_scale=st.floats(0, 100),
            refused_samplers=st.dictionaries(names, texts, max_size=2),
            vocabulary=st.dictionaries(names, word_lists, max_size=2),
            examples=word_lists,
        ),
        max_size=2,
    ).map(tuple),
)
reports = st.one_of(
    st.just(wire.Heartbeat()),
    st.builds(Hello, catalog=catalogs, process_id=st.integers(0, 2**31)),
    st.builds(Loading, job_id=texts, what=texts),
    st.builds(Started, job_id=texts, total_steps=st.integers(1, 2000)),
    *(st.builds(kind, job_id=texts, step=st.integers(0, 2000)) for kind in (Paused, Resumed, Steered)),
    st.builds(
        wire.PreviewInBlock,
        job_id=texts,
        step=st.integers(1, 10),
        total_steps=st.integers(10, 20),
        slot=st.integers(-1, 3),
        width=st.integers(0, 99),
        height=st.integers(0, 99),
    ),
    st.builds(wire.FinishedInBlock, job_id=texts, elapsed_s=st.floats(0, 1e6)),
    st.builds(Cancelled, job_id=texts),
    st.builds(Failed, job_id=texts, message=texts, remedy=texts, details=texts),
)


def payload(message: Any) -> bytes:
    frame = wire.read_frame(io.BytesIO(wire.encode(message)))
    assert frame is not None
    return frame


@given(commands)
def test_commands_survive(command: wire.Command) -> None:
    assert wire.decode_command(payload(command)) == command


@given(reports)
def test_reports_survive(report: wire.Report) -> None:
    assert wire.decode_report(payload(report)) == report


def test_the_longest_prompts_fit() -> None:
    recipe = Recipe(
        model="m", prompt="\U0001f3a8" * MAX_PROMPT_CHARS, negative_prompt="\x00" * MAX_PROMPT_CHARS
    )
    command = wire.Submit(
        job_id="j", recipe=recipe, previews=True, block="b", has_image=False, has_mask=False
    )
    assert wire.decode_command(payload(command)) == command


@given(st.binary(max_size=300))
def test_garbage_is_a_generation_error(data: bytes) -> None:
    for decode in (wire.decode_report, wire.decode_command):
        with pytest.raises(GenerationError):
            decode(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*wire.REPORTS, *wire.COMMANDS]), json_values)
def test_any_body_decodes_or_is_refused(kind: str, body: Any) -> None:
    frame = json.dumps({"version": wire.VERSION, "kind": kind, "body": body}).encode()
    for decode in (wire.decode_report, wire.decode_command):
        try:
            message = decode(frame)
        except GenerationError:
            continue
        assert wire.KINDS[type(message)] == kind


@given(reports, st.data())
def test_any_single_wrong_field_is_refused_or_valid(report: wire.Report, data: st.DataObject) -> None:
    frame = json.loads(payload(report))
    fields = list(frame["body"])
    if not fields:
        return
    frame["body"][data.draw(st.sampled_from(fields))] = data.draw(json_values)
    with contextlib.suppress(GenerationError):
        wire.decode_report(json.dumps(frame).encode())


@pytest.mark.parametrize(
    "frame",
    [
        b"[" * 100_000,
        b'{"version":2,"kind":"finished","body":{"job_id":"a","elapsed_s":NaN}}',
        b'{"version":2,"kind":"finished","body":{"job_id":"a","elapsed_s":' + b"9" * 5000 + b"}}",
        b'{"version":2,"kind":"finished","body":{"job_id":"a","elapsed_s":' + b"9" * 400 + b"}}",
        b'{"version":2,"kind":"finished","body":{"job_id":"a","elapsed_s":-1}}',
        b'{"version":2,"kind":"finished","body":{"job_id":"a","elapsed_s":1,"more":1}}',
        b'{"version":2,"kind":"finished","body":{"job_id":"a"}}',
        b'{"version":9,"kind":"heartbeat","body":{}}',
        b'{"version":2,"kind":["heartbeat"],"body":{}}',
        b'{"version":2,"kind":"started","body":{"job_id":"a","total_steps":0}}',
        b'{"version":2,"kind":"started","body":{"job_id":"a","total_steps":true}}',
        b'{"version":2,"kind":"preview","body":{"job_id":"a","step":3,"total_steps":2,"slot":0,"width":1,"height":1}}',
        b'{"version":2,"kind":"preview","body":{"job_id":"a","step":1,"total_steps":2,"slot":-2,"width":1,"height":1}}',
    ],
)
def test_hostile_frames(frame: bytes) -> None:
    with pytest.raises(GenerationError):
        wire.decode_report(frame)


def test_a_recipe_out_of_range_is_refused() -> None:
    command = wire.Submit(
        job_id="j",
        recipe=Recipe(model="m"),
        previews=True,
        block="b",
        has_image=False,
        has_mask=False,
    )
    frame = json.loads(payload(command))
    frame["body"]["recipe"]["steps"] = 10**9
    with pytest.raises(GenerationError):
        wire.decode_command(json.dumps(frame).encode())


def test_a_job_cannot_come_as_the_other_kind() -> None:
    drawn = wire.DrawScene(
        job_id="j", recipe=scene_recipe("a lake", seed=1, size=Size(64, 64)), previews=True, block="b"
    )
    frame = json.loads(payload(drawn))
    frame["body"]["recipe"]["source"] = "model"
    with pytest.raises(GenerationError, match="another kind"):
        wire.decode_command(json.dumps(frame).encode())


class Dribble(io.BytesIO):
    """A pipe that hands out one byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if size else 0)


def test_frames_are_read_one_by_one() -> None:
    messages: list[wire.Report] = [
        Cancelled(job_id="a"),
        Loading(job_id="b", what="x" * 1000),
        wire.Heartbeat(),
    ]
    stream = Dribble(b"".join(wire.encode(message) for message in messages))
    for message in messages:
        frame = wire.read_frame(stream)
        assert frame is not None
        assert wire.decode_report(frame) == message
    assert wire.read_frame(stream) is None


@given(st.integers(1, 40))
def test_a_broken_off_frame_is_refused(cut: int) -> None:
    data = wire.encode(Cancelled(job_id="a"))
    with pytest.raises(GenerationError):
        wire.read_frame(io.BytesIO(data[: min(cut, len(data) - 1)]))


def test_a_huge_frame_is_refused_before_anything_is_read() -> None:
    stream = io.BytesIO((wire.MAX_FRAME_BYTES + 1).to_bytes(4, "big") + b"x" * 10)
    with pytest.raises(GenerationError):
        wire.read_frame(stream)
    assert stream.tell() == 4


def test_every_message_has_exactly_one_kind() -> None:
    assert len(wire.KINDS) == len(wire.COMMANDS) + len(wire.REPORTS)
    assert all(dataclasses.is_dataclass(message) for message in wire.KINDS)
