"""The access token of a user as a credential: bound to its origins, and renewed by one caller at a time."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from torus_connect._config.checks import checked_text, is_sendable
from torus_connect._config.urls import checked_url
from torus_connect._credentials.session import Session
from torus_connect.errors import ConfigurationError, SessionExpired
from torus_connect.secret import Unusable, conceal

from .renewal import Renewal

Hook = Callable[[Session], Session | None] | Callable[[Session], Awaitable[Session | None]]


class AccessToken:
    """The access token of one user; safe to share between clients, threads, tasks and event loops.

    Args:
        session: the session that the token is of.
        on_expired: called with the session when it has expired, and once when a call is answered 401. It returns a new
            session, which is used from then on, or `None`. It runs one at a time. Callers that need it meanwhile wait,
            and share what comes of it: the session that it returned, that it returned none, or what it raised. Callers
            after that call it anew; so does one of those that wait, where it was interrupted or its task was cancelled.
            The time that it takes is no part of `total_timeout`.
        on_refused: called with the session when a call that is never sent again, such as an order, is answered 401,
            before its error is raised. It returns a newer session, if one is at hand, or `None`; what it raises counts
            for nothing. Without one, the next call asks `on_expired`.

    Raises:
        ConfigurationError: a hook cannot be called, or the token of the session cannot be sent anywhere.
    """

    __slots__ = ("_on_expired", "_on_refused", "_refused", "_renewals", "_session")

    def __init__(self, session: Session, on_expired: Hook | None = None, *, on_refused: Hook | None = None) -> None:
        for name, hook in (("on_expired", on_expired), ("on_refused", on_refused)):
            if hook is not None and not callable(hook):
                raise ConfigurationError(f"{name} must be callable, not {type(hook).__name__}")
        check_sendable(session)
        self._session = session
        self._refused: Session | None = None
        self._on_expired = on_expired
        self._on_refused = on_refused
        self._renewals: dict[object, Renewal] = {}

    @property
    def session(self) -> Session:
        """The session whose token is sent: the first one, or the last one that the hook returned."""
        return self._session

    @property
    def can_renew(self) -> bool:
        """Whether there is a hook."""
        return self._on_expired is not None or self._on_refused is not None

    def good(self) -> Session:
        """Return a session that is not over, nor refused.

        Raises:
            SessionExpired: it is, and the hook (if any) yields no other.
        """
        session = self._session
        return session if self._is_good(session) else self.renewed(session) or _no_other(session)

    async def good_async(self) -> Session:
        """Do as `good` does."""
        session = self._session
        return session if self._is_good(session) else await self.renewed_async(session) or _no_other(session)

    def refuse(self, old: Session) -> None:
        """Take a session that was refused for over, without holding up the error of the call: nobody logs in."""
        if self._session is old:  # else it was followed by another one already
            self._refused = old
            with suppress(Exception):
                got = _hidden(self._on_refused(old) if self._on_refused else None)
                self._take(got if self._session is old else None)

    async def refuse_async(self, old: Session) -> None:
        """Do as `refuse` does."""
        if self._session is old:
            self._refused = old
            with suppress(Exception):
                got = _hidden(self._on_refused(old) if self._on_refused else None)
                got = _hidden(await got) if isinstance(got, Awaitable) else got
                self._take(got if self._session is old else None)

    def renewed(self, old: Session) -> Session | None:
        """Return another session than one that is not accepted any more; `None` where there is none.

        Raises:
            ConfigurationError: the hook returned something else than a session or `None`, or a session for another
                API; or the call is made by the hook itself, and would wait for it forever.
        """
        renewal = Renewal(self._renewals)
        with renewal, renewal:  # twice: see _ownership.py
            for pause in renewal.pauses(blocking=True):
                time.sleep(pause)
            if self._on_expired and self._session is old and renewal.is_held():
                with renewal.at_work():
                    self._take(_hidden(self._on_expired(old)))
            return self._newer_than(old)

    async def renewed_async(self, old: Session) -> Session | None:
        """Do as `renewed` does; the hook may be `async`."""
        import asyncio  # noqa: PLC0415 - threads do without

        from torus_connect._transport.event_loop import running_loop  # noqa: PLC0415

        renewal = Renewal(self._renewals)
        # No `async with`, whose end is not heard of where a task is thrown away.
        with renewal, renewal:  # twice: see _ownership.py
            for pause in renewal.pauses(blocking=False):
                running_loop()
                await asyncio.sleep(pause)
            if self._on_expired and self._session is old and renewal.is_held():
                with renewal.at_work():
                    got = _hidden(self._on_expired(old))
                    self._take(_hidden(await got) if isinstance(got, Awaitable) else got)
            return self._newer_than(old)

    def _is_good(self, session: Session) -> bool:
        return session is not self._refused and not session.is_expired()

    def _take(self, got: Session | Awaitable[object] | Unusable | None) -> None:
        if got is None:
            return
        if inspect.iscoroutine(got):
            got.close()
            raise ConfigurationError("on_expired is async: use it with httpx.AsyncClient or AsyncTorusConnect")
        if not isinstance(got, Session):
            kind = got.type_name if isinstance(got, Unusable) else type(got).__name__
            raise ConfigurationError(f"on_expired must return a Session or None, not {kind}")
        check_sendable(got)
        if not set(got.origins) & set(self._session.origins):
            raise ConfigurationError("on_expired returned a session for another API: its token may go elsewhere only")
        self._session = got

    def _newer_than(self, old: Session) -> Session | None:
        new = self._session
        return None if new.access_token == old.access_token or new.is_expired() else new

    def __repr__(self) -> str:
        return "<AccessToken>"


def given_token(user: object, login: object) -> AccessToken:
    """Return the access token where the caller has a session.

    Raises:
        ConfigurationError: it is none, or there is a `login` beside it, which needs the name of a user.
    """
    if login is not None:
        raise ConfigurationError("login goes with the name of a user, whose session is then stored")
    if isinstance(user, AccessToken):
        return user
    if isinstance(user, Session):
        return AccessToken(user)
    raise ConfigurationError(f"user must be the name of a user, a Session or an AccessToken, not {type(user).__name__}")


def check_sendable(session: Session) -> None:
    """Refuse a session whose token no header can carry, or that may go nowhere.

    Raises:
        ConfigurationError: it is such a session.
    """
    if not is_sendable(session.access_token):
        raise ConfigurationError("access_token of the session is empty, or holds what no header may hold")
    if not session.origins and session.base_url is not None:
        name = "base_url of the session"
        checked_url(name, checked_text(name, conceal(session.base_url)))  # says what is wrong with it
    if not session.origins:
        raise ConfigurationError("base_url of the session is missing: where its token may be sent is not known")


def _hidden(got: object) -> Session | Awaitable[object] | Unusable | None:
    """Return what a hook returned; of what is no session, which may be a bare token, the type only."""
    return got if isinstance(got, Session | Awaitable | None) else Unusable(got)


def _no_other(session: Session) -> Session:
    raise SessionExpired(
        "The session has expired" if session.is_expired() else "The service refused the session before"
    )
