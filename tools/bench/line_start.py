"""The lines about a process: what an import takes, and from its start to the token."""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

from .replies import ACCESS_TOKEN
from .replies import HOLDINGS as ROWS
from .roster import ALL, BARE, DEFAULT, FIRST_HOLDINGS, HANDMADE, IN_TLS, Peer, curl
from .server import BenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .server import Place
    from .spawn import Spawner

Columns = dict[str, dict[str, list[float]]]
"""By peer, then by what was measured: one value a round."""


def imports(spawner: Spawner, place: Place, rounds: int) -> Columns:
    """Import each library in a fresh interpreter, in turn."""
    peers = (BARE, *HANDMADE, DEFAULT)
    return _interleaved(
        spawner,
        [
            (peer.name, [sys.executable, "-c", f"import {peer.module}" if peer.module else "pass"], peer)
            for peer in peers
        ],
        place,
        "https",
        rounds,
    )


def cold_starts(
    spawner: Spawner, place: Place, scheme: str, rounds: int, peers: Sequence[Peer] | None = None
) -> Columns:
    """Start each peer, in turn, and have it log in once: all of them by default.

    Raises:
        BenchError: one of them does not print the access token.
    """
    if peers is None:
        extra = curl(place, scheme)
        peers = (*ALL, *(IN_TLS if scheme == "https" else ()), *([extra] if extra else []))
    jobs = [(peer.name, peer.command(), peer) for peer in peers]
    return _interleaved(spawner, jobs, place, scheme, rounds, said=ACCESS_TOKEN)


def first_holdings(spawner: Spawner, place: Place, rounds: int) -> Columns:
    """Start each peer, in turn, and have it log in and read 1,000 holdings.

    Raises:
        BenchError: one of them does not read all.
    """
    jobs = [(peer.name, peer.command(), peer) for peer in FIRST_HOLDINGS]
    return _interleaved(spawner, jobs, place, "https", rounds, said=f"{ROWS}\n")


def _interleaved(  # noqa: PLR0913 - all of it is the line's own
    spawner: Spawner, jobs: list[tuple[str, list[str], Peer]], place: Place, scheme: str, rounds: int, *, said: str = ""
) -> Columns:
    """Run all jobs in each round, in another order every time; the first round, in which files are read, is dropped.

    Raises:
        BenchError: one of them has not said what it should.
    """
    found: Columns = {name: {"wall": [], "cpu": [], "rss": []} for name, _, _ in jobs}
    shuffle = Random(0).shuffle  # noqa: S311 - any order will do, if it is another one
    for number in range(rounds + 1):
        shuffle(jobs)
        for name, command, peer in jobs:
            took, words = spawner.run(command, peer.environment(place, scheme))
            if peer is not BARE and said not in words:
                raise BenchError(f"{name} did not do what it should: {words}")
            if number:
                for measured, values in found[name].items():
                    values.append(took[measured])  # type: ignore[literal-required]  # the keys are those of Usage
    return found
