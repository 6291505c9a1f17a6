"""The arithmetic between what was seen and what is reported."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.latency import gaps_ms, waits_ms
from bench.measures.nothing_else import foreign_programs, network_calls
from bench.stats import median, paired_ratio, quantile

TIMES = st.lists(st.floats(0.0001, 0.5), min_size=1, max_size=50)


def test_a_ratio_is_the_median_of_pairs_so_that_a_drifting_machine_cancels() -> None:
    assert paired_ratio([1.1, 2.2, 11.0], [1.0, 2.0, 10.0]) == pytest.approx(1.1)


def test_runs_without_their_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        paired_ratio([1.0, 2.0], [1.0])


def test_nothing_has_no_median() -> None:
    with pytest.raises(ValueError, match="no values"):
        median([])


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_a_punctual_loop_has_no_waits() -> None:
    fired = [0.008 * tick for tick in range(100)]
    assert max(waits_ms(fired)) == pytest.approx(0.0, abs=1e-6)


def test_a_blocked_loop_counts_every_tick_it_missed() -> None:
    waits = waits_ms([0.0, 0.1])
    assert max(waits) == pytest.approx(92.0)
    assert len(waits) == 12


@given(TIMES)
def test_the_longest_wait_is_the_longest_gap_less_the_interval(steps: list[float]) -> None:
    fired = [0.0]
    for step in steps:
        fired.append(fired[-1] + step)
    assert max(waits_ms(fired)) == pytest.approx(max(0.0, max(gaps_ms(fired)) - 8.0), abs=1e-6)


def test_this_python_is_no_other_program() -> None:
    own = sys.executable
    trace = [
        f'12 execve("{own}", ["{own}", "-m", "studio.engine.worker"], 0x7ffd /* 30 vars */) = 0',
        '13 execve("/usr/bin/git", ["git", "status"], 0x7ffd /* 30 vars */) = 0',
        '13 execve("/usr/local/bin/git", ["git"], 0x7ffd) = -1 ENOENT (No such file or directory)',
    ]
    assert foreign_programs(trace) == ["/usr/bin/git"]


def test_local_sockets_are_no_network() -> None:
    trace = [
        '12 connect(3, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X0"}, 20) = 0',
        '12 connect(9, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("1.2.3.4")}, 16) = -1',
        "12 connect(9, {sa_family=AF_INET6, sin6_port=htons(443)}, 28) = -1",
    ]
    assert len(network_calls(trace)) == 2
