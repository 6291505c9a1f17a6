"""Whether a window can open is asked before Qt is: Qt would abort."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from launch.display import missing_display, require_display
from launch.problems import SetupProblem

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a display")


def test_no_display_at_all() -> None:
    assert "no display" in missing_display({})
    with pytest.raises(SetupProblem) as caught:
        require_display({})
    assert caught.value.exit_code == 2
    assert "generate" in caught.value.remedy


def test_windows_and_macs_always_have_one() -> None:
    assert missing_display({}, platform="win32") == ""
    assert missing_display({}, platform="darwin") == ""


@pytest.mark.parametrize("plugin", ["offscreen", "minimal", "vnc:size=800x600"])
def test_a_platform_without_a_display_needs_none(plugin: str) -> None:
    assert missing_display({"QT_QPA_PLATFORM": plugin}) == ""


@pytest.mark.parametrize("display", [":97531", "unix:97531", "nonsense", "127.0.0.1:9753"])
def test_a_display_that_is_gone_is_named(display: str) -> None:
    assert missing_display({"DISPLAY": display}) == (
        f"The display {display} does not answer, so no window can open on it."
    )


def test_a_wayland_socket_that_answers_is_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-9"))
        server.listen()
        environ = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert missing_display(environ) == ""
    assert "does not answer" in missing_display(environ)


def test_an_x_server_that_answers_is_enough() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X97532")
        server.listen()
        assert missing_display({"DISPLAY": ":97532.0"}) == ""
