from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.brushes.brush import Follower
from studio.brushes.myb import INPUT_NAMES, KNOWN, MAX_BYTES, read_myb
from studio.core.errors import SettingsError

INK = {
    "version": 3,
    "comment": "MyPaint brush file",
    "settings": {
        "radius_logarithmic": {"base_value": 2.0, "inputs": {"pressure": [[0.0, -1.0], [1.0, 0.5]]}},
        "opaque": {"base_value": 0.8, "inputs": {}},
        "opaque_multiply": {"base_value": 0.0, "inputs": {"pressure": [[0.0, 0.0], [0.3, 0.2], [1.0, 1.0]]}},
        "hardness": {"base_value": 0.4, "inputs": {"stroke": [[0.0, 0.0], [1.0, 1.0]]}},
        "elliptical_dab_ratio": {"base_value": 4.0, "inputs": {}},
        "elliptical_dab_angle": {"base_value": 0.0, "inputs": {"direction": [[0.0, 0.0], [180.0, 180.0]]}},
        "dabs_per_actual_radius": {"base_value": 5.0, "inputs": {}},
        "offset_by_speed": {"base_value": 2.0, "inputs": {}},
        "slow_tracking": {"base_value": 3.0, "inputs": {}},
        "color_h": {"base_value": 0.3, "inputs": {}},
    },
}


def test_what_the_engine_knows_is_taken_and_the_rest_is_named() -> None:
    read = read_myb(json.dumps(INK).encode())
    brush = read.brush
    assert brush.size_px == pytest.approx(2 * math.exp(2.5))
    assert (brush.hardness, brush.roundness, brush.spacing, brush.smoothing) == (0.4, 0.25, 0.1, 0.3)
    assert brush.flow == pytest.approx(0.8)
    light = Follower(brush).values((0.0, 0, 0, 0, 0, 0))
    firm = Follower(brush).values((1.0, 0, 0, 0.25, 0, 0))
    assert light.radius_px == pytest.approx(math.exp(1.0), rel=0.01)
    assert (light.opacity, firm.opacity) == (0.0, 1.0)
    assert firm.turn_deg == pytest.approx(90, abs=2)
    assert read.tool_id == "brush"
    assert set(read.ignored) == {"hardness by stroke", "offset_by_speed"}


def test_the_old_text_says_the_same() -> None:
    text = b"""# mypaint brush file
version 2
radius_logarithmic 1.5 | pressure 0 0, 1 0.4
opaque 1.0
opaque_multiply 0 | pressure 0 0, 1 1
hardness 0.5
eraser 1.0
tracking_noise 1.0
color_h 0.3
parent_brush_name classic/pencil
"""
    read = read_myb(text)
    assert read.brush.size_px == pytest.approx(2 * math.exp(1.9))
    assert read.tool_id == "eraser"
    assert read.ignored == ("tracking_noise",)
    smudge = read_myb(text.replace(b"eraser", b"smudge"))
    assert smudge.tool_id == "smudge"


def test_the_oldest_text_leaves_the_first_point_out() -> None:
    read = read_myb(b"version 1\nradius_logarithmic 1.5 | pressure 1.0 0.4\n")
    assert Follower(read.brush).values((0.0, 0, 0, 0, 0, 0)).radius_px == pytest.approx(
        math.exp(1.5), rel=0.01
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xff",
        b"hello world",
        b'{"settings": {}}',
        b'{"settings": {"radius_logarithmic": {"base_value": "x"}}}',
        b'{"settings": {"radius_logarithmic": {"base_value": NaN}}}',
        b'{"settings": {"radius_logarithmic": {"base_value": 1, "inputs": {"pressure": [[1, 0], [0, 1]]}}}}',
        b'{"settings": {"radius_logarithmic": {"base_value": 1, "inputs": {"pressure": [[1]]}}}}',
        b"radius_logarithmic 1 | pressure 0 0, 1",
        b'{"a":' * 100_000,
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_brush_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        read_myb(data)
    assert caught.value.message.count(".") == 1


numbers = st.floats(-1e9, 1e9) | st.integers(-5, 5)
foreign = st.dictionaries(
    st.sampled_from([*sorted(KNOWN), "unheard_of"]),
    st.fixed_dictionaries(
        {
            "base_value": numbers,
            "inputs": st.dictionaries(
                st.sampled_from([*INPUT_NAMES, "custom"]),
                st.lists(st.tuples(numbers, numbers), max_size=5).map(lambda points: sorted(points)),
                max_size=4,
            ),
        }
    ),
)


@settings(deadline=None)
@given(foreign)
def test_no_numbers_lead_out_of_the_limits(settings_: dict[str, object]) -> None:
    data = json.dumps({"version": 3, "settings": {"radius_logarithmic": {"base_value": 1.0}, **settings_}})
    brush = read_myb(data.encode()).brush
    assert brush == brush.clamped()
    Follower(brush).values((0.5, 0.5, 0.5, 0.5, 0.5, 0.5))
