"""The access token in account calls: an `httpx` auth that sends it to the API it is for, and nowhere else."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import cache
from http import HTTPStatus

import httpx

from .checks import checked_text, is_sendable
from .errors import ConfigurationError, RedirectedElsewhere, SessionExpired, WrongOrigin
from .renewal import Renewal
from .secret import Unusable, conceal
from .session import Session
from .settings import checked_place

Origin = tuple[str, bytes, int | None]
"""Scheme, host, and port where it is not the usual one."""
Hook = Callable[[Session], Session | None] | Callable[[Session], Awaitable[Session | None]]


class SessionAuth(httpx.Auth):
    """What `Session.auth` returns; safe to share between clients, threads and tasks.

    A redirect is followed only where the `httpx` client says so; httpx takes the token away where one leads to another
    place, and this class raises `RedirectedElsewhere` in the place of what was answered there. The one redirect where
    httpx would not, from `http://` on port 80 to `https://` on port 443, cannot come: no auth is made for the former.

    `on_expired` runs one at a time, whichever threads, tasks and event loops share this auth. Whoever else needs it
    meanwhile waits, a task without holding up its event loop, and shares what comes of it: the session that it
    returned, that it returned none, or what it raised. Whoever comes after that calls it anew; so does one of those who
    wait, where it was interrupted or its task was cancelled. A hook that is not `async` runs where the account call is
    made: with `httpx.AsyncClient`, it holds up the event loop while it works.

    Raises:
        SessionExpired: from a call: the session is over, and the hook (if any) yields no other.
        WrongOrigin: from a call: the URL is at none of the session's origins.
        RedirectedElsewhere: from a call: it was redirected to such a URL.
        ConfigurationError: from a call: the hook returned something else than a session or `None`; or the call is made
            by the hook itself, and would wait for it forever. That is found out at once in the hook, in its tasks, in
            `asyncio.to_thread`, and in a thread that the hook waits for by `join` or by `result` of a future; in any
            other thread, after 300 seconds, for which nobody waits longer.
    """

    def __init__(self, session: Session, on_expired: Hook | None) -> None:
        if on_expired is not None and not callable(on_expired):
            raise ConfigurationError(f"on_expired must be callable, not {type(on_expired).__name__}")
        _origins_of(session)
        self._session = session
        self._on_expired = on_expired
        self._renewals: dict[object, Renewal] = {}

    @property
    def session(self) -> Session:
        """The session whose token is sent: the first one, or the last one that the hook returned."""
        return self._session

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request with the token; once more where it is answered 401 and the hook yields a new session."""
        if self._on_expired:
            request.read()  # what is sent once more must still be there
        session = self._session
        if session.is_expired():
            session = self._renewed(session) or _no_other()
        response = yield self._authorized(request, session)
        if self._is_rejected(response) and self._on_expired:
            newer = self._renewed(session)
            if newer:
                _check((yield self._authorized(request, newer)))

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do as `sync_auth_flow` does."""
        if self._on_expired:
            await request.aread()
        session = self._session
        if session.is_expired():
            session = await self._renewed_async(session) or _no_other()
        response = yield self._authorized(request, session)
        if self._is_rejected(response) and self._on_expired:
            newer = await self._renewed_async(session)
            if newer:
                _check((yield self._authorized(request, newer)))

    def _renewed(self, old: Session) -> Session | None:
        renewal = Renewal(self._renewals)
        with renewal, renewal:
            for pause in renewal.pauses(blocking=True):
                time.sleep(pause)
            if self._on_expired and self._session is old and renewal.is_held():
                with renewal.at_work():
                    self._take(_hidden(self._on_expired(old)))
            return self._newer_than(old)

    async def _renewed_async(self, old: Session) -> Session | None:
        renewal = Renewal(self._renewals)
        # No `async with`, whose end is not heard of where a task is thrown away.
        with renewal, renewal:
            for pause in renewal.pauses(blocking=False):
                await asyncio.sleep(pause)
            if self._on_expired and self._session is old and renewal.is_held():
                with renewal.at_work():
                    got = _hidden(self._on_expired(old))
                    self._take(_hidden(await got) if isinstance(got, Awaitable) else got)
            return self._newer_than(old)

    def _take(self, got: Session | Awaitable[object] | Unusable | None) -> None:
        if got is None:
            return
        if inspect.iscoroutine(got):
            got.close()
            raise ConfigurationError("on_expired is async: use it with httpx.AsyncClient")
        if not isinstance(got, Session):
            kind = got.type_name if isinstance(got, Unusable) else type(got).__name__
            raise ConfigurationError(f"on_expired must return a Session or None, not {kind}")
        if not _origins_of(got) & _origins_of(self._session):
            raise ConfigurationError("on_expired returned a session for another API: its token may go elsewhere only")
        self._session = got

    def _newer_than(self, old: Session) -> Session | None:
        new = self._session
        return None if new.access_token == old.access_token or new.is_expired() else new

    def _authorized(self, request: httpx.Request, session: Session) -> httpx.Request:
        if _origin(request.url) not in _origins_of(session):
            raise WrongOrigin(
                "The access token is not for the scheme, host and port of this account call; it may go to "
                + ", ".join(session.origins)
            )
        request.headers["Authorization"] = session.authorization
        return request

    def _is_rejected(self, response: httpx.Response) -> bool:
        _check(response)
        # Behind a redirect, the request itself was accepted: an order is not to be placed a second time.
        return response.status_code == HTTPStatus.UNAUTHORIZED and not response.history


def _check(response: httpx.Response) -> None:
    places = {_origin(each.request.url) for each in (*response.history, response)}
    if len(places) > 1:  # to another origin of the session, too: httpx leaves the token behind
        raise RedirectedElsewhere("The account call was redirected away from the API that the access token is for")


def _hidden(got: object) -> Session | Awaitable[object] | Unusable | None:
    """Return what a hook returned; of what is no session, which may be a bare token, the type only."""
    return got if isinstance(got, Session | Awaitable | None) else Unusable(got)


def _no_other() -> Session:
    raise SessionExpired("The session has expired")


def _origins_of(session: Session) -> frozenset[Origin]:
    """Return to which origins the token of a session may go.

    Raises:
        ConfigurationError: there is none, or one of them is not safe; or no header can carry the token.
    """
    if not is_sendable(session.access_token):
        raise ConfigurationError("access_token of the session is empty, or holds what no header may hold")
    if not session.origins and session.base_url is not None:
        name = "base_url of the session"
        checked_place(name, checked_text(name, conceal(session.base_url)))  # says what is wrong with it
    if not session.origins:
        raise ConfigurationError("base_url of the session is missing: where its token may be sent is not known")
    return _parsed(session.origins)


@cache
def _parsed(origins: tuple[str, ...]) -> frozenset[Origin]:
    found = frozenset(_origin(httpx.URL(origin)) for origin in origins)
    if any(scheme == "http" and port is None for scheme, _, port in found):
        # Where such an account call is redirected to https:// on port 443 of the host, httpx sends the token along.
        raise ConfigurationError("an origin of the session is http:// on port 80: use another port, or https://")
    return found


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.raw_host, url.port
