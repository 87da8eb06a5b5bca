"""What a login and the Redis store do in their own way in a task; `_sync_parts.py` is for threads."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING
from weakref import ref

from torus_connect._transport.event_loop import running_loop as owner_of_connections
from torus_connect.secret import Secret, Unusable, conceal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._redis.async_store import AsyncRedisLease

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


def keep_renewed(lease: AsyncRedisLease, seconds: float) -> Callable[[], object]:
    """Renew a lease every so many seconds, until it is lost or forgotten; return what ends that."""
    return asyncio.create_task(_renew(ref(lease), seconds), name="torus-connect-lock").cancel


async def _renew(lease: ref[AsyncRedisLease], seconds: float) -> None:
    held = True
    while held:
        await asyncio.sleep(seconds)
        found = lease()
        held = found is not None and await found.renew()
        del found
