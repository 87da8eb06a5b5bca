"""What `AsyncTorusConnect.session` does in its own way; `_sync_parts.py` is for `TorusConnect.session`."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from torus_connect._transport.event_loop import running_loop
from torus_connect.secret import Secret, Unusable, conceal

from ._in_thread import StoreInThread
from ._open import checked_store, open_async_store
from ._protocol import AsyncSessionStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._credentials.session import Session

    from ._protocol import AsyncLogin

    Exchange = Callable[[Secret], Awaitable[Session]]


def opened_store(given: object) -> AsyncSessionStore:
    """Return the store that `AsyncTorusConnect` was given: a URL, a sync store or an async one."""
    running_loop()
    if isinstance(given, Secret | None):
        return open_async_store(given)
    store = checked_store(given)
    return store if isinstance(store, AsyncSessionStore) else StoreInThread(store)


async def call_login(login: AsyncLogin) -> Secret | Unusable | None:
    """Ask the user for a request token. A function that is not async has a thread of its own: somebody may type."""
    if inspect.iscoroutinefunction(login):
        return conceal(await login())
    thread = ThreadPoolExecutor(1, thread_name_prefix="torus-connect-login")
    try:
        given = await asyncio.get_running_loop().run_in_executor(thread, copy_context().run, login)
    finally:
        thread.shutdown(wait=False)
    return conceal(await given if inspect.isawaitable(given) else given)
