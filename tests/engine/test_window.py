"""The part of a kept picture that is made anew."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.window import STEP, window_around


@given(st.data())
def test_it_holds_all_that_is_free_and_lies_within(data: st.DataObject) -> None:
    height, width = (data.draw(st.integers(1, 80)) for _ in range(2))
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    least = data.draw(st.integers(1, 40))
    freedom = torch.zeros(1, 1, height, width)
    freedom[..., top:bottom, left:right] = 1.0
    whole = torch.rand(1, 4, height, width)
    window = window_around(freedom, whole, least)
    assert torch.equal(window.crop(freedom).sum(), freedom.sum())
    for span, length in ((window.rows, height), (window.columns, width)):
        assert 0 <= span.start < span.stop <= length
        size = span.stop - span.start
        assert size == length or (size >= least and size % STEP == 0)
    assert torch.equal(window.put(window.crop(whole)), whole)
    changed = window.put(window.crop(whole) + 1.0)
    assert torch.equal(window.crop(changed), window.crop(whole) + 1.0)
    assert changed is not whole


def test_nothing_free_is_everything() -> None:
    window = window_around(torch.zeros(1, 1, 16, 24), torch.zeros(1, 4, 16, 24), 8)
    assert (window.rows, window.columns) == (slice(0, 16), slice(0, 24))
