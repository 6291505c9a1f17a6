"""Sets up Underpaint beside this file and opens it; `python3 packaging/start.py --help` lists what else it does.

Plain standard library. This file keeps to syntax that Python 3.5 reads, so that an old Python answers with a
sentence; everything newer lives in packaging/launch/ and is imported after the check.
"""

# pathlib and f-strings would cost old Pythons their sentence.
# ruff: noqa: PTH100, PTH118, PTH120, UP031

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)
HERE = os.path.dirname(os.path.abspath(__file__))


def refusal(version: "tuple[int, int]") -> str:
    """Why Python `version` cannot run the studio, and the remedy; empty when it can."""
    if OLDEST <= version <= NEWEST:
        return ""
    return (
        "Underpaint needs Python %d.%d to %d.%d, and this is Python %d.%d.\n"
        "Install Python 3.13 from python.org or your package manager, then run: "
        "python3.13 packaging/start.py"
    ) % (OLDEST + NEWEST + tuple(version))


def other_python() -> "str | None":
    """A Python that can: the newest fitting one on the PATH, else the one of an earlier set-up."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    on_path = (shutil.which("python3.%d" % minor) for minor in minors)
    folder = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    own = os.path.join(os.path.dirname(HERE), ".venv", *folder)
    return next((path for path in (*on_path, own) if path and fits(path)), None)


def fits(path: str) -> bool:
    """Asks it: a version manager also puts names on the PATH that lead nowhere."""
    question = "import sys; sys.exit(not %r <= sys.version_info[:2] <= %r)" % (OLDEST, NEWEST)
    try:
        answer = subprocess.call([path, "-c", question], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return answer == 0


def main() -> int:
    sentence = refusal(sys.version_info[:2])
    if not sentence:
        from launch.commands import run

        return run(sys.argv[1:])
    other = other_python()
    if other is None:
        sys.stderr.write(sentence + "\n")
        return 2
    sys.stderr.write(
        "This is Python %d.%d; going on with %s\n" % (sys.version_info[0], sys.version_info[1], other)
    )
    return subprocess.call([other, os.path.abspath(__file__), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
