"""What the two clients share: checked settings, and a connection pool for each base URL, made when it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, Self, TypeVar

from ._config import settings
from ._transport.network import Network
from ._transport.tls_context import Path, conceal_paths
from .errors import ClientClosed
from .secret import Secret, conceal, half_built_too

if TYPE_CHECKING:
    import ssl

    from ._transport.async_pool import AsyncConnectionPool
    from ._transport.sync_io import PoolKey
    from ._transport.sync_pool import ConnectionPool
    from .stores._protocol import AsyncSessionStore, SessionStore

AnyStore = TypeVar("AnyStore")
AnyPool = TypeVar("AnyPool", "ConnectionPool", "AsyncConnectionPool")

_OF_SESSION = "of the Session that generate_session or session returns"
_INSTEAD = {
    "access_token": f"it is access_token {_OF_SESSION}",
    "auth": f"it is auth() {_OF_SESSION}",
    "login": "a user logs in at login_url; session(login=...) returns the stored session, or makes one",
    "token": f"it is access_token {_OF_SESSION}",
}


class Guided:
    """A class whose arguments all have names and defaults, and whose objects are neither copied nor pickled.

    It stands apart from the clients, whose signature is that of their `__init__`.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __new__(cls, /, *values: object, **options: object) -> Self:
            unnamed, names = len(values), list(options)
            del values, options  # no frame of an error may hold them in the open
            if cls.__init__.__module__.startswith("torus_connect."):  # a subclass may have arguments of its own
                known = cls.__init__.__kwdefaults__
                unknown = [name for name in names if name not in known]
                if unnamed:
                    example = f"{cls.__name__}(api_key=..., api_secret=...)"
                    raise TypeError(f"{cls.__name__} takes its arguments by name: {example}")
                if unknown:
                    raise TypeError(f"{cls.__name__} has no argument {unknown[0]!r}: it has {', '.join(known)}")
            return super().__new__(cls)

        def __getattr__(self, name: str) -> NoReturn:
            instead = f": {_INSTEAD[name]}" if name in _INSTEAD else ""
            msg = f"{type(self).__name__!r} object has no attribute {name!r}{instead}"
            raise AttributeError(msg, name=name, obj=self)

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        shared = "threads and tasks share one, and each process makes its own"
        raise TypeError(f"{type(self).__name__} is neither copied nor pickled: {shared}")


class ClientBase(Guided, Generic[AnyPool]):
    """What the two clients share: checked settings, and a connection pool for each base URL, made when it is needed."""

    __slots__ = (
        "__weakref__",
        "_closed",
        "_limiter",
        "_lock",
        "_network",
        "_opened_store",
        "_pid",
        "_pools",
        "_settings",
        "_store",
    )

    _new_pool: type[AnyPool]

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        base_url: str | None = None,
        totp_base_url: str | None = None,
        account_base_url: str | None = None,
        day_ends: str | None = None,
        timeout: float = settings.DEFAULT_TIMEOUT,
        connect_timeout: float = settings.DEFAULT_CONNECT_TIMEOUT,
        total_timeout: float = settings.DEFAULT_TOTAL_TIMEOUT,
        max_retries: int = settings.DEFAULT_MAX_RETRIES,
        ca_file: Path | None = None,
        client_cert: Path | tuple[Path, Path] | tuple[Path, Path, str] | None = None,
        ssl_context: ssl.SSLContext | None = None,
        trust: Literal["system", "certifi"] | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        local_address: str | None = None,
        share_connections: bool = False,
        store: str | SessionStore | AsyncSessionStore | None = None,
        calls_per_second: float | None = None,
        limit_store: str | None = None,
    ) -> None:
        self._store: object = conceal(store) if isinstance(store, str) else store
        key, secret, url, via = conceal(api_key), conceal(api_secret), conceal(base_url), conceal(proxy)
        totp_url, account_url = conceal(totp_base_url), conceal(account_base_url)
        cert, limit_url = conceal_paths(client_cert), conceal(limit_store)
        # No frame of an error may hold them in the open.
        del api_key, api_secret, base_url, totp_base_url, account_base_url, proxy, client_cert, store, limit_store
        where = settings.checked_base_url(url)
        self._settings = settings.Settings(
            api_key=key,
            api_secret=secret,
            base_url=where,
            totp_base_url=settings.checked_totp_base_url(totp_url, where),
            account_base_url=settings.checked_account_base_url(account_url),
            day_ends=conceal(day_ends),
            timeout=timeout,
            connect_timeout=connect_timeout,
            total_timeout=total_timeout,
            max_retries=max_retries,
            share_connections=share_connections,
        )
        self._network = Network(
            where,
            ca_file=conceal_paths(ca_file),
            client_cert=cert,
            ssl_context=ssl_context,
            trust=trust,
            proxy=via,
            trust_env=trust_env,
            local_address=conceal(local_address),
        )
        self._limiter = None
        if calls_per_second is not None or limit_url is not None:
            from ._limiter import Limiter  # noqa: PLC0415 - few clients have one

            self._limiter = Limiter(calls_per_second, limit_url, self._settings.api_key)
        self._opened_store: Any = None
        self._lock = RLock()
        self._closed = False
        self._pools: dict[PoolKey, AnyPool] = {}
        self._pid = os.getpid()

    @property
    def login_url(self) -> str:
        """The page on which a user logs in: `/connect/login/<API key>` at the host of the base URL, not under its path.

        The redirect at its end carries the request token; `extract_request_token` reads it from there.
        """
        from ._login.redirect import login_url  # noqa: PLC0415 - few callers need it

        return login_url(self._settings.base_url, self._settings.api_key)

    def _pool(self, key: PoolKey) -> AnyPool:
        """Return the pool for a base URL, this process and an event loop, made when it is first needed.

        A signal handler may interrupt at any step, and use the client or close it. So the lock is re-entrant, only
        making a pool needs it, and closing does without it.

        Raises:
            ClientClosed: the client was closed.
        """
        lock = self._lock_here()
        if self._closed:
            raise ClientClosed(f"This {type(self).__name__} is closed")
        pool = self._pools.get(key)
        if pool is None:
            with lock:
                network = self._network if key[0] == self._settings.base_url else self._network.to(key[0])
                pool = self._pools.get(key) or self._new_pool(network, connect_timeout=self._settings.connect_timeout)
                pool = self._pools.setdefault(key, pool)
            for base_url, loop in list(self._pools):
                if loop and loop.is_closed():
                    self._pools.pop((base_url, loop), None)
            pool.closed = self._closed
        return pool

    def _retire(self) -> tuple[dict[PoolKey, AnyPool], Any]:
        """Refuse further calls; return what is to be closed: the pools, and the store if it was opened here.

        Calls under way are finished. Callers close the stores that they pass in.
        """
        self._lock_here()
        self._closed = True
        pools, store, self._pools, self._opened_store = self._pools, self._opened_store, {}, None
        return pools, store if isinstance(self._store, Secret | None) else None

    def _session_store(self, opened: Callable[[object], AnyStore]) -> AnyStore:
        """Return the store, opened when it is first needed."""
        with self._lock_here():
            if self._closed:
                raise ClientClosed(f"This {type(self).__name__} is closed")
            if self._opened_store is None:
                new = opened(self._store)
                self._opened_store = self._opened_store or new  # a signal handler may have come in between
            store: AnyStore = self._opened_store
            return store

    def _lock_here(self) -> RLock:
        """Return the lock of this process.

        A fork copies a lock as it is, and it may be held by a thread that is not there any more; the connections of
        the parent are the parent's.
        """
        if self._pid != os.getpid():
            self._lock, self._pools, self._pid = RLock(), {}, os.getpid()
        return self._lock

    @half_built_too
    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__} {self._settings.base_url} {state}>"
