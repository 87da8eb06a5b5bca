# Made from async_commands.py by tools/unasync.py: do not edit.
"""The connections to a Redis of one process or event loop, and commands over them."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from torus_connect.secret import Secret, half_built_too
from torus_connect.stores._errors import StoreError
from torus_connect.stores._sync_parts import BREAKS_A_POOL, owner_of_connections

from .settings import redis_settings

_ONCE_MORE = [redis.exceptions.ConnectionError]
"""What is tried once more: a connection that broke, not a server that is slow. Every command here may run twice."""


class RedisCommands:
    """Runs commands on the Redis of a URL; see `RedisStore`."""

    def __init__(self, url: Secret) -> None:
        self._settings = redis_settings(url)
        self._clients: dict[object, Any] = {}  # redis-py 5 has no types for the pool
        self._replies = itertools.count()

    def close(self) -> None:
        """See `SessionStore`."""
        client = self._clients.pop(owner_of_connections(), None)
        if client is not None:
            client.connection_pool.disconnect()

    @half_built_too
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.name}>"

    def nonsense(self) -> StoreError:
        """Return the error for a reply of something else."""
        return StoreError(f"{self._settings.name} answered what no Redis would")

    def command(self, *command: str | bytes | int) -> object:
        """Run a command; what broke with its connection is run once more.

        Raises:
            StoreError: the server failed.
        """
        owner = owner_of_connections()
        client = self._clients.get(owner)
        if client is None:
            self._clients.clear()
            client = self._clients.setdefault(owner, self._new_client())
        try:
            reply = client.execute_command(*command)
        except Exception as exc:  # noqa: BLE001 - of what is no reply of a Redis, the library makes whatever it does
            failed = self._settings.failure(exc)
        except BREAKS_A_POOL:
            self._clients.clear()
            raise
        else:
            if next(self._replies) == 0:
                with suppress(StoreError):  # this user may not ask, or the server has gone: the next command says so
                    self._settings.warn_if_it_forgets(self.command("INFO", "memory"))
            return reply
        raise StoreError(failed)

    def _new_client(self) -> Any:  # noqa: ANN401 - redis-py 5 has no types for it
        settings = self._settings
        tls = {"ssl_ca_certs": str(settings.ca_file)} if settings.ca_file else {}
        pool: Any = redis.BlockingConnectionPool
        return redis.Redis(
            connection_pool=pool.from_url(
                settings.url,
                max_connections=settings.connections,
                timeout=settings.timeout,
                socket_timeout=settings.timeout,
                socket_connect_timeout=settings.timeout,
                protocol=2,
                retry=Retry(NoBackoff(), 1, (*_ONCE_MORE,)),
                retry_on_error=_ONCE_MORE,  # of a `Retry` alone, redis-py 5 takes no notice everywhere
                **tls,
            )
        )
