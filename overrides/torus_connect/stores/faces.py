"""How the two faces of the SDK come to a session: with threads, and with tasks."""

from __future__ import annotations

import asyncio
import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal

from .adapter import AdaptedStore, finish, in_thread, inline
from .obtain import Ways, obtain
from .opening import open_async_store, open_store
from .protocol import AsyncSessionStore, SessionStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect.session import Session

    from .obtain import Wish

T = TypeVar("T")


def store_for_threads(given: object) -> AsyncSessionStore:
    """Return a store as `obtain` takes it, whose calls are made at once: what `TorusConnect` was given as `store`."""
    if isinstance(given, Secret | None):
        return AdaptedStore(open_store(given), inline)
    store = _checked(given)
    if isinstance(store, AsyncSessionStore):
        raise ConfigurationError("store is one for tasks: give it to AsyncTorusConnect")
    return AdaptedStore(store, inline)


def store_for_tasks(given: object) -> AsyncSessionStore:
    """Return a store as `obtain` takes it, for tasks: what `AsyncTorusConnect` was given as `store`."""
    if isinstance(given, Secret | None):
        return open_async_store(given)
    store = _checked(given)
    return store if isinstance(store, AsyncSessionStore) else AdaptedStore(store, in_thread)


def session_for_threads(wish: Wish, store: AsyncSessionStore, generate: Callable[[str], Session]) -> Session:
    """See `TorusConnect.session`."""

    async def sleep(seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop runs this

    async def exchange(token: Secret) -> Session:
        return generate(token)

    async def login() -> Secret | Unusable | None:
        given = wish.login() if wish.login else None
        if inspect.iscoroutine(given):
            given.close()
            raise ConfigurationError("login is async: give it to AsyncTorusConnect")
        return conceal(given)

    return finish(obtain(store, wish, Ways(sleep, exchange, login if wish.login else None)))


async def session_for_tasks(
    wish: Wish, store: AsyncSessionStore, generate: Callable[[str], Awaitable[Session]]
) -> Session:
    """See `AsyncTorusConnect.session`."""

    async def login() -> Secret | Unusable | None:
        if wish.login is None or inspect.iscoroutinefunction(wish.login):
            return conceal(await wish.login()) if wish.login else None
        given = await _in_own_thread(wish.login)
        return conceal(await given if inspect.isawaitable(given) else given)

    return await obtain(store, wish, Ways(asyncio.sleep, generate, login if wish.login else None))


async def _in_own_thread(function: Callable[[], T]) -> T:
    """Call in a thread of its own: somebody may have to type, and the threads of the event loop have work to do."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="torus-connect-login")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, copy_context().run, function)
    finally:
        thread.shutdown(wait=False)


def _checked(given: object) -> SessionStore | AsyncSessionStore:
    if not isinstance(given, SessionStore | AsyncSessionStore):
        raise ConfigurationError(f"store must be a URL or a store, not {type(given).__name__}")
    return given
