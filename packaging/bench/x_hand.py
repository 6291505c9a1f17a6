"""Moves the mouse and looks at pixels through the X server, with nothing but ctypes."""

from __future__ import annotations

import ctypes
import ctypes.util
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Z_PIXMAP = 2
ALL_PLANES = 0xFFFFFFFF
GIVE_UP_S = 1.0
REST_S = 0.04
SETTLE_S = 0.5


class XHand:
    """Coordinates are pixels of the whole display. Raises OSError where there is no display or no XTEST."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        pointer, integer, word = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
        self._x.XOpenDisplay.restype = pointer
        self._x.XDefaultRootWindow.restype = word
        self._x.XDefaultRootWindow.argtypes = [pointer]
        self._x.XGetImage.restype = ctypes.POINTER(_XImage)
        self._x.XGetImage.argtypes = [
            pointer,
            word,
            integer,
            integer,
            ctypes.c_uint,
            ctypes.c_uint,
            word,
            integer,
        ]
        self._x.XDestroyImage.argtypes = [ctypes.POINTER(_XImage)]
        self._x.XFlush.argtypes = self._x.XSync.argtypes = [pointer]
        self._x.XSync.argtypes = [pointer, integer]
        self._x.XDisplayWidth.argtypes = self._x.XDisplayHeight.argtypes = [pointer, integer]
        self._test.XTestFakeMotionEvent.argtypes = [pointer, integer, integer, integer, word]
        self._test.XTestFakeButtonEvent.argtypes = [pointer, ctypes.c_uint, integer, word]
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            raise OSError("no X display")
        self._root = self._x.XDefaultRootWindow(self._display)

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, 0, x, y, 0)
        self._x.XFlush(self._display)

    def button(self, is_down: bool) -> None:
        self._test.XTestFakeButtonEvent(self._display, 1, int(is_down), 0)
        self._x.XSync(self._display, 0)

    def pixels(self, x: int, y: int, width: int, height: int) -> npt.NDArray[np.uint32]:
        """0xRRGGBB, (height, width)."""
        image = self._x.XGetImage(self._display, self._root, x, y, width, height, ALL_PLANES, Z_PIXMAP)
        if not image:
            raise OSError("the display gave no image")
        stride = image.contents.bytes_per_line
        raw = ctypes.string_at(image.contents.data, stride * height)
        self._x.XDestroyImage(image)
        rows = np.frombuffer(raw, np.uint32).reshape(height, stride // 4)
        return rows[:, :width] & np.uint32(0xFFFFFF)

    def single_moves(self, points: Sequence[tuple[int, int]]) -> list[float | None]:
        """Press at the first point; milliseconds from each later move until the pixel there changes, None if never."""
        self.move(*points[0])
        time.sleep(SETTLE_S)
        self.button(True)
        time.sleep(REST_S)
        found: list[float | None] = []
        for x, y in points[1:]:
            before = int(self.pixels(x, y, 1, 1)[0, 0])
            sent = time.perf_counter()
            self.move(x, y)
            took = None
            while took is None and time.perf_counter() - sent < GIVE_UP_S:
                if int(self.pixels(x, y, 1, 1)[0, 0]) != before:
                    took = (time.perf_counter() - sent) * 1000
            found.append(took)
            time.sleep(REST_S)
        self.button(False)
        time.sleep(SETTLE_S)
        return found

    def stroke(self, points: Sequence[tuple[int, int]], rate_hz: float) -> list[bool]:
        """Press at the first point, moves at a steady rate, release; whether each point's pixel changed."""
        self.move(*points[0])
        time.sleep(SETTLE_S)
        width, height = self._x.XDisplayWidth(self._display, 0), self._x.XDisplayHeight(self._display, 0)
        before = self.pixels(0, 0, width, height).copy()
        self.button(True)
        began = time.perf_counter()
        for index, (x, y) in enumerate(points):
            self.move(x, y)
            # Sleeping alone is too coarse for 4 ms on a busy machine.
            while (left := began + (index + 1) / rate_hz - time.perf_counter()) > 0:
                time.sleep(min(left, 0.001))
        self.button(False)
        time.sleep(SETTLE_S)
        after = self.pixels(0, 0, width, height)
        return [bool(before[y, x] != after[y, x]) for x, y in points]


class _XImage(ctypes.Structure):
    """The head of Xlib's XImage."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
    )
