"""An engine process without an engine: speaks the wire, fails as its first argument says."""

from __future__ import annotations

import os
import sys
import threading
import time

import numpy as np

from studio.generation import wire
from studio.generation.events import Cancelled, Hello, Started
from studio.generation.job_block import BlockLayout, JobBlock
from tests.fakes.link import make_catalog


def main(mode: str) -> None:
    lock = threading.Lock()
    commands, reports = sys.stdin.buffer, sys.stdout.buffer

    def send(report: wire.Report) -> None:
        with lock:
            reports.write(wire.encode(report))
            reports.flush()

    def beat() -> None:
        while True:
            time.sleep(0.1)
            send(wire.Heartbeat())

    if mode == "dies at once":
        sys.stderr.write("cannot find the graphics driver\n")
        sys.exit(7)
    threading.Thread(target=beat, daemon=True).start()
    send(Hello(catalog=make_catalog(), process_id=os.getpid()))
    cancelled: set[str] = set()
    while (payload := wire.read_frame(commands)) is not None:
        match wire.decode_command(payload):
            case wire.Submit() as submit:
                if mode == "talks garbage":
                    reports.write(b"Warning: library says hello on stdout\n" * 10)
                    reports.flush()
                elif mode == "breaks off":
                    reports.write(wire.encode(Started(job_id=submit.job_id, total_steps=2))[:-5])
                    reports.flush()
                    os._exit(0)
                elif mode == "lies about a preview":
                    send(preview(submit, slot=3, width=4000))
                else:
                    run(submit, send, waits=mode in ("waits", "ignores cancel"))
            case wire.Cancel(job_id=job_id):
                if mode == "waits":
                    cancelled.add(job_id)
                    send(Cancelled(job_id=job_id))
            case wire.ReleaseSlot():
                pass


def preview(submit: wire.Submit, *, slot: int, width: int) -> wire.PreviewInBlock:
    return wire.PreviewInBlock(job_id=submit.job_id, step=1, total_steps=1, slot=slot, width=width, height=2)


def run(submit: wire.Submit, send: object, *, waits: bool) -> None:
    assert callable(send)
    layout = BlockLayout(size=submit.recipe.size, has_image=submit.has_image, has_mask=submit.has_mask)
    block = JobBlock.attach(submit.block, layout)
    send(Started(job_id=submit.job_id, total_steps=1))
    block.put_preview(0, np.full((2, 2, 3), 50, np.uint8))
    send(preview(submit, slot=0, width=2))
    if not waits:
        size = submit.recipe.size
        image, mask = block.image(), block.mask()
        result = np.full((size.height, size.width, 3), 200, np.uint8)
        if image is not None and mask is not None:
            result = np.where(mask[..., None] > 0, result, image)
        block.put_result(result)
        send(wire.FinishedInBlock(job_id=submit.job_id, elapsed_s=0.1))
    block.close()


if __name__ == "__main__":
    main(sys.argv[1])
