"""Loads a peer, and makes up request tokens."""

from __future__ import annotations

import sys
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

PEERS = Path(__file__).resolve().parents[1] / "peers"


def loaded(name: str) -> ModuleType:
    """Return the module of a peer."""
    sys.path.insert(0, str(PEERS))
    return import_module(name)


def is_async(peer: ModuleType) -> bool:
    """Return whether its logins are awaited."""
    return iscoroutinefunction(peer.login)


def token(number: int) -> str:
    """Return the request token of one user."""
    return f"bench-request-token-{number:08}"


def close(client: Any) -> None:  # noqa: ANN401 - whatever a peer made
    """Close what has a way to be closed."""
    getattr(client, "close", lambda: None)()
