"""The terminal, with the real engine and the model that ships."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio import cli
from studio.generation.request import UInt8Array

SMALL = ("--size", "64x64", "--steps", "3", "--quiet")


def run(*arguments: str | Path) -> int:
    return cli.main([str(argument) for argument in arguments])


def pixels(path: Path) -> UInt8Array:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    noise = np.random.default_rng(4).integers(0, 256, (96, 128, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def test_the_same_seed_is_the_same_picture_with_and_without_previews(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    assert run("generate", "--prompt", "a lake", "--seed", "7", *SMALL, "-o", one) == cli.EXIT_DONE
    assert (
        run("generate", "--prompt", "a lake", "--seed", "7", *SMALL, "--no-previews", "-o", two)
        == cli.EXIT_DONE
    )
    assert np.array_equal(pixels(one), pixels(two))
    assert f"{one}  seed 7" in capsys.readouterr().out


def test_inpainting_and_outpainting_keep_the_photo(tmp_path: Path, photo: Path) -> None:
    mask = np.zeros((96, 128), np.uint8)
    mask[20:70, 30:90] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    inpainted = tmp_path / "in.png"
    arguments = ("--prompt", "a tower", "--init", photo, "--steps", "3", "--quiet")
    assert run("generate", *arguments, "--mask", tmp_path / "mask.png", "-o", inpainted) == cli.EXIT_DONE
    before, after = pixels(photo), pixels(inpainted)
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert (before[mask > 0] != after[mask > 0]).any()

    wider = tmp_path / "out.png"
    assert run("generate", *arguments, "--expand", "32,0,0,16", "-o", wider) == cli.EXIT_DONE
    assert pixels(wider).shape == (112, 160, 3)
    assert np.array_equal(pixels(wider)[:96, 32:], before)


def test_a_batch_writes_one_file_a_seed(tmp_path: Path) -> None:
    assert run("generate", "--count", "2", "--seed", "5", *SMALL, "-o", tmp_path / "p.webp") == cli.EXIT_DONE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p-5.webp", "p-6.webp"]


def test_wrong_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    out = tmp_path / "out.png"
    for arguments in (
        ("--init", tmp_path / "gone.png", "-o", out),
        ("--init", broken, "-o", out),
        ("--mask", photo, "-o", out),
        ("-o", tmp_path / "out.xyz"),
        ("-o", tmp_path / "no folder" / "out.png"),
        ("--model", "nobody", "-o", out),
        ("--sampler", "nonsense", "-o", out),
    ):
        assert run("generate", "--quiet", *arguments) == cli.EXIT_USAGE, arguments
        assert len(capsys.readouterr().err.strip().splitlines()) == 1, arguments
    assert not out.exists()


def test_a_usage_error_is_argparses_code_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("generate", "--expand", "1,2", "-o", tmp_path / "x.png")
    assert stopped.value.code == cli.EXIT_USAGE


def test_models_are_listed_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "--json") == cli.EXIT_DONE
    models = json.loads(capsys.readouterr().out)
    assert models[0]["identifier"] == "starter"
    assert models[0]["problem"] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_stops_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.cli", "generate", "--steps", "150", "-o", str(out)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        # A test run in the background of a shell ignores the signal, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    with process.stderr as progress:
        for line in progress:
            if line.startswith("step"):
                break
        process.send_signal(signal.SIGINT)
        progress.read()
    assert process.wait(30) == cli.EXIT_INTERRUPTED
    assert not out.exists()


def test_a_scene_is_drawn_from_words_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    for path in (one, two):
        call = (
            "scene",
            "--prompt",
            "a dragon by a lake",
            "--size",
            "96x64",
            "--seed",
            "3",
            "--quiet",
            "-o",
            path,
        )
        assert run(*call) == cli.EXIT_DONE
    assert np.array_equal(pixels(one), pixels(two))
    with Image.open(one) as image:
        assert image.size == (96, 64)
        assert "Drawn, not generated" in str(image.info["parameters"])
    assert "“dragon”" in capsys.readouterr().err
