"""Where `TorusConnect.session` and `AsyncTorusConnect.session` enter the stores."""

from __future__ import annotations

import asyncio
import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal

from ._adapter import AdaptedStore, finish, in_thread, inline
from ._get_or_create import Callbacks, get_or_create_session
from ._open import open_async_store, open_store
from ._protocol import AsyncSessionStore, SessionStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._credentials.session import Session

    from ._get_or_create import SessionRequest

T = TypeVar("T")


def sync_store(given: object) -> AsyncSessionStore:
    """Return the store that `TorusConnect` was given, with the methods of an async one, which never wait."""
    if isinstance(given, Secret | None):
        return AdaptedStore(open_store(given), inline)
    store = _checked(given)
    if isinstance(store, AsyncSessionStore):
        raise ConfigurationError("store is one for tasks: give it to AsyncTorusConnect")
    return AdaptedStore(store, inline)


def async_store(given: object) -> AsyncSessionStore:
    """Return the store that `AsyncTorusConnect` was given, as an async one."""
    if isinstance(given, Secret | None):
        return open_async_store(given)
    store = _checked(given)
    return store if isinstance(store, AsyncSessionStore) else AdaptedStore(store, in_thread)


def sync_session(request: SessionRequest, store: AsyncSessionStore, generate: Callable[[str], Session]) -> Session:
    """See `TorusConnect.session`."""

    async def sleep(seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop runs this

    async def exchange(token: Secret) -> Session:
        return generate(token)

    async def login() -> Secret | Unusable | None:
        given = request.login() if request.login else None
        if inspect.iscoroutine(given):
            given.close()
            raise ConfigurationError("login is async: give it to AsyncTorusConnect")
        return conceal(given)

    return finish(get_or_create_session(store, request, Callbacks(sleep, exchange, login if request.login else None)))


async def async_session(
    request: SessionRequest, store: AsyncSessionStore, generate: Callable[[str], Awaitable[Session]]
) -> Session:
    """See `AsyncTorusConnect.session`."""

    async def login() -> Secret | Unusable | None:
        if request.login is None or inspect.iscoroutinefunction(request.login):
            return conceal(await request.login()) if request.login else None
        given = await _in_own_thread(request.login)
        return conceal(await given if inspect.isawaitable(given) else given)

    return await get_or_create_session(
        store, request, Callbacks(asyncio.sleep, generate, login if request.login else None)
    )


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
