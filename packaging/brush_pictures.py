"""Makes the tips and papers in resources/brushes: `.venv/bin/python packaging/brush_pictures.py`. All of them are noise
and geometry of our own, the same at every run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "brushes"
TIP_PX = 192
PAPER_PX = 256


def noise(side: int, seed: int, *, slope: float, low: float = 0.0, high: float = 0.5) -> Floats:
    """Noise that meets itself at its edges, its heights spread evenly over 0..1. slope: how much finer waves count
    less. low, high: waves per pixel."""
    spectrum = np.fft.fft2(np.random.default_rng(seed).standard_normal((side, side)))
    frequencies = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    frequencies[0, 0] = 1.0
    weight = np.where((frequencies >= low) & (frequencies <= high), frequencies**-slope, 0.0)
    return even(np.fft.ifft2(spectrum * weight).real)


def even(values: Floats) -> Floats:
    """By rank: every height as often as any other."""
    ranks = np.empty(values.size)
    ranks[np.argsort(values, axis=None, kind="stable")] = np.linspace(0, 1, values.size)
    return ranks.reshape(values.shape)


def grid() -> tuple[Floats, Floats]:
    """x and y of a tip's pixels, -1..1."""
    line = (np.arange(TIP_PX) + 0.5) / TIP_PX * 2 - 1
    x, y = np.meshgrid(line, line)
    return x, y


def smooth_step(values: Floats, low: float, high: float) -> Floats:
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def disc(edge: float, roughness: float = 0.0, seed: int = 0) -> Floats:
    """A disc with a soft rim from `edge` on; roughness: how ragged."""
    x, y = grid()
    radius = np.hypot(x, y)
    if roughness:
        radius = radius + roughness * (noise(TIP_PX, seed, slope=1.2, high=0.12) - 0.5)
    return 1 - smooth_step(radius, edge, 0.98)


def chalk() -> Floats:
    grain = noise(TIP_PX, 11, slope=0.7, high=0.25)
    return disc(0.78, 0.25, 12) * smooth_step(grain, 0.3, 0.55)


def charcoal() -> Floats:
    grain = noise(TIP_PX, 21, slope=1.0, high=0.3)
    x, y = grid()
    body = 1 - smooth_step(
        np.hypot(x, y / 0.62) + 0.3 * (noise(TIP_PX, 22, slope=1.4, high=0.1) - 0.5), 0.55, 0.95
    )
    return body * (0.15 + 0.85 * smooth_step(grain, 0.35, 0.8))


def pencil() -> Floats:
    return disc(0.35) * (
        0.45 + 0.55 * smooth_step(noise(TIP_PX, 31, slope=0.4, low=0.01, high=0.2), 0.2, 0.7)
    )


def bristle() -> Floats:
    """The ends of hairs, denser in the middle."""
    generator = np.random.default_rng(41)
    x, y = grid()
    made = np.zeros_like(x)
    for _ in range(90):
        angle, reach = generator.uniform(0, 2 * np.pi), np.sqrt(generator.uniform(0, 1)) * 0.88
        thickness, strength = generator.uniform(0.03, 0.075), generator.uniform(0.35, 1.0)
        distance = np.hypot(x - reach * np.cos(angle), y - 0.9 * reach * np.sin(angle))
        made = np.maximum(made, strength * (1 - smooth_step(distance, thickness * 0.4, thickness * 1.3)))
    return made


def wash() -> Floats:
    """A wet blot: pale inside, darker where the water stopped."""
    x, y = grid()
    radius = np.hypot(x, y) + 0.34 * (noise(TIP_PX, 51, slope=1.8, high=0.08) - 0.5)
    inside = 1 - smooth_step(radius, 0.76, 0.86)
    rim = np.exp(-(((radius - 0.72) / 0.07) ** 2))
    return inside * (0.5 + 0.2 * noise(TIP_PX, 52, slope=1.6, high=0.1)) + 0.3 * rim * inside


def marker() -> Floats:
    """A slanted felt tip, a little rounded."""
    x, y = grid()
    outside = np.hypot(np.maximum(np.abs(x) - 0.32, 0) / 0.12, np.maximum(np.abs(y) - 0.78, 0) / 0.12)
    return 1 - smooth_step(outside, 0.7, 1.3)


def spatter() -> Floats:
    generator = np.random.default_rng(71)
    x, y = grid()
    made = np.zeros_like(x)
    for _ in range(46):
        angle, reach = generator.uniform(0, 2 * np.pi), generator.uniform(0, 0.88)
        size = generator.uniform(0.015, 0.085) * (1.1 - reach * 0.7)
        distance = np.hypot(x - reach * np.cos(angle), y - reach * np.sin(angle))
        made = np.maximum(made, 1 - smooth_step(distance, size * 0.7, size + 0.02))
    return made


def cloud() -> Floats:
    return disc(0.05) * (0.25 + 0.75 * noise(TIP_PX, 81, slope=1.9, high=0.15))


def paper() -> Floats:
    return even(
        0.75 * noise(PAPER_PX, 101, slope=0.5, low=0.015, high=0.22) + 0.25 * noise(PAPER_PX, 102, slope=0.0)
    )


def rough() -> Floats:
    """Cold-pressed watercolour paper: wide bumps with a fine tooth."""
    return even(
        0.8 * noise(PAPER_PX, 111, slope=0.6, low=0.012, high=0.09) + 0.2 * noise(PAPER_PX, 112, slope=0.2)
    )


def canvas() -> Floats:
    """A weave of 32 threads each way, none quite like the next."""
    y, x = np.mgrid[:PAPER_PX, :PAPER_PX] / PAPER_PX * 32
    wobble = 0.35 * (noise(PAPER_PX, 121, slope=1.0, high=0.08) - 0.5)
    across, down = np.abs(np.sin(np.pi * (x + wobble))), np.abs(np.sin(np.pi * (y + wobble)))
    over = (np.floor(x) + np.floor(y)) % 2
    weave = np.where(over > 0, across * (0.6 + 0.4 * down), down * (0.6 + 0.4 * across))
    return even(0.8 * weave + 0.2 * noise(PAPER_PX, 122, slope=0.3))


TIPS = {
    "chalk": chalk,
    "charcoal": charcoal,
    "pencil": pencil,
    "bristle": bristle,
    "wash": wash,
    "marker": marker,
    "spatter": spatter,
    "cloud": cloud,
}
PAPERS = {"paper": paper, "rough": rough, "canvas": canvas}


def main() -> None:
    for folder, pictures in (("tips", TIPS), ("textures", PAPERS)):
        for name, make in pictures.items():
            path = FOLDER / folder / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            grey = np.rint(np.clip(make(), 0, 1) * 255).astype(np.uint8)
            if folder == "tips":
                # Nothing may touch the border: a turned tip would show where its picture ends.
                grey[0], grey[-1], grey[:, 0], grey[:, -1] = 0, 0, 0, 0
            _, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 9])
            path.write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
