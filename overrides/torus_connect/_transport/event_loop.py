"""The event loop of the task that calls."""

from __future__ import annotations

import asyncio

from torus_connect.errors import ConfigurationError


def running_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop that runs here.

    Raises:
        ConfigurationError: it is none of asyncio's.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    raise ConfigurationError(
        "no event loop of asyncio runs here, and what is async in torus_connect needs one: with trio, call "
        "TorusConnect in a thread, by trio.to_thread.run_sync; with anyio, by anyio.to_thread.run_sync, or choose the "
        "backend asyncio"
    )
