"""The two faces of the SDK: thin shells around one exchange and one engine each."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from .errors import ClientClosed
from .exchange import session_from, session_request
from .secret import conceal
from .settings import DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, Settings, checked_request_token

if TYPE_CHECKING:
    from .engines import AsyncEngine, Engine
    from .session import Session

AnyEngine = TypeVar("AnyEngine", "Engine", "AsyncEngine")


class _Client(Generic[AnyEngine]):
    """What both faces share: checked settings, and one engine, made when it is first needed."""

    __slots__ = ("__weakref__", "_closed", "_engine", "_lock", "_loop", "_pid", "_settings")

    def __init__(
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
    ) -> None:
        key, secret, url = conceal(api_key), conceal(api_secret), conceal(base_url)
        del api_key, api_secret, base_url  # no frame of an error may hold them in the open
        self._settings = Settings(
            api_key=key, api_secret=secret, base_url=url, timeout=timeout, connect_timeout=connect_timeout
        )
        self._lock = threading.Lock()
        self._closed = False
        self._engine: AnyEngine | None = None
        self._pid = os.getpid()
        self._loop: object = None

    def _engine_for(self, loop: object) -> AnyEngine:
        """Return the engine of this process and this event loop: its connections are of no use to any other.

        Another one gets an engine of its own. The old one is not closed: its connections belong elsewhere, or are dead.
        """
        if self._pid != os.getpid():
            # A fork copies the lock as it is, and it may be held by a thread that is not there any more.
            self._pid, self._lock, self._engine = os.getpid(), threading.Lock(), None
        with self._lock:
            if self._closed:
                raise ClientClosed(f"This {type(self).__name__} is closed")
            if self._engine is None or self._loop is not loop:
                self._engine, self._loop = self._new_engine(), loop
            return self._engine

    def _end(self) -> AnyEngine | None:
        """Refuse further calls; return the engine that is left to close."""
        with self._lock:
            engine, self._engine, self._closed = self._engine, None, True
        return engine if self._pid == os.getpid() else None

    def _new_engine(self) -> AnyEngine:
        raise NotImplementedError

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__} {self._settings.base_url} {state}>"


class TorusConnect(_Client["Engine"]):
    """A client for one merchant and any number of users; safe to share between threads.

    All users go over one connection pool; no user's token is kept between calls. It works without `with`, too: call
    `close()` when done. A request is sent once: it is never repeated, and redirects are never followed.

    Args:
        api_key: the merchant's API key; else `TORUS_API_KEY`.
        api_secret: the merchant's API secret; else `TORUS_API_SECRET`.
        base_url: where the API is; else `TORUS_BASE_URL`, else the production server of the spec. `https://`, but for
            a loopback address.
        timeout: seconds for one attempt, from connecting to the last byte of the reply.
        connect_timeout: seconds of these for connecting, TLS included.

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
            ConfigurationError: the request token is malformed; nothing was sent.
            ClientClosed: the client was closed before; nothing was sent.
            ConnectionFailed: no connection came about; nothing was sent.
            ReplyLost: the request was sent, and no whole reply came back.
            MalformedReply: the reply is a success that cannot be used.
            APIStatusError: the service answered with another status; the subclass says which.
        """
        token = conceal(request_token)
        del request_token  # no frame of an error may hold it in the open
        request = session_request(self._settings, checked_request_token(token))
        return session_from(self._engine_for(None).send(request))

    def close(self) -> None:
        """Close the pool. Further calls raise `ClientClosed`; closing again does nothing."""
        engine = self._end()
        if engine is not None:
            engine.close()

    def _new_engine(self) -> Engine:
        from .engines.httpx_sync import HttpxEngine  # noqa: PLC0415 - httpx is loaded when it is needed

        engine = HttpxEngine(self._settings)
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
        request = session_request(self._settings, checked_request_token(token))
        return session_from(await self._engine_for(asyncio.get_running_loop()).send(request))

    async def aclose(self) -> None:
        """Close the pool. Further calls raise `ClientClosed`; closing again does nothing."""
        engine = self._end()
        if engine is not None and self._loop is asyncio.get_running_loop():
            await engine.aclose()

    def _new_engine(self) -> AsyncEngine:
        from .engines.httpx_async import AsyncHttpxEngine  # noqa: PLC0415 - as above

        return AsyncHttpxEngine(self._settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _close_in(pid: int, engine: Engine) -> None:
    if pid == os.getpid():
        engine.close()
