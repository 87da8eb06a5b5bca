"""This SDK, with connections that users share."""

from __future__ import annotations

from torus import login

from torus_connect import TorusConnect

__all__ = ["connect", "login"]


def connect() -> TorusConnect:
    """Return a client."""
    return TorusConnect(share_connections=True)
