"""What pip says, and what the artist hears."""

from __future__ import annotations

import errno

import pytest

from launch.commands import explain_os_error
from launch.problems import explain_pip

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by
'NameResolutionError("HTTPSConnection(host='packages', port=443): Failed to resolve 'packages'
([Errno -3] Temporary failure in name resolution)")': /simple/torch/
ERROR: Could not find a version that satisfies the requirement torch<2.16,>=2.10 (from versions: none)
ERROR: No matching distribution found for torch<2.16,>=2.10
"""
PROXY = """\
WARNING: Retrying (Retry(total=4)) after connection broken by 'ProxyError('Cannot connect to proxy.',
OSError('Tunnel connection failed: 407 Proxy Authentication Required'))': /simple/torch/
ERROR: No matching distribution found for torch
"""
DISK_FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
QUOTA = "OSError: [Errno 122] Disk quota exceeded: '/home/x/.venv/lib'"
CERTIFICATE = (
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))"
)
NO_BUILD = "ERROR: No matching distribution found for PySide6-Essentials==6.11.3"
DAMAGED = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
DENIED = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/opt/x/.venv'"
TIMEOUT = "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='f', port=443): Read timed out."


@pytest.mark.parametrize(
    ("output", "sentence", "remedy"),
    [
        (NO_NETWORK, "network does not answer", "Check the connection"),
        (TIMEOUT, "network does not answer", "Check the connection"),
        (PROXY, "proxy refused", "HTTPS_PROXY"),
        (DISK_FULL, "disk is full", "Free some"),
        (QUOTA, "disk is full", "Free some"),
        (CERTIFICATE, "certificate", "PIP_CERT"),
        (NO_BUILD, "no build of PySide6-Essentials for this Python", "3.11 to 3.14"),
        (DAMAGED, "damaged", "cache purge"),
        (DENIED, "could not be written", "write access"),
    ],
)
def test_a_failure_of_pip_becomes_one_sentence_and_a_remedy(output: str, sentence: str, remedy: str) -> None:
    problem = explain_pip(output, 1)
    assert sentence in problem.sentence
    assert remedy in problem.remedy
    assert "\n" not in problem.sentence
    assert problem.exit_code == 1


def test_a_killed_pip_points_at_memory() -> None:
    assert "memory" in explain_pip("Installing collected packages: torch", -9).sentence


def test_the_unknown_is_quoted_and_names_the_log() -> None:
    problem = explain_pip("something\nERROR: a thing nobody foresaw\n\n", 1)
    assert "a thing nobody foresaw" in problem.sentence
    assert "setup.log" in problem.remedy
    assert explain_pip("", 1).sentence.endswith("no output")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written: /x"), (errno.EMFILE, "refused")],
)
def test_a_refusal_of_the_system_becomes_a_sentence(number: int, sentence: str) -> None:
    problem = explain_os_error(OSError(number, "text", "/x"))
    assert sentence in problem.sentence
    assert problem.remedy
