from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.jobs.liveness import SLEEPING_SILENCE_S, SUSPICIOUS_SILENCE_S, TOLERATED_SILENCE_S, Liveness

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's state")


def test_a_working_process_is_given_time() -> None:
    liveness = Liveness(os.getpid())
    assert not liveness.is_hung(SUSPICIOUS_SILENCE_S + 0.1)
    sum(range(3_000_000))
    assert not liveness.is_hung(0.25)
    assert liveness.is_hung(TOLERATED_SILENCE_S)


def test_a_sign_of_life_starts_over() -> None:
    liveness = Liveness(os.getpid())
    assert not liveness.is_hung(TOLERATED_SILENCE_S - 0.1)
    liveness.heard()
    assert not liveness.is_hung(0.25)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def wait_until(process: subprocess.Popen[bytes], state: str) -> None:
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0] != state:
        time.sleep(0.01)


@linux_only
def test_a_stopped_process_is_hung_at_once(sleeper: subprocess.Popen[bytes]) -> None:
    liveness = Liveness(sleeper.pid)
    sleeper.send_signal(signal.SIGSTOP)
    wait_until(sleeper, "T")
    assert not liveness.is_hung(SUSPICIOUS_SILENCE_S - 0.1)
    assert liveness.is_hung(0.25)


@linux_only
def test_a_process_asleep_without_a_word_is_hung_soon(sleeper: subprocess.Popen[bytes]) -> None:
    # It sleeps now and then while it starts, too; a second is plenty to get past that.
    time.sleep(1.0)
    wait_until(sleeper, "S")
    liveness = Liveness(sleeper.pid)
    silence_s = 0.25
    while not liveness.is_hung(0.25):
        silence_s += 0.25
    assert SLEEPING_SILENCE_S <= silence_s < TOLERATED_SILENCE_S


def test_a_process_that_is_gone_is_not_asked() -> None:
    liveness = Liveness(2**22 + 1)
    assert not liveness.is_hung(SUSPICIOUS_SILENCE_S + 0.1)
