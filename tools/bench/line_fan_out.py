"""The line about very many users at once, in tasks and in threads."""

from __future__ import annotations

import json
import sys
from random import Random
from typing import TYPE_CHECKING

from .roster import DRIVE, IN_TASKS, IN_THREADS, Peer

if TYPE_CHECKING:
    from .line_start import Columns
    from .server import Place
    from .spawn import Spawner

USERS = 10_000
LIMIT = 5.0
"""Seconds after which no login is begun any more: whoever is slow is measured with fewer users."""
LEVELS = {"tasks": (50, 200, 1000), "threads": (50, 200)}  # in flight; more threads than that is not sane
PEERS: dict[str, tuple[Peer, ...]] = {"tasks": IN_TASKS, "threads": IN_THREADS}


def fan_outs(spawner: Spawner, place: Place, rounds: int, *, users: int = USERS) -> dict[str, Columns]:
    """Log many users in at each level.

    Returns:
        By `tasks-50` and so on: by peer, one value a round of `rate` (logins a second), `cpu` (seconds a login),
        `rss` (bytes at the peak), `logins`.
    """
    jobs = [(kind, level, peer) for kind, levels in LEVELS.items() for level in levels for peer in PEERS[kind]]
    found: dict[str, Columns] = {}
    shuffle = Random(0).shuffle  # noqa: S311 - any order will do, if it is another one
    for _ in range(rounds):
        shuffle(jobs)
        for kind, level, peer in jobs:
            sharing = "shared" if peer.shared else "each"
            how = [peer.script, str(users), str(level), str(LIMIT), sharing]
            usage, said = spawner.run([sys.executable, str(DRIVE / "fan_out.py"), *how], peer.environment(place))
            run = json.loads(said.splitlines()[-1])
            columns = found.setdefault(f"{kind}-{level}", {})
            values = columns.setdefault(peer.name, {"rate": [], "cpu": [], "rss": [], "logins": []})
            values["rate"].append(run["logins"] / run["seconds"])
            values["cpu"].append(run["cpu"] / run["logins"])
            values["rss"].append(usage["rss"])
            values["logins"].append(run["logins"])
    return found
