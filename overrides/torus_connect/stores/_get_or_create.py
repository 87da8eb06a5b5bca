"""How one session comes to all who ask for it: the kept one, else one login, by whoever holds the lock.

Without I/O of its own: the faces hand in how to wait, how to ask the user, and how to exchange his request token.
"""

from __future__ import annotations

import logging
import random
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from torus_connect._config.checks import checked_seconds
from torus_connect._ownership import SharedClaim
from torus_connect.errors import ConfigurationError, TorusError
from torus_connect.secret import Secret

from ._errors import LockLost, LoginNeeded, LoginPending, SessionNotKept, StoreError
from ._protocol import SessionKey, looked_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._config.settings import Settings
    from torus_connect._credentials.session import Session
    from torus_connect.secret import Unusable

    from ._protocol import AsyncLease, AsyncSessionStore

    Login = Callable[[], str]
    AsyncLogin = Callable[[], str | Awaitable[str]]

SHORTEST_WAIT, LONGEST_WAIT = 0.02, 0.2

_log = logging.getLogger("torus_connect")
_logins: dict[object, _Login] = {}
"""Who logs a user in, among the callers of one client; those who wait share the failure of `login`."""


class SessionRequest:
    """What a caller of `session` asks for; all of it is checked.

    Raises:
        ConfigurationError: a part of it is malformed.
    """

    __slots__ = ("instead_of", "key", "login", "settings", "timeout")

    def __init__(
        self, settings: Settings, user: str, login: AsyncLogin | None, timeout: float, instead_of: Session | None
    ) -> None:
        if login is not None and not callable(login):
            raise ConfigurationError(f"login must be callable, not {type(login).__name__}")
        self.settings = settings
        self.key = SessionKey(settings.base_url, settings.api_key, user)
        self.login = login
        self.timeout = checked_seconds("timeout", timeout)
        self.instead_of = instead_of


class Callbacks(NamedTuple):
    """What a face does in its own way."""

    sleep: Callable[[float], Awaitable[None]]
    exchange: Callable[[Secret], Awaitable[Session]]
    login: Callable[[], Awaitable[Secret | Unusable | None]] | None
    """Asks the user; yields a request token or the URL of the redirect, concealed."""


async def get_or_create_session(store: AsyncSessionStore, request: SessionRequest, callbacks: Callbacks) -> Session:
    """Return the kept session if it is good, else log the user in; wait where somebody else is at it.

    Args:
        store: where the session is kept.
        request: whose session, and what it may take.
        callbacks: what the face does in its own way.

    Raises:
        StoreError, LockLost, SessionNotKept, LoginNeeded, LoginPending: see there.
        TorusError: what the exchange raises.
    """
    login = _Login(store, request, callbacks)
    end = monotonic() + request.timeout
    longest = SHORTEST_WAIT
    with login, login:
        while True:
            first = login.take()
            session = await login.kept() or (await login.turn() if first is login else None)
            if session:
                return session
            if monotonic() >= end:
                raise LoginPending(f"Somebody else has been logging this user in for {request.timeout:g} seconds")
            # With jitter, so that those who wait do not come all at once.
            await callbacks.sleep(random.uniform(SHORTEST_WAIT, longest))  # noqa: S311 - it spreads load, it guards nothing
            longest = min(LONGEST_WAIT, longest * 2)
            if first.hook == request.login:  # another one may know better
                first.raise_failure()


class _Login(SharedClaim):
    """One caller's way to a session; keeps a request token that is not spent yet."""

    def __init__(self, store: AsyncSessionStore, request: SessionRequest, callbacks: Callbacks) -> None:
        super().__init__(_logins, f"{id(store)} {request.key.digest}")
        self.hook = request.login
        self._store = store
        self._request = request
        self._callbacks = callbacks
        self._token: Secret | None = None

    async def kept(self) -> Session | None:
        """Return the kept session, if it is good.

        Raises:
            StoreError: it is for another base URL.
        """
        session = await self._store.load(self._request.key)
        if session is None:
            return None
        self._request.key.check(session)
        if session.is_expired():
            return None
        old = self._request.instead_of
        return None if old is not None and session.access_token == old.access_token else session

    async def turn(self) -> Session | None:
        """Log the user in, if nobody else is at it; return `None` where somebody is."""
        lease = self._store.lease(self._request.key)
        try:
            if not await lease.acquire():
                return None
            # Whoever held it before may have finished in between.
            return await self.kept() or await self._log_in(lease)
        finally:
            try:
                await lease.release()
            except BaseException:  # an interrupt (see `ownership`)
                await lease.release()
                raise

    async def _log_in(self, lease: AsyncLease) -> Session | None:
        if self._callbacks.login is None:
            where = looked_for(self._request.key, self._store, self._request.settings.api_key_source)
            raise LoginNeeded(f"No good session is kept in {where}")
        if lease.unfinished:
            _log.warning(
                "an earlier login of this user was cut off: its request token may be spent; %r", self._request.key
            )
            await lease.settle()  # it has been told
        if self._token is None:
            self._request.settings.needed_secret()  # before anybody is asked to log in
            await lease.check()
            try:
                self._token = _request_token(await self._callbacks.login())
            except Exception as exc:
                self.fail(exc)
                raise
        try:
            await lease.begin()
        except LockLost:
            return None  # somebody else is at it now, and this request token is still good
        return await self._exchange(lease, self._token)

    async def _exchange(self, lease: AsyncLease, token: Secret) -> Session:
        try:
            session = await self._callbacks.exchange(token)
        except TorusError:
            with suppress(StoreError):
                await lease.settle()
            raise
        try:
            await lease.save(session)
        except StoreError as exc:
            why = exc.args[0]
        else:
            return session
        raise SessionNotKept(f"The user is logged in, but the session could not be kept: {why}", session=session)


def _request_token(given: Secret | Unusable | None) -> Secret:
    from torus_connect._login.redirect import extract_request_token  # noqa: PLC0415 - a room of its own

    if not isinstance(given, Secret):
        kind = "None" if given is None else given.type_name
        raise ConfigurationError(f"login must return a request token or the URL of the redirect, not {kind}")
    return extract_request_token(given)
