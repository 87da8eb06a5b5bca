"""What a store of sessions must do: hold one per key, and let one login at a time happen per key.

Two rules hold for every method. A store never waits for a lock: `get_or_create_session` does. And nothing of a
secret is in a message or a `repr`; what goes wrong is a `StoreError`, raised outside the `except` that caught a
library's exception.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from torus_connect._config.checks import checked_flag, checked_number, checked_text, checked_value
from torus_connect._config.settings import Settings
from torus_connect._config.users import INSTEAD, shown_user
from torus_connect._credentials.session import Session
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal, half_built_too

from ._errors import StoreError

MAX_USER = 256

Login = Callable[[], str]
AsyncLogin = Callable[[], str | Awaitable[str]]


class SessionKey:
    """Whose session: one user of one merchant at one API.

    Args:
        base_url: where the API is, as it has been checked.
        api_key: the merchant's API key.
        user: the user's name, of the caller's choice; 1 to 256 characters, none of them a control character. What
            surrounds it unseen does not count, so that every reader of a name means the same user.

    Attributes:
        digest: SHA-256 over the three, in hex: a name for files and the like that shows nothing of them.

    Raises:
        ConfigurationError: the user's name is no such text, or the API key is malformed.
    """

    __slots__ = ("api_key", "base_url", "digest", "user")

    def __init__(self, base_url: str, api_key: str, user: str) -> None:
        key = conceal(api_key)
        del api_key
        self.base_url: str = base_url
        self.api_key: Secret = checked_text("api_key", key)
        self.user: str = _checked_user(conceal(user))
        # As JSON, so that no two keys have the same bytes.
        parts = json.dumps([self.base_url, self.api_key, self.user]).encode()
        self.digest: str = hashlib.sha256(parts).hexdigest()

    def check(self, session: Session, totp_base_url: str | None = None) -> None:
        """See that a stored session is for the API of this key, before its token goes anywhere.

        Args:
            session: the session.
            totp_base_url: where a login with a code makes one for this API.

        Raises:
            StoreError: it is for another base URL.
        """
        if session.base_url not in (self.base_url, totp_base_url or self.base_url):
            raise StoreError(
                f"The stored session was made at another base URL, {session.base_url}, than that of this client, "
                f"{self.base_url}: clear it (`torus-connect session clear`), and log in again"
            )

    @half_built_too
    def __repr__(self) -> str:
        return f"<SessionKey {self.digest[:12]}>"


class SessionRequest:
    """What a caller of `session` asks for; all of it is checked.

    Raises:
        ConfigurationError: a part of it is malformed.
    """

    def __init__(  # noqa: PLR0913 - those of `session`
        self,
        settings: Settings,
        user: str,
        login: AsyncLogin | None,
        timeout: float,
        instead_of: Session | None,
        *,
        force: bool,
    ) -> None:
        if login is not None and not callable(login):
            raise ConfigurationError(f"login must be callable, not {type(login).__name__}")
        self.force = checked_flag("force", force)
        if force and login is None:
            raise ConfigurationError("force goes with login")
        self.settings = settings
        self.key = SessionKey(settings.base_url, settings.api_key, user)
        self.login = login
        self.timeout = checked_number("timeout", timeout, may_be_zero=True)
        self.instead_of = instead_of


def looked_for(key: SessionKey, store: object, api_key_source: str) -> str:
    """Return where a session was looked for, and whose, for an error; of the API key, where it came from.

    Args:
        key: whose session.
        store: the store. Of one that is not ours, the class is named: its repr may hold anything.
        api_key_source: the variable or the argument with the API key.
    """
    within = getattr(store, "_store", store)  # in an adapter
    shown = repr(within).strip("<>") if type(within).__module__.startswith(f"{__package__}.") else type(within).__name__
    whose = f"the user {shown_user(key.user)}, the base URL {key.base_url} and the API key of {api_key_source}"
    return f"{shown}, for {whose}"


def _checked_user(user: Secret | Unusable | None) -> str:
    if not isinstance(user, Secret):
        raise ConfigurationError(f"user must be a str, not {getattr(user, 'type_name', None)}")
    name = checked_value("user", user)
    if not 1 <= len(name) <= MAX_USER:
        found = f", and has {len(name)}: {INSTEAD}" if name else ""
        raise ConfigurationError(f"user must be 1 to {MAX_USER} characters{found}")
    return str(name)


@runtime_checkable
class SessionStore(Protocol):
    """A sync store. Every method may be called from any thread, and raises `StoreError`."""

    def load(self, key: SessionKey) -> Session | None:
        """Return the stored session, good or expired, or `None` where there is none."""

    def save(self, key: SessionKey, session: Session) -> None:
        """Store a session in the place of the one before: whole, or not at all."""

    def delete(self, key: SessionKey) -> None:
        """Forget the session; does nothing where there is none."""

    def lease(self, key: SessionKey) -> Lease:
        """Return the lock of this user, which is not taken yet."""

    def close(self) -> None:
        """Let go of connections and the like. Closing again does nothing."""


@runtime_checkable
class Lease(Protocol):
    """The lock of one user: the caller that holds it exchanges their request token, and nobody else does.

    Attributes:
        unfinished: whether a former holder began an exchange that came to no session: it was killed, or sent a code
            that may be spent, refused or not.
    """

    @property
    def unfinished(self) -> bool:
        """See above."""

    def acquire(self) -> bool:
        """Take the lock, at once; return `False` where somebody else holds it.

        Whatever comes of it, an interrupt too, call `release`. So there is an owner before there is
        anything to own.
        """

    def check(self) -> None:
        """See that a session could be stored: before a user is asked to log in, for nothing.

        Raises:
            StoreError: it could not.
        """

    def begin(self) -> None:
        """Check once more, and note, so that it outlives this process, that an exchange begins.

        Raises:
            StoreError: a session could not be stored; do not begin.
            LockLost: the lock is not held any more; do not begin.
        """

    def save(self, session: Session | None) -> None:
        """Store the session that the exchange yielded, and clear the note; for `None`, remove the stored one only.

        Raises:
            LockLost: somebody else has got the lock since; nothing was stored, or removed.
        """

    def settle(self) -> None:
        """Clear the note: the exchange ended without a session, and its error was reported."""

    def release(self) -> None:
        """Give the lock back; a note that was not cleared stays. Raises no error of its own.

        Releasing again does nothing, or ends what an interrupt cut off.
        """


@runtime_checkable
class AsyncSessionStore(Protocol):
    """`SessionStore`, async. It outlives an event loop: it may be used from one, and then from the next."""

    async def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore.load`."""

    async def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore.save`."""

    async def delete(self, key: SessionKey) -> None:
        """See `SessionStore.delete`."""

    def lease(self, key: SessionKey) -> AsyncLease:
        """See `SessionStore.lease`."""

    async def aclose(self) -> None:
        """See `SessionStore.close`."""


@runtime_checkable
class AsyncLease(Protocol):
    """`Lease`, async. `release` does its work, also where its task has been cancelled."""

    @property
    def unfinished(self) -> bool:
        """See `Lease`."""

    async def acquire(self) -> bool:
        """See `Lease.acquire`."""

    async def check(self) -> None:
        """See `Lease.check`."""

    async def begin(self) -> None:
        """See `Lease.begin`."""

    async def save(self, session: Session | None) -> None:
        """See `Lease.save`."""

    async def settle(self) -> None:
        """See `Lease.settle`."""

    async def release(self) -> None:
        """See `Lease.release`."""
