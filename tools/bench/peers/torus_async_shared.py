"""This SDK, with asyncio and connections that users share."""

from __future__ import annotations

from torus_async import login

from torus_connect import AsyncTorusConnect

__all__ = ["connect", "login"]


def connect() -> AsyncTorusConnect:
    """Return a client in which each of very many calls may wait for its turn."""
    return AsyncTorusConnect(timeout=600, total_timeout=600, share_connections=True)
