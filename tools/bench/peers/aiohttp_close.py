"""By hand, with aiohttp and a connection for each login."""

from __future__ import annotations

import aiohttp
from aiohttp_ import TIMEOUT, login

__all__ = ["connect", "login"]


def connect() -> aiohttp.ClientSession:
    """Return a session that closes each connection behind its reply."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True), timeout=TIMEOUT)
