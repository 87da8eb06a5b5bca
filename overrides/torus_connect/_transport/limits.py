"""Limits of a connection pool."""

from __future__ import annotations

import os

MAX_CONNECTIONS = 100
"""How many calls of one client can be under way at the same time; further ones wait."""
MAX_IDLE_CONNECTIONS = 500
"""How many idle connections are kept. Each user has one of their own: with fewer, those of many users drive out each
other, and most calls of 200 users at once begin with a handshake. See `most_idle`, too."""
IDLE_SECONDS = 2.0
"""How long an idle connection stays open where the service does not say how long (`Keep-Alive: timeout=`)."""
KEEP_ALIVE_MARGIN_SECONDS = 1.0
"""How long before the service closes an idle connection it is dropped: a request must not meet a closing one."""
LISTENING_SECONDS = 0.001
"""How long a new connection is listened to before a request goes over it: who speaks first does so at once."""
SESSION_SECONDS = 60.0
"""How long after a TLS session was taken another one for the same server is, where it is not resumed."""
READ_BYTES = 64 * 1024
"""How much is read at once."""
MAX_HEAD_BYTES = 100 * 1024
"""How long status line and headers of a reply may be, and the head of a chunk."""


def most_idle() -> int:
    """Return how many idle connections a pool keeps: at most half of the files that this process may have open."""
    files = os.sysconf("SC_OPEN_MAX") if hasattr(os, "sysconf") else -1  # -1 is for no limit
    return MAX_IDLE_CONNECTIONS if files < 0 else min(MAX_IDLE_CONNECTIONS, files // 2)
