"""Loads a peer, and makes up request tokens."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import ModuleType

T = TypeVar("T")

PEERS = Path(__file__).resolve().parents[1] / "peers"


def loaded(name: str) -> ModuleType:
    """Return the module of a peer."""
    sys.path.insert(0, str(PEERS))
    return import_module(name)


def call_of(peer: ModuleType) -> Callable[[Any, str], Any]:
    """Return what it is measured by: its `call` with a client and a user, or its `login`."""
    found: Callable[[Any, str], Any] = getattr(peer, "call", None) or peer.login
    return found


def is_async(peer: ModuleType) -> bool:
    """Return whether its calls are awaited."""
    return iscoroutinefunction(call_of(peer))


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run it in an event loop: asyncio's, or uvloop's where `BENCH_LOOP` says so."""
    import asyncio  # noqa: PLC0415 - threads do without

    if os.environ.get("BENCH_LOOP") != "uvloop":
        return asyncio.run(main)
    import uvloop  # noqa: PLC0415 - only those who are measured with it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def token(number: int) -> str:
    """Return the request token of one user."""
    return f"bench-request-token-{number:08}"


def close(client: Any) -> None:  # noqa: ANN401 - whatever a peer made
    """Close what has a way to be closed."""
    getattr(client, "close", lambda: None)()
