"""What `TorusConnect.session` does in its own way; `_async_parts.py` is for `AsyncTorusConnect.session`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal

from ._open import checked_store, open_store
from ._protocol import AsyncSessionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect._credentials.session import Session

    from ._protocol import AsyncLogin, SessionStore

    Exchange = Callable[[Secret], Session]


def opened_store(given: object) -> SessionStore:
    """Return the store that `TorusConnect` was given: a URL or a sync store."""
    if isinstance(given, Secret | None):
        return open_store(given)
    store = checked_store(given)
    if isinstance(store, AsyncSessionStore):
        raise ConfigurationError("store is an async one: give it to AsyncTorusConnect")
    return store


def call_login(login: AsyncLogin) -> Secret | Unusable | None:
    """Ask the user for a request token."""
    given = login()
    if inspect.iscoroutine(given):
        given.close()
        raise ConfigurationError("login is async: give it to AsyncTorusConnect")
    return conceal(given)
