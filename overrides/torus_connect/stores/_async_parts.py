"""What a login and the Redis store do in their own way in a task; `_sync_parts.py` is for threads."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from weakref import WeakMethod

from torus_connect._transport.event_loop import running_loop as owner_of_connections
from torus_connect.secret import Secret, Unusable, conceal

__all__ = ["BREAKS_A_POOL", "call_login", "keep_renewed", "owner_of_connections"]

BREAKS_A_POOL: tuple[type[BaseException], ...] = ()
"""redis-py gives a connection back, whatever is raised."""


async def call_login(login: Callable[[], object]) -> Secret | Unusable | None:
    """Ask the user for a request token. A function that is not async has a thread of its own: somebody may type."""
    if inspect.iscoroutinefunction(login):
        return conceal(await login())
    thread = ThreadPoolExecutor(1, thread_name_prefix="torus-connect-login")
    try:
        given = await asyncio.get_running_loop().run_in_executor(thread, copy_context().run, login)
    finally:
        thread.shutdown(wait=False)
    return conceal(await given if inspect.isawaitable(given) else given)


def keep_renewed(renew: Callable[[], Awaitable[bool]], seconds: float) -> Callable[[], object]:
    """Renew a lease, by its method, every so many seconds, until it is lost or forgotten; return what ends that."""
    return asyncio.create_task(_renew(WeakMethod(renew), seconds), name="torus-connect-lock").cancel


async def _renew(method: WeakMethod[Callable[[], Awaitable[bool]]], seconds: float) -> None:
    held = True
    while held:
        await asyncio.sleep(seconds)
        renew = method()
        held = renew is not None and await renew()
        del renew
