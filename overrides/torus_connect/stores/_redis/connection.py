"""Commands to a Redis, by redis-py: for threads, and for tasks. Its exceptions become ours here."""

from __future__ import annotations

import asyncio
import inspect
import os
from threading import Lock
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
)
from redis.retry import Retry

from torus_connect._transport.event_loop import running_loop
from torus_connect.stores._errors import StoreError

if TYPE_CHECKING:
    from .url import Place

_ONCE_MORE = (redis.exceptions.ConnectionError,)
"""What is tried once more: a connection that broke, not a server that is slow. Every command here may run twice."""


class ThreadWire:
    """See `Wire`. Never waits for an event loop; a child process gets connections of its own."""

    __slots__ = ("_client", "_lock", "_pid", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self._client: Any = None
        self._lock = Lock()
        self._pid = os.getpid()

    async def call(self, *command: str | bytes | int) -> object:
        """See `Wire`."""
        try:
            return self._here().execute_command(*command)
        except Exception as exc:  # noqa: BLE001 - of what is no reply of a Redis, the library makes whatever it does
            failed = _told(exc, self.place)
        except BaseException:
            self._client = None  # an interrupt may have left its pool without a connection, or locked
            raise
        raise StoreError(failed)

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        with self._lock_here():
            client, self._client = self._client, None
        if client is not None:
            client.connection_pool.disconnect()

    def _here(self) -> Any:  # noqa: ANN401 - it has no types
        with self._lock_here():
            if self._client is None:
                kind = redis.SSLConnection if self.place.tls else redis.Connection
                pool: Any = redis.BlockingConnectionPool
                options = {**_options(self.place), **_nameless(kind)}
                retry = Retry(NoBackoff(), 1, _ONCE_MORE)
                self._client = redis.Redis(connection_pool=pool(connection_class=kind, retry=retry, **options))
            return self._client

    def _lock_here(self) -> Lock:
        if self._pid != os.getpid():  # a fork copies a lock as it is, and connections that are the parent's
            self._lock, self._client, self._pid = Lock(), None, os.getpid()
        return self._lock


class TaskWire:
    """See `Wire`. Each event loop gets connections of its own."""

    __slots__ = ("_client", "_loop", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self._loop: object = None
        self._client: Any = None

    async def call(self, *command: str | bytes | int) -> object:
        """See `Wire`."""
        running_loop()
        try:
            return await self._here().execute_command(*command)
        except Exception as exc:  # noqa: BLE001 - as above
            failed = _told(exc, self.place)
        raise StoreError(failed)

    async def aclose(self) -> None:
        """Close the connections of this event loop; the next call makes new ones."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.connection_pool.disconnect()

    def _here(self) -> Any:  # noqa: ANN401 - as above
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            kind = redis.asyncio.SSLConnection if self.place.tls else redis.asyncio.Connection
            options = {**_options(self.place), **_nameless(kind)}
            retry = AsyncRetry(NoBackoff(), 1, _ONCE_MORE)
            pool = redis.asyncio.BlockingConnectionPool(connection_class=kind, retry=retry, **options)
            self._client, self._loop = redis.asyncio.Redis(connection_pool=pool), loop
        return self._client


def _nameless(connection: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return what keeps redis-py from telling the server its name and version, for which a user may lack the right."""
    known = {name for each in connection.__mro__ for name in inspect.signature(each.__init__).parameters}
    return dict.fromkeys(("driver_info",) if "driver_info" in known else ("lib_name", "lib_version"))


def _options(place: Place) -> dict[str, Any]:
    given = {
        "max_connections": place.connections,
        "timeout": place.timeout,
        "host": place.host,
        "port": place.port,
        "db": place.db,
        "username": place.user,
        "password": place.password,
        "socket_timeout": place.timeout,
        "socket_connect_timeout": place.timeout,
        "protocol": 2,
        "retry_on_error": [*_ONCE_MORE],  # of a `Retry` alone, redis-py 5 takes no notice everywhere
    }
    if place.ca_file is not None:
        given["ssl_ca_certs"] = str(place.ca_file)
    return given


COMMANDS = "EVAL, TIME, GET, SET, DEL, HMGET, HSET, HDEL, PERSIST, PEXPIRE"
"""What a Redis user must be allowed to do; with INFO, too, a server that evicts is warned of."""
_MAY_NOT = f"does not let this user do what is needed: {COMMANDS} on torus-connect:*"
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (AuthenticationError, "does not accept the user or the password"),
    (AuthorizationError, "does not accept the user or the password"),
    (NoPermissionError, _MAY_NOT),
    (ReadOnlyError, "is a read-only replica: name the primary"),
    (OutOfMemoryError, "is full (its maxmemory)"),
    (BusyLoadingError, "is still loading its data"),
    (redis.exceptions.TimeoutError, "did not answer within {0.timeout:g} seconds"),
    (TimeoutError, "did not answer within {0.timeout:g} seconds"),
    (redis.exceptions.ConnectionError, "cannot be reached, or broke the connection off"),
    (OSError, "cannot be reached, or broke the connection off"),
)

_DENIED_IN_A_SCRIPT = ("ACL failure in script", "executing the script can't run this command")
"""What Redis 7 and 6 say where a user may call a script, and not what the script calls."""


def _told(exc: Exception, place: Place) -> str:
    """Return what went wrong in our words: the library's may repeat what was sent."""
    if str(exc).startswith("No connection available"):  # of a pool; it has no class of its own
        return f"{place}: all {place.connections} connections were in use for {place.timeout:g} seconds"
    if any(words in str(exc) for words in _DENIED_IN_A_SCRIPT):
        return f"{place} {_MAY_NOT}"
    for kind, words in _WORDS:
        if isinstance(exc, kind):
            return f"{place} {words.format(place)}"
    return f"{place} cannot be used: {type(exc).__name__}"
