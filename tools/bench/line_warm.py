"""The line about a call on a warm client: in one process for each peer, blocks of calls in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from .roster import (
    AIOHTTP,
    AIOHTTP_CLOSE,
    DEFAULT,
    DRIVE,
    HTTP_CLIENT,
    HTTPX,
    KITE,
    OPENAPI_GENERATOR,
    PYREQWEST,
    RAW,
    REQUESTS,
    SHARED,
)
from .server import BenchError
from .stats import percentile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .roster import Peer
    from .server import Place

PEERS = (HTTP_CLIENT, PYREQWEST, AIOHTTP, HTTPX, REQUESTS, RAW, OPENAPI_GENERATOR, KITE, SHARED)
A_CONNECTION_EACH = (AIOHTTP_CLOSE, DEFAULT)
WARM_UP = 50
KINDS = {"same": 200, "new": 50}  # calls in a block: for one user, and for a new user with each call

Blocks = dict[str, dict[str, list[float]]]
"""By peer: the median of each block by its kind, and `p99` of all calls of the first kind; seconds."""


def warm_calls(  # noqa: PLR0913 - all of it is the line's own
    place: Place,
    scheme: str,
    rounds: int,
    peers: Sequence[Peer] = PEERS,
    *,
    kinds: Mapping[str, int] = KINDS,
    more: Mapping[str, str] | None = None,
) -> Blocks:
    """Have each peer, in turn, make a block of calls.

    Args:
        place: where the server is.
        scheme: `http` or `https`.
        rounds: how many blocks of each kind.
        peers: who.
        kinds: how many calls a block of each kind has.
        more: for the environment of all.
    """
    calls: dict[str, list[float]] = {peer.name: [] for peer in peers}
    found: Blocks = {peer.name: {kind: [] for kind in kinds} for peer in peers}
    first = next(iter(kinds))
    with ExitStack() as open_ones:
        workers = [
            (peer, open_ones.enter_context(_worker(peer, peer.environment(place, scheme) | dict(more or {}))))
            for peer in peers
        ]
        for peer, worker in workers:
            _block(peer, worker, min(WARM_UP, max(kinds.values())), "same")
        order = Random(0)  # noqa: S311 - any order will do, if it is another one
        for _ in range(rounds):
            order.shuffle(workers)
            for peer, worker in workers:
                for kind in order.sample(list(kinds), len(kinds)):
                    took = _block(peer, worker, kinds[kind], kind)
                    found[peer.name][kind].append(median(took))
                    if kind == first:
                        calls[peer.name] += took
        for _, worker in workers:
            worker.communicate()
    for name, took in calls.items():
        found[name]["p99"] = [percentile(took, 99)]
    return found


def _worker(peer: Peer, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, str(DRIVE / "warm.py"), peer.script]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _block(peer: Peer, worker: subprocess.Popen[str], count: int, kind: str) -> list[float]:
    assert worker.stdin  # noqa: S101 - for the type checker: they are pipes
    assert worker.stdout  # noqa: S101
    print(count, kind, file=worker.stdin, flush=True)
    line = worker.stdout.readline()
    if not line:
        raise BenchError(f"{peer.name} cannot make its call again and again")
    return [nanoseconds / 1e9 for nanoseconds in json.loads(line)]
