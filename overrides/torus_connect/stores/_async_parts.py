"""What `AsyncTorusConnect.session` does in its own way; `_sync_parts.py` is for `TorusConnect.session`."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

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

T = TypeVar("T")


def opened_store(given: object) -> AsyncSessionStore:
    """Return the store that `AsyncTorusConnect` was given: a URL, a sync store or an async one."""
    running_loop()
    if isinstance(given, Secret | None):
        return open_async_store(given)
    store = checked_store(given)
    return store if isinstance(store, AsyncSessionStore) else StoreInThread(store)


async def call_login(login: AsyncLogin) -> Secret | Unusable | None:
    """Ask the user for a request token. A function that is not async has a thread of its own: somebody may type."""
    given = login() if inspect.iscoroutinefunction(login) else await _in_own_thread(login)
    return conceal(await given if inspect.isawaitable(given) else given)


async def _in_own_thread(function: Callable[[], T]) -> T:
    thread = ThreadPoolExecutor(1, thread_name_prefix="torus-connect-login")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, copy_context().run, function)
    finally:
        thread.shutdown(wait=False)
