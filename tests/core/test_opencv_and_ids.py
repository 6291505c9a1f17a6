"""OpenCV loads late and stays the same module; identifiers do not repeat."""

from __future__ import annotations

import subprocess
import sys

from studio.core.ids import new_id
from studio.core.opencv import cv2


def test_what_is_asked_for_is_opencvs_own() -> None:
    import cv2 as real

    assert cv2.resize is real.resize
    assert cv2.INTER_AREA == real.INTER_AREA


def test_it_loads_at_the_first_question_with_the_threads_that_were_asked_for() -> None:
    code = (
        "import sys\n"
        "from studio.core.opencv import cv2, use_one_thread\n"
        "use_one_thread()\n"
        "before = 'cv2' in sys.modules\n"
        "cv2.COLOR_RGB2BGR\n"
        "print(before, 'cv2' in sys.modules, cv2.getNumThreads())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "True", "1"]


def test_identifiers_are_32_hexadecimal_digits_and_differ() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in ids)
