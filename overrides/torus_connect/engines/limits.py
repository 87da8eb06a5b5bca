"""What the engines keep to."""

from __future__ import annotations

MAX_CONNECTIONS = 100
"""How many calls of one client can be under way at the same time; further ones wait."""
IDLE_SECONDS = 5.0
"""An idle connection is dropped well before servers commonly drop it: a request must not meet a closing one."""
READ_BYTES = 64 * 1024
"""How much is read at once."""
