"""The two faces of the SDK: thin shells around one call and one engine each."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import weakref
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeVar

from .call import Call
from .checks import checked_request_token, checked_totp
from .errors import ClientClosed, TorusError
from .network import Network, conceal_paths
from .secret import Secret, conceal
from .settings import (
    DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_LOGIN_TIMEOUT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    DEFAULT_TOTAL_TIMEOUT,
    Settings,
    checked_base_url,
    checked_totp_base_url,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from .engines import AsyncEngine, Engine
    from .network import Path
    from .session import Session
    from .stores.obtain import AsyncLogin, Login
    from .stores.protocol import AsyncSessionStore, SessionStore

AnyEngine = TypeVar("AnyEngine", "Engine", "AsyncEngine")
EngineName = Literal["auto", "httpx", "pyreqwest"]


class _Lease(Generic[AnyEngine]):
    """An engine and how many calls are using it; whoever leaves a retired one last closes it."""

    __slots__ = ("calls", "engine", "loop", "retired")

    def __init__(self, engine: AnyEngine, loop: object) -> None:
        self.engine: AnyEngine = engine
        self.loop = loop
        self.calls = 0
        self.retired = False


class _Client(Generic[AnyEngine]):
    """What both faces share: checked settings, and one engine for each base URL, made when it is first needed."""

    __slots__ = ("__weakref__", "_closed", "_leases", "_lock", "_opened_store", "_pid", "_settings", "_store")

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        base_url: str | None = None,
        totp_base_url: str | None = None,
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
        engine: EngineName | None = None,
    ) -> None:
        kept: object = conceal(store) if isinstance(store, str) else store
        del store
        key, secret, url, via = conceal(api_key), conceal(api_secret), conceal(base_url), conceal(proxy)
        totp_url, cert = conceal(totp_base_url), conceal_paths(client_cert)
        # No frame of an error may hold them in the open.
        del api_key, api_secret, base_url, totp_base_url, proxy, client_cert
        where = checked_base_url(url)
        self._settings = Settings(
            api_key=key,
            api_secret=secret,
            base_url=where,
            totp_base_url=checked_totp_base_url(totp_url, where),
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
            engine=engine,
        )
        self._store = kept
        self._opened_store: AsyncSessionStore | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._leases: dict[str, _Lease[AnyEngine]] = {}
        self._pid = os.getpid()

    @property
    def login_url(self) -> str:
        """The page on which a user logs in: `/connect/login/<API key>` at the host of the base URL, not under its path.

        The redirect at its end carries the request token; `extract_request_token` reads it from there.
        """
        from .login import login_url  # noqa: PLC0415 - a room of its own

        return login_url(self._settings.base_url, self._settings.api_key)

    def _enter(self, base_url: str, loop: object) -> _Lease[AnyEngine]:
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
                lease = self._leases[base_url] = _Lease(self._new_engine(there), loop)
            lease.calls += 1
            return lease

    def _leave(self, lease: _Lease[AnyEngine]) -> bool:
        """End a call; return whether it is now the caller's task to close the engine."""
        with self._lock_here():
            lease.calls -= 1
            return lease.retired and not lease.calls

    def _retire(self) -> list[_Lease[AnyEngine]]:
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
            self._lock, self._leases = threading.Lock(), {}
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


class TorusConnect(_Client["Engine"]):
    """A client for one merchant and any number of users; safe to share between threads.

    All users go over one connection pool; no user's token is kept between calls. It works without `with`, too: call
    `close()` when done.

    What is tried again: only what cannot have been served. That is a connection that did not come about, a 429, and a
    503 with `Retry-After`; the wait is what the service asked for, else exponential backoff with full jitter. A request
    that may have been served is never sent again, and redirects are never followed.

    Args:
        api_key: the merchant's API key; else `TORUS_API_KEY`.
        api_secret: the merchant's API secret; else `TORUS_API_SECRET`. `generate_session` needs it, and nothing else.
        base_url: where the API is; else `TORUS_BASE_URL`, else the production server of the spec. `https://`, but for
            a loopback address.
        totp_base_url: where `generate_session_with_totp` goes; else `TORUS_TOTP_BASE_URL`. Where neither is given, it
            follows from the base URL: from production, the server that the spec has for this operation
            (`https://oapi-cug.torusdigital.com/api/v1`); from anywhere else, the same.
        timeout: seconds for one attempt, from connecting to the last byte of the reply.
        connect_timeout: seconds of these for connecting, TLS included.
        total_timeout: seconds for the whole call, all attempts and the waits between them.
        max_retries: how often, at the most, a call is tried again; 0 to 10.
        ca_file: a PEM file with the certificates to trust instead of the usual ones; else `TORUS_CA_FILE`.
        client_cert: for mutual TLS: a PEM file with certificate and key, or a tuple of certificate file, key file and,
            where the key is encrypted, its password.
        ssl_context: a ready context instead of both; it must verify certificates and host names.
        proxy: the URL of an HTTP proxy, `http://user:password@host:port`.
        trust_env: whether a proxy is taken from the environment (`HTTPS_PROXY`, `ALL_PROXY`, but for `NO_PROXY`).
        local_address: the IP address of this machine to connect from, where the broker has whitelisted one.
        store: where `session` keeps sessions: a URL (`memory:`, `file:[PATH]`, `keyring:[SERVICE]` with the extra
            `keyring`, `redis://HOST` or `rediss://HOST` with the extra `redis`) or a store, which you close yourself;
            else `TORUS_SESSION_STORE`, else files in this user's state folder. It is opened when it is first needed.
        engine: what puts the calls on the wire: `httpx`, `pyreqwest` (the extra `fast`), or `auto`, which takes
            pyreqwest where it is installed and can do what is asked of it; else `TORUS_ENGINE`, else `auto`.
            pyreqwest trusts the certificates of the system, httpx those of certifi; with `ca_file`, `client_cert` or
            `ssl_context`, and in a fork of a process that used pyreqwest, only httpx can be used.

    Raises:
        ConfigurationError: an argument or its environment variable is missing or malformed.
    """

    __slots__ = ()

    def generate_session(self, request_token: str) -> Session:
        """Trade the request token of one user's login for an access token (operation `generateSession`).

        Args:
            request_token: as it came with the redirect after the login; white space around it is dropped.

        Returns:
            The session, which holds the access token.

        Raises:
            ConfigurationError: the request token is malformed, or there is no API secret; nothing was sent.
            ClientClosed: the client was closed before; nothing was sent.
            ConnectionFailed: no connection came about; nothing was sent.
            ReplyLost: the request was sent, and no whole reply came back.
            MalformedReply: the reply is a success that cannot be used.
            APIStatusError: the service answered with another status; the subclass says which.
        """
        token = conceal(request_token)
        del request_token  # no frame of an error may hold it in the open
        return self._trade(Call.with_request_token(self._settings, checked_request_token(token)))

    def generate_session_with_totp(self, totp: str) -> Session:
        """Trade a code of one user's authenticator app for an access token (operation `generateSessionWithTotp`).

        No API secret and no request token goes with it. The service documents one server for this operation, which is
        not the production server: see `totp_base_url`. `torus_connect.totp` makes a code of an authenticator's secret.

        Args:
            totp: the code that is shown now, 6 to 8 digits; blanks do not count. Take each code once.

        Returns:
            The session, which holds the access token.

        Raises:
            ConfigurationError: the code is malformed; nothing was sent.
            TorusError: otherwise as for `generate_session`; what is said there of the request token holds for the code.
        """
        code = conceal(totp)
        del totp
        return self._trade(Call.with_totp(self._settings, checked_totp(code)))

    def _trade(self, call: Call) -> Session:
        lease = self._enter(call.base_url, None)
        try:
            while True:
                try:
                    return call.succeed(lease.engine.send(call.request, call.begin()))
                except TorusError as error:
                    wait = call.wait_after(error)
                    if wait is None:
                        raise
                time.sleep(wait)
        finally:
            if self._leave(lease):
                lease.engine.close()

    def session(
        self,
        user: str = "default",
        *,
        login: Login | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,
        instead_of: Session | None = None,
    ) -> Session:
        """Return the kept session of a user, if it is good; else log him in, once for all who ask, and keep it.

        One caller at a time, of all that share the store, calls `login` and trades its request token; the others wait
        for that one. Where an earlier login was cut off between sending the request token and keeping the session, the
        logger `torus_connect` says so, as a warning, before `login` is called again.

        Args:
            user: a name of your choice for the user.
            login: called where there is no good session; it returns a request token, or the URL of the redirect.
            timeout: seconds to wait for somebody else's login.
            instead_of: a session that the service does not accept any more; it does not count as good.

        Raises:
            LoginNeeded: there is no good session, and no `login`.
            LoginPending: somebody else is logging the user in, and has not finished in time.
            StoreError: the store cannot be used; nothing was sent.
            SessionNotKept: the login succeeded, and the session could not be kept; it is in `error.session`.
            TorusError: what `generate_session` raises.
        """
        from .stores.faces import session_for_threads, store_for_threads  # noqa: PLC0415 - a room of its own
        from .stores.obtain import Wish  # noqa: PLC0415

        wish = Wish(self._settings, user, login, timeout, instead_of)
        return session_for_threads(wish, self._sessions(store_for_threads), self.generate_session)

    def close(self) -> None:
        """Refuse further calls, which then raise `ClientClosed`, and close the pool.

        Calls that are under way in other threads are finished; the last of them closes the pool. Closing again does
        nothing.
        """
        leases, store = self._retire(), self._own_store()
        for lease in leases:
            lease.engine.close()
        if store:
            from .stores.adapter import finish  # noqa: PLC0415 - loaded with the store

            finish(store.aclose())

    def _new_engine(self, network: Network) -> Engine:
        from .engines.choice import engine_for_threads  # noqa: PLC0415 - loaded with the first call

        engine = engine_for_threads(self._settings, network)
        # For whoever neither closes nor uses `with`: Python warns of sockets that are left open.
        weakref.finalize(self, _close_in, os.getpid(), engine)
        return engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncTorusConnect(_Client["AsyncEngine"]):
    """`TorusConnect` with `await`; safe to share between the tasks of one event loop. Arguments and errors are its."""

    __slots__ = ()

    async def generate_session(self, request_token: str) -> Session:
        """Trade the request token of one user's login for an access token; see `TorusConnect.generate_session`.

        A call that is cancelled may have been served: the request token may be spent.
        """
        token = conceal(request_token)
        del request_token
        return await self._trade(Call.with_request_token(self._settings, checked_request_token(token)))

    async def generate_session_with_totp(self, totp: str) -> Session:
        """Trade a code of one user's authenticator app for an access token.

        See `TorusConnect.generate_session_with_totp`. A call that is cancelled may have been served: the code may be
        spent.
        """
        code = conceal(totp)
        del totp
        return await self._trade(Call.with_totp(self._settings, checked_totp(code)))

    async def _trade(self, call: Call) -> Session:
        lease = self._enter(call.base_url, asyncio.get_running_loop())
        try:
            while True:
                try:
                    return call.succeed(await lease.engine.send(call.request, call.begin()))
                except TorusError as error:
                    wait = call.wait_after(error)
                    if wait is None:
                        raise
                await asyncio.sleep(wait)
        finally:
            if self._leave(lease):
                await lease.engine.aclose()

    async def session(
        self,
        user: str = "default",
        *,
        login: AsyncLogin | None = None,
        timeout: float = DEFAULT_LOGIN_TIMEOUT,  # noqa: ASYNC109 - how long to wait for others, not for all of it
        instead_of: Session | None = None,
    ) -> Session:
        """Return the kept session of a user, else log him in; see `TorusConnect.session`.

        `login` may be `async`. One that is not is called in a thread of its own.
        """
        from .stores.faces import session_for_tasks, store_for_tasks  # noqa: PLC0415 - as above
        from .stores.obtain import Wish  # noqa: PLC0415

        wish = Wish(self._settings, user, login, timeout, instead_of)
        return await session_for_tasks(wish, self._sessions(store_for_tasks), self.generate_session)

    async def aclose(self) -> None:
        """Refuse further calls and close the pool; calls under way are finished. See `TorusConnect.close`."""
        leases, store = self._retire(), self._own_store()
        async with AsyncExitStack() as closing:  # whoever is cancelled here closes all of them the same
            if store:
                closing.push_async_callback(store.aclose)
            for lease in leases:
                if lease.loop is asyncio.get_running_loop():
                    closing.push_async_callback(lease.engine.aclose)

    def _new_engine(self, network: Network) -> AsyncEngine:
        from .engines.choice import engine_for_tasks  # noqa: PLC0415 - as above

        return engine_for_tasks(self._settings, network)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _close_in(pid: int, engine: Engine) -> None:
    if pid == os.getpid():
        engine.close()
