"""The lines about a process: what an import takes, and from its start to the token."""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

from .roster import ALL, BARE, DEFAULT, HANDMADE, Peer, curl
from .server import ACCESS_TOKEN, BenchError

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


def cold_starts(spawner: Spawner, place: Place, scheme: str, rounds: int, peers: Sequence[Peer] = ALL) -> Columns:
    """Start each peer, in turn, and have it log in once.

    Raises:
        BenchError: one of them does not print the access token.
    """
    extra = curl(place, scheme) if peers is ALL else None
    chosen = [*peers, *([extra] if extra else [])]
    return _interleaved(spawner, [(peer.name, peer.command(), peer) for peer in chosen], place, scheme, rounds)


def _interleaved(
    spawner: Spawner, jobs: list[tuple[str, list[str], Peer]], place: Place, scheme: str, rounds: int
) -> Columns:
    """Run all jobs in each round, in another order every time; the first round, in which files are read, is dropped."""
    found: Columns = {name: {"wall": [], "cpu": [], "rss": []} for name, _, _ in jobs}
    shuffle = Random(0).shuffle  # noqa: S311 - any order will do, if it is another one
    for number in range(rounds + 1):
        shuffle(jobs)
        for name, command, peer in jobs:
            took, said = spawner.run(command, peer.environment(place, scheme))
            if command == peer.command() and peer is not BARE and ACCESS_TOKEN not in said:
                raise BenchError(f"{name} did not log in: {said}")
            if number:
                for measured, values in found[name].items():
                    values.append(took[measured])  # type: ignore[literal-required]  # the keys are those of Usage
    return found
