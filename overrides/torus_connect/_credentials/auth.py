"""The access token in account calls that are made with `httpx`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from functools import cache
from http import HTTPStatus

import httpx

from torus_connect._credentials.session import Session
from torus_connect.errors import ConfigurationError, RedirectedElsewhere
from torus_connect.secret import half_built_too

from .access_token import AccessToken, Hook

Origin = tuple[str, bytes, int | None]
"""Scheme, host, and port where it is not the usual one."""


class SessionAuth(httpx.Auth):
    """What `Session.auth` returns; safe to share between clients, threads and tasks. For the hook, see `AccessToken`.

    A redirect is followed only where the `httpx` client says so; httpx takes the token away where one leads to another
    origin, and this class raises `RedirectedElsewhere` instead of returning that reply. The one redirect where
    httpx would not, from `http://` on port 80 to `https://` on port 443, cannot come: no auth is made for the former.

    A hook that is not `async` runs where the account call is made: with `httpx.AsyncClient`, it holds up the event loop
    while it works.

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
        self._token = AccessToken(session, on_expired)
        _parsed(session.origins)

    @half_built_too
    def __repr__(self) -> str:
        return f"<SessionAuth for {', '.join(self.session.origins)}>"

    @property
    def session(self) -> Session:
        """The session whose token is sent: the first one, or the last one that the hook returned."""
        return self._token.session

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request with the token; once more where it is answered 401 and the hook yields a new session."""
        if self._token.can_renew:
            request.read()  # what is sent once more must still be there
        session = self._token.good()
        response = yield _authorized(request, session)
        if _is_rejected(response) and (newer := self._token.renewed(session)):
            _check((yield _authorized(request, newer)))

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do as `sync_auth_flow` does."""
        if self._token.can_renew:
            await request.aread()
        session = await self._token.good_async()
        response = yield _authorized(request, session)
        if _is_rejected(response) and (newer := await self._token.renewed_async(session)):
            _check((yield _authorized(request, newer)))


def _authorized(request: httpx.Request, session: Session) -> httpx.Request:
    if _origin(request.url) not in _parsed(session.origins):
        raise session.wrong_origin()
    request.headers["Authorization"] = session.authorization
    return request


def _is_rejected(response: httpx.Response) -> bool:
    _check(response)
    # Behind a redirect, the request itself was accepted: an order is not to be placed a second time.
    return response.status_code == HTTPStatus.UNAUTHORIZED and not response.history


def _check(response: httpx.Response) -> None:
    origins = {_origin(each.request.url) for each in (*response.history, response)}
    if len(origins) > 1:  # to another origin of the session, too: httpx leaves the token behind
        raise RedirectedElsewhere("The account call was redirected away from the API that the access token is for")


@cache
def _parsed(origins: tuple[str, ...]) -> frozenset[Origin]:
    found = frozenset(_origin(httpx.URL(origin)) for origin in origins)
    if any(scheme == "http" and port is None for scheme, _, port in found):
        # Where such an account call is redirected to https:// on port 443 of the host, httpx sends the token along.
        raise ConfigurationError("an origin of the session is http:// on port 80: use another port, or https://")
    return found


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.raw_host, url.port
