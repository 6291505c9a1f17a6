"""The table of system libraries against what the installed Qt really links to."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from launch import system_libraries
from launch.problems import SetupProblem
from launch.system_libraries import (
    QT_LIBRARIES,
    VIRTUAL_DISPLAY,
    WINDOW_LIBRARIES,
    ensure_libraries,
    install_command,
    is_present,
    missing_needs,
    packages_of,
)

# Part of every glibc system with a C++ program on it, Python's own wheels lean on them too.
ALWAYS_THERE = {
    "libc",
    "libm",
    "libdl",
    "libpthread",
    "librt",
    "libgcc_s",
    "libstdc++",
    "ld-linux-x86-64",
    "ld-linux-aarch64",
}


def direct_needs(file: Path) -> Iterator[str]:
    """Sonames in the file's dynamic section, those of Qt and its private libraries left out."""
    listing = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
    for soname in re.findall(r"\(NEEDED\).*\[(.+)\]", listing):
        if not soname.startswith(("libQt6", "libicu")) and soname.split(".")[0] not in ALWAYS_THERE:
            yield soname


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("readelf"), reason="reads ELF files with readelf"
)
@pytest.mark.parametrize(
    ("files", "needs"),
    [
        (
            ("lib/libQt6Core.so.6", "lib/libQt6Gui.so.6", "lib/libQt6Widgets.so.6", "lib/libQt6DBus.so.6"),
            QT_LIBRARIES,
        ),
        (("lib/libQt6Svg.so.6", "plugins/platforms/libqoffscreen.so"), QT_LIBRARIES),
        (("lib/libQt6XcbQpa.so.6", "plugins/platforms/libqxcb.so"), QT_LIBRARIES + WINDOW_LIBRARIES),
    ],
)
def test_every_library_qt_links_to_is_in_the_table(
    files: tuple[str, ...], needs: tuple[system_libraries.SystemNeed, ...]
) -> None:
    spec = find_spec("PySide6")
    assert spec is not None
    assert spec.submodule_search_locations
    qt = Path(spec.submodule_search_locations[0]) / "Qt"
    needed = {soname for file in files for soname in direct_needs(qt / file)}
    assert needed
    assert needed <= {need.name for need in needs}


def test_a_library_that_is_not_there_is_found_missing() -> None:
    assert not is_present("libno-such-thing.so.7")
    assert not is_present("no-such-program")
    if sys.platform == "linux":
        assert is_present("libc.so.6")


def test_packages_are_named_once_in_the_words_of_the_package_manager() -> None:
    missing = missing_needs(QT_LIBRARIES, present=lambda name: "glib" not in name and "gthread" not in name)
    assert [need.name for need in missing] == ["libglib-2.0.so.0", "libgthread-2.0.so.0"]
    assert packages_of(missing, "apt") == ["libglib2.0-0"]
    assert install_command(missing, "apt") == "Run: sudo apt-get install -y libglib2.0-0"
    assert install_command(missing, "dnf") == "Run: sudo dnf install -y glib2"
    assert install_command(missing, "pacman") == "Run: sudo pacman -S --needed glib2"
    assert (
        install_command(missing, None)
        == "Install the packages that hold libglib-2.0.so.0, libgthread-2.0.so.0"
    )


def test_package_names_are_complete() -> None:
    for need in (*QT_LIBRARIES, *WINDOW_LIBRARIES, VIRTUAL_DISPLAY):
        assert all(re.fullmatch(r"[A-Za-z0-9.+-]+", field) for field in need)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheels carry everything")
def test_who_may_not_install_gets_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "is_present", lambda name: False)
    monkeypatch.setattr(system_libraries, "install_packages", lambda packages: False)
    monkeypatch.setattr(system_libraries, "package_manager", lambda: "apt")
    need = next(need for need in WINDOW_LIBRARIES if need.name == "libxcb-cursor.so.0")
    with pytest.raises(SetupProblem) as caught:
        ensure_libraries([need])
    assert "libxcb-cursor.so.0" in caught.value.sentence
    assert "sudo apt-get install -y libxcb-cursor0" in caught.value.remedy
