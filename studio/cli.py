"""The engine without a window: `underpaint generate | scene | models | doctor`.

Exit codes: 0 done, 1 the job failed, 2 the call or an input file is wrong, 3 the engine cannot start,
130 interrupted with Ctrl+C.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from studio import __version__
from studio.core import log
from studio.core.errors import JobError, StudioError
from studio.core.geometry import Rect, Size
from studio.generation.catalog import Catalog
from studio.generation.events import EngineEvent, EngineStopped, Loading, Preview
from studio.jobs.job import JobState
from studio.jobs.process_link import ProcessLink
from studio.jobs.queue import JobQueue
from studio.workspace.background import Inline
from studio.workspace.notice import Notice
from studio.workspace.workspace import Workspace

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NO_ENGINE, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
POLL_S = 0.2
HELLO_TIMEOUT_S = 180.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    log.configure(None, verbose=options.verbose)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except JobError as error:
        return _complain(error, EXIT_NO_ENGINE)
    except StudioError as error:
        return _complain(error, EXIT_USAGE)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _complain(error: StudioError, code: int) -> int:
    print(f"underpaint: {error}", file=sys.stderr)
    logging.getLogger(__name__).debug("details: %s", error.details, exc_info=error)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="underpaint", description="The Underpaint engine without a window.")
    parser.add_argument("--version", action="version", version=f"underpaint {__version__}")
    parser.add_argument("--verbose", action="store_true", help="tell everything on stderr")
    commands = parser.add_subparsers(required=True, metavar="generate | scene | models | doctor")

    generate = commands.add_parser("generate", help="make a picture, or change part of one")
    generate.set_defaults(run=_generate)
    generate.add_argument("--prompt", default="", help="what to paint")
    generate.add_argument("--negative-prompt", default="", help="what to avoid")
    generate.add_argument("--init", type=Path, metavar="IMAGE", help="the picture to start from")
    generate.add_argument(
        "--mask", type=Path, metavar="IMAGE", help="white = change, black = keep; needs --init"
    )
    generate.add_argument(
        "--expand",
        type=_margins,
        metavar="L,T,R,B",
        help="outpaint by so many pixels left, top, right, bottom",
    )
    generate.add_argument("--model", default="starter", help="identifier or folder (see: underpaint models)")
    generate.add_argument("--size", type=_size, metavar="WxH", help="default: the model's native size")
    generate.add_argument("--sampler")
    generate.add_argument("--schedule")
    generate.add_argument("--steps", type=int)
    generate.add_argument("--guidance", type=float, help="guidance scale, 1 switches it off")
    generate.add_argument("--strength", type=float, help="denoising strength above 0, at most 1")
    generate.add_argument("--seed", type=int, help="default: a random one, printed")
    generate.add_argument("--count", type=int, default=1, help="pictures to make, with seeds counting up")
    generate.add_argument("--no-previews", action="store_true", help="do not compute previews (same picture)")
    generate.add_argument("--quiet", action="store_true", help="no progress on stderr")
    generate.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=".png, .jpg or .webp"
    )

    scene = commands.add_parser("scene", help="draw a landscape from words, without a model")
    scene.set_defaults(run=_scene)
    scene.add_argument("--prompt", default="", help="what to draw; empty: a scene of its own")
    scene.add_argument("--size", type=_size, metavar="WxH", default=Size(768, 512), help="default: 768x512")
    scene.add_argument("--seed", type=int, help="default: a random one, printed")
    scene.add_argument("--count", type=int, default=1, help="scenes to draw, with seeds counting up")
    scene.add_argument("--quiet", action="store_true", help="no progress on stderr")
    scene.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=".png, .jpg or .webp")

    models = commands.add_parser("models", help="list what the engine can load")
    models.set_defaults(run=_models)
    models.add_argument("--json", action="store_true")

    doctor = commands.add_parser("doctor", help="say what this machine has and whether the engine starts")
    doctor.set_defaults(run=_doctor)
    return parser


def _margins(text: str) -> tuple[int, int, int, int]:
    values = tuple(int(part) for part in text.split(","))
    if len(values) != 4 or min(values) < 0:
        raise argparse.ArgumentTypeError("four numbers from 0: left,top,right,bottom")
    return values


def _size(text: str) -> Size:
    width, separator, height = text.lower().partition("x")
    if not separator:
        raise argparse.ArgumentTypeError("width x height, such as 256x384")
    return Size(int(width), int(height))


class _Engine:
    """A link and its queue, pumped by this thread."""

    def __init__(self) -> None:
        self.link = ProcessLink()
        self.queue = JobQueue(self.link)

    def __enter__(self) -> _Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def pump(self) -> EngineEvent | None:
        """Handles one event. Raises JobError when the engine is given up."""
        event = self.link.receive(POLL_S)
        if event is not None:
            self.queue.handle(event)
        if isinstance(event, EngineStopped) and not event.restarts:
            raise JobError(event.message, remedy=event.remedy, details=event.details)
        return event

    def wait_for_catalog(self) -> Catalog:
        """Starts the engine and waits until it can take requests."""
        self.link.start()
        deadline = time.monotonic() + HELLO_TIMEOUT_S
        while self.queue.catalog is None:
            self.pump()
            if time.monotonic() > deadline:
                raise JobError("The engine did not start in time.", remedy="Run: underpaint doctor")
        return self.queue.catalog


def _generate(options: argparse.Namespace) -> int:
    if options.mask is not None and options.init is None:
        print("underpaint: --mask needs --init.", file=sys.stderr)
        return EXIT_USAGE
    problems: list[Notice] = []
    with _Engine() as engine:
        workspace = Workspace(queue=engine.queue, background=Inline(), previews=not options.no_previews)
        workspace.notices.subscribe(problems.append)
        # Inputs are looked at before the engine is started: a wrong path must not cost seconds.
        if options.init is not None:
            workspace.files.open_picture(options.init)
            _raise_first(problems)
        if options.mask is not None:
            workspace.files.load_mask(options.mask)
            _raise_first(problems)
        workspace.files.check_export_path(options.output)
        catalog = engine.wait_for_catalog()
        _apply_settings(workspace, catalog, options)
        workspace.generate()
        _raise_first(problems)
        return _deliver(engine, workspace, problems, options.output, quiet=options.quiet)


def _scene(options: argparse.Namespace) -> int:
    problems: list[Notice] = []
    with _Engine() as engine:
        workspace = Workspace(queue=engine.queue, background=Inline(), canvas=options.size, previews=False)
        workspace.notices.subscribe(problems.append)
        workspace.files.check_export_path(options.output)
        workspace.settings.set(
            prompt=options.prompt, is_seed_random=options.seed is None, batch_count=options.count
        )
        if options.seed is not None:
            workspace.settings.set(seed=options.seed)
        workspace.draw_scene()
        for notice in problems:
            print(f"underpaint: {notice.message} {notice.remedy}".rstrip(), file=sys.stderr)
        _raise_first(problems)
        engine.wait_for_catalog()
        return _deliver(engine, workspace, problems, options.output, quiet=options.quiet)


def _deliver(
    engine: _Engine, workspace: Workspace, problems: list[Notice], output: Path, *, quiet: bool
) -> int:
    """Waits for the jobs and writes each result to a file of its own."""
    _follow(engine, workspace, quiet=quiet)
    failed = [job for job in engine.queue.jobs if job.state is JobState.failed]
    if failed:
        print(f"underpaint: {failed[0].error} {failed[0].remedy}".rstrip(), file=sys.stderr)
        return EXIT_FAILED
    _raise_first(problems)
    for candidate in workspace.results.candidates:
        workspace.accept(candidate.id)
        path = output
        if len(workspace.results.candidates) > 1:
            path = path.with_stem(f"{path.stem}-{candidate.recipe.seed}")
        workspace.files.export(path, recipe=candidate.recipe)
        _raise_first(problems)
        print(f"{path}  seed {candidate.recipe.seed}")
        workspace.undo()
    return EXIT_DONE


def _apply_settings(workspace: Workspace, catalog: Catalog, options: argparse.Namespace) -> None:
    model = catalog.model(options.model) or catalog.model(str(Path(options.model).resolve()))
    if model is None:
        raise StudioError(f"There is no model “{options.model}”.", remedy="Run: underpaint models")
    values = workspace.settings.values
    given = {
        "sampler": options.sampler,
        "schedule": options.schedule,
        "steps": options.steps,
        "guidance_scale": options.guidance,
        "strength": options.strength,
        "seed": options.seed,
    }
    defaults = replace(
        values,
        model=model.identifier,
        sampler=model.sampler,
        schedule=model.schedule,
        steps=model.steps,
        guidance_scale=model.guidance_scale,
    ).to_json()
    chosen = {name: value for name, value in given.items() if value is not None}
    workspace.settings.set(
        **{**defaults, **chosen},
    )
    workspace.settings.set(
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        is_seed_random=options.seed is None,
        batch_count=options.count,
    )
    if options.init is None:
        workspace.new(options.size or Size(model.native_size, model.native_size))
    if options.expand is not None:
        left, top, right, bottom = options.expand
        canvas = workspace.document.canvas
        workspace.set_frame(
            Rect.from_edges(canvas.x - left, canvas.y - top, canvas.right + right, canvas.bottom + bottom)
        )


def _follow(engine: _Engine, workspace: Workspace, *, quiet: bool) -> None:
    try:
        while workspace.generating.is_busy:
            event = engine.pump()
            if not quiet and event is not None:
                _show(event)
    finally:
        if not quiet and sys.stderr.isatty():
            print(file=sys.stderr)


def _show(event: EngineEvent) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    if isinstance(event, Loading):
        print(event.what, file=sys.stderr)
    elif isinstance(event, Preview):
        print(f"step {event.step} of {event.total_steps}", end=end, file=sys.stderr, flush=True)


def _raise_first(problems: list[Notice]) -> None:
    errors = [notice for notice in problems if notice.is_error]
    if errors:
        raise StudioError(errors[0].message, remedy=errors[0].remedy, details=errors[0].details)


def _models(options: argparse.Namespace) -> int:
    with _Engine() as engine:
        models = engine.wait_for_catalog().models
    if options.json:
        rows = [
            {
                "identifier": m.identifier,
                "name": m.name,
                "family": m.family,
                "path": m.path,
                "problem": m.problem,
            }
            for m in models
        ]
        print(json.dumps(rows, indent=2))
        return EXIT_DONE
    for model in models:
        print(
            f"{model.identifier:24} {model.name}  ({model.family}, {model.native_size} px)  {model.problem}".rstrip()
        )
    return EXIT_DONE


def _doctor(options: argparse.Namespace) -> int:
    print(f"underpaint {__version__}, Python {sys.version.split()[0]} on {sys.platform}")
    begun = time.monotonic()
    with _Engine() as engine:
        catalog = engine.wait_for_catalog()
        device = catalog.device
        print(f"engine: ready after {time.monotonic() - begun:.1f} s")
        print(
            f"device: {device.kind}, {device.name}, {device.threads} threads, {device.memory_bytes / 2**30:.1f} GiB"
        )
        broken = [m for m in catalog.models if m.problem]
        print(f"models: {len(catalog.models)}, samplers: {len(catalog.samplers)}")
        for model in broken:
            print(f"  {model.name}: {model.problem}")
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
