"""The line about very many users at once, in tasks and in threads."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from .roster import DRIVE, IN_TASKS, IN_THREADS, READING_FUNDS, Peer
from .server import BenchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .line_start import Columns
    from .server import Place
    from .spawn import Spawner, Usage

USERS, TRIES = 10_000, 3
LIMIT = 5.0
"""Seconds after which no login is begun any more: whoever is slow is measured with fewer users."""
LEVELS: dict[str, tuple[Peer, ...]] = {"tasks-200": IN_TASKS, "threads-50": IN_THREADS}
ACCOUNTS = 1_000
FUNDS_LEVEL = {"funds-200": READING_FUNDS}


def fan_outs(  # noqa: PLR0913 - all of it is the line's own
    spawner: Spawner,
    place: Place,
    rounds: int,
    *,
    levels: Mapping[str, Sequence[Peer]] = LEVELS,
    users: int = USERS,
    seconds: float = LIMIT,
) -> dict[str, Columns]:
    """Have many users log in, or do what the peers do, at each level: a name, and how many are in flight.

    Returns:
        By `tasks-200` and so on: by peer, one value a round of `rate` (users a second), `cpu` (seconds a user),
        `rss` (bytes at the peak), `logins` (users).
    """
    jobs = [(level, peer) for level, peers in levels.items() for peer in peers]
    found: dict[str, Columns] = {}
    shuffle = Random(0).shuffle  # noqa: S311 - any order will do, if it is another one
    for _ in range(rounds):
        shuffle(jobs)
        for level, peer in jobs:
            sharing = "shared" if peer.shared else "each"
            how = [peer.script, str(users), level.partition("-")[2], str(seconds), sharing]
            usage, said = _run(spawner, [sys.executable, str(DRIVE / "fan_out.py"), *how], peer.environment(place))
            run = json.loads(said.splitlines()[-1])
            columns = found.setdefault(level, {})
            values = columns.setdefault(peer.name, {"rate": [], "cpu": [], "rss": [], "logins": []})
            values["rate"].append(run["logins"] / run["seconds"])
            values["cpu"].append(run["cpu"] / run["logins"])
            values["rss"].append(usage["rss"])
            values["logins"].append(run["logins"])
    return found


def _run(spawner: Spawner, command: list[str], environment: dict[str, str]) -> tuple[Usage, str]:
    """Run it, and once more where it failed: httpx loses a reply now and then where threads share a client."""
    for _ in range(TRIES - 1):
        with suppress(BenchError):
            return spawner.run(command, environment)
    return spawner.run(command, environment)


def funds(spawner: Spawner, place: Place, rounds: int) -> dict[str, Columns]:
    """Have 1,000 accounts read their funds ten times each, 200 of them in flight."""
    return fan_outs(spawner, place, rounds, levels=FUNDS_LEVEL, users=ACCOUNTS)
