"""The line about instructions, which do not depend on the neighbours: counted by callgrind."""

from __future__ import annotations

import compileall
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .roster import COUNTED, DRIVE, IN_TLS
from .server import BenchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .roster import Peer
    from .server import Place

CALLS = (10, 50)  # what is between them is 40 calls
LIMIT = 300  # seconds for one run


def instructions(
    place: Place,
    *,
    cold: Sequence[Peer] = (*COUNTED, *IN_TLS),
    warm: Sequence[Peer] = COUNTED,
    path: Path | None = None,
) -> dict[str, dict[str, int]]:
    """Count what the processor does: `cold`, from the start to the end of a login; `warm`, for one call more.

    Args:
        place: where the server is.
        cold: whose start is counted.
        warm: whose call is counted: the difference between few calls and many.
        path: a folder to import from before anything else.
    """
    compileall.compile_dir(DRIVE.parent, quiet=1)  # or the first to load a module would count that, too
    jobs = [("cold", peer, peer.command()) for peer in cold]
    for peer in warm:
        jobs += [(what, peer, _calls(peer, count)) for what, count in zip(("few", "many"), CALLS, strict=True)]

    def count_of(job: tuple[str, Peer, list[str]]) -> int:
        what, peer, command = job
        environment = peer.environment(place)
        if what != "cold" and "SSL_CERT_FILE" in environment:  # what is read before the calls does not count
            environment["SSL_CERT_FILE"] = str(place.authority)
        return counted(command, environment, path)

    with ThreadPoolExecutor(2) as pool:  # a count does not mind company
        counts = list(pool.map(count_of, jobs))
    found: dict[str, dict[str, int]] = {"cold": {}, "few": {}, "many": {}}
    for (what, peer, _), count in zip(jobs, counts, strict=True):
        found[what][peer.name] = count
    few, many = found.pop("few"), found.pop("many")
    return found | {"warm": {name: (many[name] - few[name]) // (CALLS[1] - CALLS[0]) for name in few}}


def counted(command: Sequence[str], environment: dict[str, str], path: Path | None = None) -> int:
    """Return how many instructions a program took.

    Raises:
        BenchError: valgrind is missing, or the program failed.
    """
    valgrind = shutil.which("valgrind")
    if not valgrind:
        raise BenchError("valgrind is missing: apt install valgrind")
    environment = environment | {"PYTHONHASHSEED": "0"}  # the order of a set must not count
    if path:
        environment["PYTHONPATH"] = str(path)
    told = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    done = subprocess.run(told, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not collected:
        raise BenchError(f"`{' '.join(told)}` ended with {done.returncode}\n\n{done.stderr}")
    return int(collected[1])


def _calls(peer: Peer, count: int) -> list[str]:
    return [sys.executable, str(DRIVE / "calls.py"), peer.script, str(count)]
