"""Failures of a set-up as an artist should read them: one sentence, one remedy."""

from __future__ import annotations

import re

CANNOT_RUN_HERE = 2


class SetupProblem(Exception):
    """Ends start.py with `sentence` and `remedy` on stderr and `exit_code` for a script."""

    def __init__(self, sentence: str, remedy: str, *, exit_code: int = 1) -> None:
        super().__init__(f"{sentence}\n{remedy}")
        self.sentence = sentence
        self.remedy = remedy
        self.exit_code = exit_code


_AGAIN = "Then run the same command again."

# First match wins, so causes stand before what they cause: a full disk or a proxy also ends in "no matching
# distribution".
_PIP_FAILURES: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|not enough space on the disk|Errno 28|Disk quota exceeded",
        "The disk is full: the libraries did not fit.",
        f"Free some 8 GB (2 GB without CUDA) where the project lies. {_AGAIN}",
    ),
    (
        r"ProxyError|Cannot connect to proxy|407 Proxy Authentication|Tunnel connection failed",
        "The proxy refused the download.",
        f"Set HTTPS_PROXY to http://user:password@host:port of your network. {_AGAIN}",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError",
        "The download's certificate could not be verified.",
        f"Check the computer's clock; behind a company firewall point PIP_CERT at its certificate file. {_AGAIN}",
    ),
    (
        r"HASHES|hash mismatch|BadZipFile|Wheel .* is invalid|zlib\.error|IncompleteRead",
        "A downloaded library is damaged.",
        f"Run `python3 -m pip cache purge`. {_AGAIN}",
    ),
    (
        r"Temporary failure in name resolution|Name or service not known|getaddrinfo failed|nodename nor servname"
        r"|NewConnectionError|NameResolutionError|Network is unreachable|No route to host|Connection refused"
        r"|ConnectTimeoutError|ReadTimeout|Read timed out|ConnectionResetError|Connection aborted"
        r"|Failed to establish a new connection|Max retries exceeded",
        "The libraries could not be downloaded: the network does not answer.",
        f"Check the connection (set-up needs it once; the studio never does). {_AGAIN}",
    ),
    (
        r"Permission denied|Access is denied|WinError 5\b|Read-only file system",
        "The virtual environment could not be written.",
        f"Give yourself write access to the project folder, or copy it to one of your own. {_AGAIN}",
    ),
    (
        r"MemoryError|Cannot allocate memory",
        "The computer ran out of memory while it unpacked the libraries.",
        f"Close other programs. {_AGAIN}",
    ),
    (
        r"No matching distribution found for (?P<what>[\w.\-]+)",
        "There is no build of {what} for this Python and system.",
        "Use a 64-bit Python 3.11 to 3.14 on Linux (glibc), Windows or macOS with Apple silicon.",
    ),
    (
        # Also what pip says when an index does not answer and retries are switched off.
        r"ResolutionImpossible|conflicting dependencies",
        "The pinned libraries were not found together where pip looks for them.",
        "Check the connection and pip's settings (`python3 -m pip config list`), and that pyproject.toml and "
        f"packaging/constraints.txt are unchanged. {_AGAIN}",
    ),
)


def explain_pip(output: str, exit_code: int) -> SetupProblem:
    """What pip's `output` and `exit_code` (negative: the signal that ended it) mean for the artist."""
    for pattern, sentence, remedy in _PIP_FAILURES:
        if match := re.search(pattern, output):
            return SetupProblem(sentence.format(**match.groupdict()), remedy)
    if exit_code in (-9, 137):
        return SetupProblem(
            "The system ended the set-up, most likely because memory ran out.",
            f"Close other programs. {_AGAIN}",
        )
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
    return SetupProblem(
        f"The libraries could not be installed: {last.strip()}",
        "The whole story is in .venv/setup.log. Run the same command again, or delete .venv first to start afresh.",
    )
