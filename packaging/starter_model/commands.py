"""The commands of `train.py` and their options."""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from starter_model.networks import EDITIONS, Sizes
from starter_model.progress import Budget, budget_until

log = logging.getLogger("starter_model")
_SCRIPT = Path(__file__).resolve().parent / "train.py"
_ROOT = _SCRIPT.parent.parent.parent
_BUILD = _ROOT / "build" / "starter_model"
_SHIPPED = _ROOT / "resources" / "starter-model"
_EXAMPLES = _ROOT / "resources" / "starter-examples"


def _sizes(arguments: argparse.Namespace) -> Sizes:
    return EDITIONS[arguments.edition]


def _budget(arguments: argparse.Namespace) -> Budget:
    return budget_until(arguments.steps, arguments.minutes, arguments.until)


def _render(a: argparse.Namespace) -> None:
    from starter_model.renders import render_shard

    render_shard(a.renders, a.seed, a.count, a.size, a.device, a.pause, is_wider=a.wider)


def _tokenizer(a: argparse.Namespace) -> None:
    from starter_model.tokenizer import train_tokenizer

    log.info("tokenizer of %d tokens in %s", train_tokenizer(a.tokenizer), a.tokenizer)


def _vae(a: argparse.Namespace) -> None:
    from starter_model.vae import VaeRun, train_vae

    run = VaeRun(
        renders=a.renders,
        output=a.vae,
        sizes=_sizes(a),
        budget=_budget(a),
        batch=a.batch or 16,
        crop=a.crop,
        rate=a.rate or 8e-4,
        decoder_only=a.decoder_only,
        start_from=a.start_from / "vae" if a.start_from else None,
        latent_noise=a.latent_noise,
        precision=a.precision,
        seed=a.seed,
        device=a.device,
        pause=a.pause,
    )
    log.info("autoencoder: %.2f dB on held-out renders", train_vae(run))


def _encode(a: argparse.Namespace) -> None:
    from starter_model.latents import encode_renders

    for size in a.sizes:
        target = a.build / f"latents-{size}.safetensors"
        count = encode_renders(a.vae, a.renders, target, size, a.device, a.precision, a.pause)
        log.info("%d latents in %s", count, target)


def _text(a: argparse.Namespace) -> None:
    from starter_model.text import TextRun, train_text

    run = TextRun(
        tokenizer=a.tokenizer,
        output=a.text,
        sizes=_sizes(a),
        budget=_budget(a),
        batch=a.batch or 48,
        rate=a.rate or 1e-3,
        seed=a.seed,
        device=a.device,
        precision=a.precision,
        pause=a.pause,
        start_from=a.start_from / "text_encoder" if a.start_from else None,
    )
    for name, value in train_text(run).items():
        log.info("text encoder, accuracy of %s: %.3f", name, value)


def _unet(a: argparse.Namespace) -> None:
    from starter_model.unet import Source, UnetRun, train_unet

    sources = []
    for text in a.source:
        size, batch, share = text.split(":")
        path = a.build / f"latents-{size}.safetensors"
        sources.append(Source(path=path, batch=int(batch), share=float(share)))
    run = UnetRun(
        sources=tuple(sources),
        tokenizer=a.tokenizer,
        text_encoder=a.text,
        output=a.unet,
        start_from=a.start_from,
        sizes=_sizes(a),
        budget=_budget(a),
        rate=a.rate or 1.5e-3,
        flat=a.flat,
        seed=a.seed,
        device=a.device,
        precision=a.precision,
        muon=a.muon,
        average_decay=a.average,
        text_rate=a.text_rate,
        places=a.places,
        rank=a.rank,
        ranks=a.ranks,
        pause=a.pause,
    )
    others = _start_other_ranks(a) if a.rank == 0 else []
    try:
        log.info("U-Net: held-out error %.4f", train_unet(run, f"tcp://127.0.0.1:{a.port}"))
    finally:
        for process in others:
            process.terminate()


def _start_other_ranks(a: argparse.Namespace) -> list[subprocess.Popen[bytes]]:
    """The same command once more for each further process."""
    arguments = [sys.executable, str(_SCRIPT), *a.words]
    return [subprocess.Popen([*arguments, "--rank", str(rank)]) for rank in range(1, a.ranks)]


def _tiny(a: argparse.Namespace) -> None:
    from starter_model.tiny import TinyRun, train_tiny

    run = TinyRun(
        renders=a.renders,
        latents=a.build / f"latents-{a.size}.safetensors",
        output=a.tiny,
        budget=_budget(a),
        batch=a.batch or 32,
        rate=a.rate or 2e-3,
        seed=a.seed,
        pause=a.pause,
    )
    log.info("tiny decoder: %.2f dB on held-out renders", train_tiny(run))


def _assemble(a: argparse.Namespace) -> None:
    from starter_model.assemble import assemble

    tiny = a.tiny if a.tiny.exists() else None
    size = assemble(
        vae=a.vae,
        tokenizer=a.tokenizer,
        unet=a.unet,
        tiny=tiny,
        target=a.target,
        native_size=a.native_size,
    )
    log.info("%s: %.1f MB", a.target, size / 1e6)


def _classify(a: argparse.Namespace) -> None:
    from starter_model.classify import ClassifierRun, train_classifier

    run = ClassifierRun(
        renders=a.renders,
        output=a.classifier,
        budget=_budget(a),
        batch=a.batch or 48,
        rate=a.rate or 2e-3,
        seed=a.seed,
        device=a.device,
        precision=a.precision,
        pause=a.pause,
    )
    for name, value in train_classifier(run).items():
        log.info("held-out accuracy of %s: %.3f", name, value)


def _freeze(a: argparse.Namespace) -> None:
    from starter_model.ruler import freeze

    ruler = freeze(a.classifier, a.ruler, a.count, a.pause)
    log.info("ruler %s: %d questions in %s", ruler.name, len(ruler.questions), a.ruler)


def _evaluate(a: argparse.Namespace) -> None:
    from starter_model import evaluate
    from starter_model.ruler import load_ruler, set_prototype

    ruler = load_ruler(a.ruler)
    weights = evaluate.weights_digest(a.model)
    run = evaluate.EvaluationRun(
        model=a.model,
        ruler=a.ruler,
        work=a.build
        / f"evaluation-{weights[:12]}-{ruler.prompts_digest[:12]}-{a.size}-{a.sampler_steps}-{a.guidance:g}",
        count=a.count,
        size=a.size,
        steps=a.sampler_steps,
        guidance=a.guidance,
        rank=a.rank,
        ranks=a.ranks,
        pause=a.pause,
    )
    others = _start_other_ranks(a) if a.rank == 0 else []
    evaluate.sample(run, ruler.questions)
    if a.rank:
        return
    for process in others:
        process.wait()
    result = evaluate.count(run, ruler)
    print(evaluate.report(result, ruler.prototype_distance))
    if a.record:
        evaluate.write(result, a.record)
    if a.as_prototype:
        set_prototype(a.ruler, result.distance)


def _grids(a: argparse.Namespace) -> None:
    from starter_model.grids import write_grids

    write_grids(a.model, a.target, a.size, a.device)


def _thumbnails(a: argparse.Namespace) -> None:
    from starter_model.thumbnails import write_thumbnails

    target = _EXAMPLES if a.target == _SHIPPED else a.target
    log.info("%d bytes of thumbnails in %s", write_thumbnails(a.model, target, a.size, a.device), target)


_COMMANDS = {
    "render": (_render, "draw captioned scenes into a shard (its number is --seed)"),
    "tokenizer": (_tokenizer, "train the tokenizer on captions"),
    "vae": (_vae, "train the autoencoder, then whiten its latents"),
    "encode": (_encode, "turn the renders into latents"),
    "text": (_text, "warm-start the text encoder"),
    "unet": (_unet, "train the U-Net and the text encoder"),
    "tiny": (_tiny, "train the tiny decoder of the previews on latents"),
    "assemble": (_assemble, "write the diffusers folder in half precision"),
    "classify": (_classify, "train the attribute classifier that measures the model"),
    "freeze": (_freeze, "make a ruler of the classifier: prompts, and its reading of real renders"),
    "evaluate": (_evaluate, "measure how well a model folder follows fresh prompts"),
    "grids": (_grids, "draw the sample grids of the documentation"),
    "thumbnails": (_thumbnails, "draw the example pictures that the window shows"),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="train.py", description="Builds the starter model from nothing.")
    parser.add_argument(
        "command", choices=sorted(_COMMANDS), help="; ".join(f"{k}: {v[1]}" for k, v in _COMMANDS.items())
    )
    add = parser.add_argument
    add("--build", type=Path, default=_BUILD, help="folder of renders, latents and checkpoints")
    for name in ("renders", "vae", "text", "unet", "tiny", "pause"):
        add(f"--{name}", type=Path, help=f"default: BUILD/{name if name != 'pause' else 'PAUSE'}")
    add("--tokenizer", type=Path, default=_SHIPPED / "tokenizer")
    add("--classifier", type=Path, help="default: BUILD/classifier.safetensors")
    add("--ruler", type=Path, default=_SCRIPT.parent / "ruler", help="the frozen ruler")
    add("--record", type=Path, help="evaluate: write the figures into this file")
    add("--as-prototype", action="store_true", help="evaluate: keep the kernel distance in the ruler")
    add("--model", type=Path, default=_SHIPPED, help="a diffusers folder to measure or to show")
    add("--target", type=Path, default=_SHIPPED, help="where assemble and grids write")
    add("--start-from", type=Path, help="unet: a model folder whose weights the run begins with")
    add("--edition", choices=sorted(EDITIONS), default="cpu", help="network sizes")
    add("--device", default="cpu", help="cpu or cuda")
    add("--threads", type=int, default=1, help="CPU threads of this process")
    add("--precision", choices=("fp32", "bf16"), default="bf16")
    add("--seed", type=int, default=0)
    add("--steps", type=int, default=0, help="end after so many optimizer steps (reproducible)")
    add("--minutes", type=float, default=0.0, help="end after so many minutes")
    add("--until", default="", help="end at this UTC time, HH:MM")
    add("--batch", type=int, default=0)
    add("--rate", type=float, default=0.0, help="peak learning rate")
    add("--flat", type=float, default=0.5, help="share of the run before the rate decays")
    add("--count", type=int, default=512, help="scenes to render, or prompts to evaluate")
    add("--wider", action="store_true", help="render: scenes of the second vocabulary")
    add("--size", type=int, default=256, help="picture size in pixels")
    add("--sizes", type=int, nargs="+", default=[128, 256], help="encode: picture sizes")
    add("--crop", type=int, default=64, help="vae: training crop in pixels")
    add("--latent-noise", type=float, default=0.06, help="vae: noise the decoder learns to bear")
    add("--decoder-only", action="store_true", help="vae: keep the latents, train the decoder on")
    add("--source", action="append", default=[], help="unet: SIZE:BATCH:SHARE of the steps; repeatable")
    add("--muon", action=argparse.BooleanOptionalAction, default=False, help="unet: Muon instead of AdamW")
    add("--average", type=float, default=0.997, help="unet: decay of the moving average that is exported")
    add("--text-rate", type=float, default=0.3, help="unet: the text encoder's share of the rate")
    add("--places", type=float, default=0.5, help="unet: how often captions tell where things are, 0 to 1")
    add("--rank", type=int, default=0, help=argparse.SUPPRESS)
    add("--ranks", type=int, default=1, help="unet: processes that share each step")
    add("--port", type=int, default=29511, help="unet: where the processes meet on this machine")
    add("--native-size", type=int, default=256, help="assemble: the size the weights were trained for")
    add("--sampler-steps", type=int, default=20)
    add("--guidance", type=float, default=4.0)
    return parser


def main(words: Sequence[str]) -> int:
    """Runs one command; 0 when it succeeded, 2 when its inputs are missing or do not fit."""
    arguments = _parser().parse_args(words)
    arguments.words = list(words)
    for name in ("renders", "vae", "text", "unet", "tiny"):
        if getattr(arguments, name) is None:
            setattr(arguments, name, arguments.build / name)
    arguments.pause = arguments.pause or arguments.build / "PAUSE"
    arguments.classifier = arguments.classifier or arguments.build / "classifier.safetensors"
    arguments.source = arguments.source or ["128:32:1"]
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(arguments.threads)
    try:
        _COMMANDS[arguments.command][0](arguments)
    except (OSError, ValueError) as error:
        log.error("%s", error)
        return 2
    return 0
