"""What every engine keeps to."""

from __future__ import annotations

MAX_CONNECTIONS = 100
"""How many calls of one client can be under way at the same time; further ones wait."""
IDLE_SECONDS = 5.0
"""An idle connection is dropped well before servers commonly drop it: a request must not meet a closing one."""


class NoPlace(Exception):
    """So many calls were under way that none of them ended in time."""

    def __str__(self) -> str:
        return "no connection of the pool came free in time"
