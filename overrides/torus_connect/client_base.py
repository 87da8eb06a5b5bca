"""What both faces share: checked settings, and one engine for each base URL, made when it is first needed."""

from __future__ import annotations

import os
from _thread import allocate_lock  # it is `threading.Lock`; the rest of `threading` need not be loaded

from .errors import ClientClosed
from .network import Network, conceal_paths
from .secret import Secret, conceal
from .settings import (
    DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    DEFAULT_TOTAL_TIMEOUT,
    Settings,
    checked_account_base_url,
    checked_base_url,
    checked_totp_base_url,
)

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    import ssl
    import threading
    from collections.abc import Callable
    from typing import Generic, TypeVar

    from .engines.tasks import AsyncEngine
    from .engines.threads import Engine
    from .network import Path
    from .stores.protocol import AsyncSessionStore, SessionStore

    AnyEngine = TypeVar("AnyEngine", Engine, AsyncEngine)

    class _ForEngine(Generic[AnyEngine]):
        __slots__ = ()

else:

    class _ForEngine:
        """`typing.Generic`, as far as it is needed where there are no types."""

        __slots__ = ()

        def __class_getitem__(cls, _engine: object) -> type:
            return cls


class Lease(_ForEngine["AnyEngine"]):
    """An engine and how many calls are using it; whoever leaves a retired one last closes it."""

    __slots__ = ("calls", "engine", "loop", "retired")

    def __init__(self, engine: AnyEngine, loop: object) -> None:
        self.engine: AnyEngine = engine
        self.loop = loop
        self.calls = 0
        self.retired = False


class ClientBase(_ForEngine["AnyEngine"]):
    """What both faces share: checked settings, and one engine for each base URL, made when it is first needed."""

    __slots__ = ("__weakref__", "_closed", "_leases", "_lock", "_opened_store", "_pid", "_settings", "_store")

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        base_url: str | None = None,
        totp_base_url: str | None = None,
        account_base_url: str | None = None,
        day_ends: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
        total_timeout: float = DEFAULT_TOTAL_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        ca_file: Path | None = None,
        client_cert: Path | tuple[Path, Path] | tuple[Path, Path, str] | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        local_address: str | None = None,
        store: str | SessionStore | AsyncSessionStore | None = None,
    ) -> None:
        kept: object = conceal(store) if isinstance(store, str) else store
        del store
        key, secret, url, via = conceal(api_key), conceal(api_secret), conceal(base_url), conceal(proxy)
        totp_url, account_url = conceal(totp_base_url), conceal(account_base_url)
        cert = conceal_paths(client_cert)
        # No frame of an error may hold them in the open.
        del api_key, api_secret, base_url, totp_base_url, account_base_url, proxy, client_cert
        where = checked_base_url(url)
        self._settings = Settings(
            api_key=key,
            api_secret=secret,
            base_url=where,
            totp_base_url=checked_totp_base_url(totp_url, where),
            account_base_url=checked_account_base_url(account_url),
            day_ends=conceal(day_ends),
            network=Network(
                where,
                ca_file=conceal_paths(ca_file),
                client_cert=cert,
                ssl_context=ssl_context,
                proxy=via,
                trust_env=trust_env,
                local_address=conceal(local_address),
            ),
            timeout=timeout,
            connect_timeout=connect_timeout,
            total_timeout=total_timeout,
            max_retries=max_retries,
        )
        self._store = kept
        self._opened_store: AsyncSessionStore | None = None
        self._lock = allocate_lock()
        self._closed = False
        self._leases: dict[str, Lease[AnyEngine]] = {}
        self._pid = os.getpid()

    @property
    def login_url(self) -> str:
        """The page on which a user logs in: `/connect/login/<API key>` at the host of the base URL, not under its path.

        The redirect at its end carries the request token; `extract_request_token` reads it from there.
        """
        from .login import login_url  # noqa: PLC0415 - a room of its own

        return login_url(self._settings.base_url, self._settings.api_key)

    def _enter(self, base_url: str, loop: object) -> Lease[AnyEngine]:
        """Begin a call on the engine of this place, process and event loop: connections are of no use to any other.

        Another one gets an engine of its own. The old one is not closed: its connections belong elsewhere, or are dead.
        """
        with self._lock_here():
            if self._closed:
                raise ClientClosed(f"This {type(self).__name__} is closed")
            lease = self._leases.get(base_url)
            if lease is None or lease.loop is not loop:
                network = self._settings.network
                there = network if base_url == self._settings.base_url else network.to(base_url)
                lease = self._leases[base_url] = Lease(self._new_engine(there), loop)
            lease.calls += 1
            return lease

    def _leave(self, lease: Lease[AnyEngine]) -> bool:
        """End a call; return whether it is now the caller's task to close the engine."""
        with self._lock_here():
            lease.calls -= 1
            return lease.retired and not lease.calls

    def _retire(self) -> list[Lease[AnyEngine]]:
        """Refuse further calls; return the engines where no call is left that would close them."""
        with self._lock_here():
            leases = list(self._leases.values())
            self._leases, self._closed = {}, True
            for lease in leases:
                lease.retired = True
            return [lease for lease in leases if not lease.calls]

    def _sessions(self, opened: Callable[[object], AsyncSessionStore]) -> AsyncSessionStore:
        """Return the store, opened when it is first needed."""
        with self._lock_here():
            if self._closed:
                raise ClientClosed(f"This {type(self).__name__} is closed")
            if self._opened_store is None:
                self._opened_store = opened(self._store)
            return self._opened_store

    def _own_store(self) -> AsyncSessionStore | None:
        """Give up the store; return it where it was opened here: whoever brings one along closes it himself."""
        store, self._opened_store = self._opened_store, None
        return store if isinstance(self._store, Secret | None) else None

    def _lock_here(self) -> threading.Lock:
        """Return the lock of this process.

        A fork copies a lock as it is, and it may be held by a thread that is not there any more; the connections of
        the parent are the parent's.
        """
        if self._pid != os.getpid():
            self._lock, self._leases = allocate_lock(), {}
            self._pid = os.getpid()
        return self._lock

    def _new_engine(self, network: Network) -> AnyEngine:
        raise NotImplementedError

    def __repr__(self) -> str:
        # A debugger may ask while a constructor fails.
        if not hasattr(self, "_pid"):
            return f"<{type(self).__name__} not configured>"
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__} {self._settings.base_url} {state}>"
