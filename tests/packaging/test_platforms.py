"""Computers that cannot run the studio hear so before anything is downloaded."""

from __future__ import annotations

import pytest

from launch.platforms import Computer, refuse_platform, this_computer
from launch.problems import SetupProblem


def test_this_computer_is_one_of_ours() -> None:
    refuse_platform()
    assert this_computer().machine


@pytest.mark.parametrize(
    "computer",
    [
        Computer(system="linux", machine="x86_64", glibc=(2, 34)),
        Computer(system="linux", machine="aarch64", glibc=(2, 41)),
        Computer(system="darwin", machine="arm64", macos=(14, 0)),
        Computer(system="win32", machine="amd64"),
    ],
)
def test_what_the_wheels_are_built_for_is_accepted(computer: Computer) -> None:
    refuse_platform(computer)


@pytest.mark.parametrize(
    ("computer", "sentence"),
    [
        (Computer(system="win32", machine="x86", is_64_bit=False), "32-bit"),
        (
            Computer(system="linux", machine="x86_64", glibc=(2, 41), has_interpreter_lock=False),
            "free-threaded",
        ),
        (
            Computer(system="linux", machine="x86_64", glibc=(2, 31)),
            "needs glibc 2.34, and this Linux has 2.31",
        ),
        (Computer(system="linux", machine="aarch64", glibc=(2, 36)), "needs glibc 2.39"),
        (Computer(system="linux", machine="x86_64"), "another C library"),
        (Computer(system="linux", machine="riscv64", glibc=(2, 41)), "riscv64"),
        (Computer(system="darwin", machine="x86_64", macos=(15, 1)), "Intel Macs"),
        (Computer(system="darwin", machine="arm64", macos=(13, 6)), "macOS 14"),
        (Computer(system="win32", machine="arm64"), "ARM Python on Windows"),
    ],
)
def test_what_they_are_not_built_for_is_one_sentence_and_a_remedy(computer: Computer, sentence: str) -> None:
    with pytest.raises(SetupProblem) as caught:
        refuse_platform(computer)
    assert sentence in caught.value.sentence
    assert caught.value.remedy
    assert caught.value.exit_code == 2
