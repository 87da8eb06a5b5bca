# Made from _async_get_or_create.py by tools/unasync.py: do not edit.
"""How one session comes to all who ask for it: the stored one, else one login, by the caller that holds the lock."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from torus_connect._config.users import shown_user
from torus_connect._credentials.access_token import AccessToken
from torus_connect._credentials.session import Session
from torus_connect._login.redirect import extract_request_token
from torus_connect._ownership import SharedClaim
from torus_connect.errors import ConfigurationError, Outcome, TorusError
from torus_connect.secret import Secret
from torus_connect.totp import MAX_PERIOD, TotpLogin

from ._errors import LockLost, LoginNeeded, LoginPending, SessionNotKept, StoreError
from ._protocol import Lease, SessionRequest, SessionStore, looked_for
from ._sync_parts import call_login

Exchange = Callable[[Secret], Session]

SHORTEST_WAIT, LONGEST_WAIT = 0.02, 0.2
_CAME_TO_NOTHING = "an earlier login of the user %s came to no session: its request token or code may be spent"

_UNDER_WAY = "another login of the user %s is under way: waiting for it, for up to %g seconds"

_log = logging.getLogger("torus_connect")
_log_of_waits = logging.getLogger("torus_connect.login")
_logins: dict[object, _Login] = {}
"""Who logs a user in, among the callers of one client; those who wait share the failure of `login`."""


def get_or_create_session(store: SessionStore, request: SessionRequest, exchange: Exchange) -> Session:
    """Return the stored session if it is good, else log the user in; wait while another caller does.

    Args:
        store: where the session is stored.
        request: whose session, and what it may take.
        exchange: exchanges what `login` returns, a request token or a code, for a session.

    Raises:
        StoreError, LockLost, SessionNotKept, LoginNeeded, LoginPending: see there.
        TorusError: what the exchange raises.
    """
    login = _Login(store, request, exchange)
    end = time.monotonic() + request.timeout
    longest = SHORTEST_WAIT
    if request.force:
        request.instead_of = login.stored()
    with login, login:  # twice: see _ownership.py
        while True:
            first = login.take()
            session = login.stored() or (login.create() if first is login else None)
            if session:
                return session
            if time.monotonic() >= end:
                raise LoginPending(f"Somebody else has been logging this user in for {request.timeout:g} seconds")
            if longest == SHORTEST_WAIT:  # the first time
                _log_of_waits.info(_UNDER_WAY, shown_user(request.key.user), request.timeout)
            # With jitter, so that those who wait do not come all at once.
            time.sleep(random.uniform(SHORTEST_WAIT, longest))  # noqa: S311 - it spreads load, it guards nothing
            longest = min(LONGEST_WAIT, longest * 2)
            if first.function == request.login:  # another one may know better
                first.raise_failure()


def stored_token(
    session: Callable[..., Session],
    login: object,
    timeout: float,
) -> AccessToken:
    """Return the access token of a user whose session is stored, or made by `login`, which renews it, too.

    Args:
        session: the method of the client, for the user.
        login: as for that method.
        timeout: as for that method.
    """
    ask = partial(session, login=login, timeout=timeout)
    stored = partial(stored_instead, session)

    def renewed(old: Session) -> Session | None:
        return ask(instead_of=old) if login or old.is_expired() else stored(old)

    return AccessToken(ask(), renewed, on_refused=stored)


def stored_instead(session: Callable[..., Session], old: Session) -> Session | None:
    """Return the session that is stored in the place of one that was refused; else see that none is stored."""
    with suppress(LoginNeeded, LoginPending, StoreError):
        return session(timeout=0, instead_of=old)
    return None


class _Login(SharedClaim):
    """One caller's way to a session; holds a request token that is not spent yet."""

    def __init__(self, store: SessionStore, request: SessionRequest, exchange: Exchange) -> None:
        super().__init__(_logins, f"{id(store)} {request.key.digest}")
        self.function = request.login
        self._totp = request.login if isinstance(request.login, TotpLogin) else None
        self._store = store
        self._request = request
        self._exchange = exchange
        self._token: Secret | None = None

    def stored(self) -> Session | None:
        """Return the stored session, if it is good.

        Raises:
            StoreError: it is for another base URL.
        """
        try:
            session = self._store.load(self._request.key)
            if session is None:
                return None
            self._request.key.check(session, self._request.settings.totp_base_url)
        except StoreError:
            if self._request.force:
                return None  # a login replaces what cannot be read
            raise
        if self._totp:
            self._totp.spent(session.issued_at.timestamp())
        old = self._request.instead_of
        # A later login may have been given the same token again.
        refused = old and session.access_token == old.access_token and session.issued_at <= old.issued_at
        return None if refused or session.is_expired() else session

    def create(self) -> Session | None:
        """Log the user in, if nobody else is at it; return `None` where somebody is."""
        lease = self._store.lease(self._request.key)
        try:
            is_held = lease.acquire()
            # The one who held it before may have finished in between.
            return (self.stored() or self._log_in(lease)) if is_held else None
        finally:
            try:
                lease.release()
            except BaseException:  # an interrupt (see `_ownership`)
                lease.release()
                raise

    def _log_in(self, lease: Lease) -> Session | None:
        if self.function is None:
            raise self._login_needed(lease)
        if lease.unfinished:
            self._report(lease)
        if self._token is None or self._totp:  # a code is good for seconds
            self._token = self._ask(lease, self.function)
        try:
            lease.begin()
        except LockLost:
            return None  # somebody else is at it now, and this request token is still good
        try:
            session = self._exchange(self._token)
        except TorusError as error:
            self.fail(error)  # for those who wait, who would be asked to log in next
            if not self._totp or error.outcome is Outcome.NOT_SENT:  # else its code may be spent: the next one waits
                with suppress(StoreError):
                    lease.settle()
            raise
        try:
            lease.save(session)
        except StoreError as exc:
            why = exc.args[0]
        else:
            return session
        raise SessionNotKept(f"The user is logged in, but the session could not be stored: {why}", session=session)

    def _login_needed(self, lease: Lease) -> LoginNeeded:
        old, by_code = self._request.instead_of, self._request.settings.totp_base_url
        # The next login would find what was refused, and take it for good. What is over is over for all, unless the
        # clock of this machine is ahead.
        if old and not old.is_expired():
            if old.base_url == by_code and time.time() - old.issued_at.timestamp() < MAX_PERIOD:
                lease.begin()  # its note stays: the code that the session came from may still be shown
            lease.save(None)
        where = looked_for(self._request.key, self._store, self._request.settings.api_key_source)
        return LoginNeeded(f"No good session is stored in {where}", user=self._request.key.user)

    def _report(self, lease: Lease) -> None:
        # Killed, or refused with a code: the lock does not know which.
        _log.warning(_CAME_TO_NOTHING, shown_user(self._request.key.user))
        if self._totp:
            self._totp.spent(time.time())  # the note stays until another code is sent
        else:
            lease.settle()  # it has been reported

    def _ask(self, lease: Lease, login: Callable[[], object]) -> Secret:
        """Return a request token, or a code that is fresh."""
        if not self._totp:
            self._request.settings.needed_secret()  # before anybody is asked to log in
        lease.check()
        try:
            while self._totp and (seconds := self._totp.wait()):
                time.sleep(seconds)
            given = call_login(login)
            if not isinstance(given, Secret):
                expected = "a code" if self._totp else "a request token or the URL of the redirect"
                raise ConfigurationError(f"login must return {expected}, not {getattr(given, 'type_name', None)}")  # noqa: TRY301
            return given if self._totp else extract_request_token(given)
        except Exception as exc:
            self.fail(exc)
            raise
