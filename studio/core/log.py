"""One log file for the studio, rotated; a console handler for the terminal."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MAX_BYTES = 1_000_000


def configure(log_file: Path | None, *, verbose: bool = False) -> None:
    """Root logger: warnings (or everything, `verbose`) to stderr, everything from INFO to `log_file`.

    A log that cannot be opened never stops the studio.
    """
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(logging.DEBUG if verbose else logging.WARNING)
    handlers: list[logging.Handler] = [console]
    if log_file is not None:
        try:
            log_file.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(
                logging.handlers.RotatingFileHandler(
                    log_file, maxBytes=MAX_BYTES, backupCount=2, encoding="utf-8"
                )
            )
        except OSError as error:
            logging.getLogger(__name__).warning("no log file: %s", error)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
