"""What goes wrong with stored sessions. Each error says what became of the request token, as all errors do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from torus_connect._config.users import of_user
from torus_connect.errors import Outcome, TorusError

if TYPE_CHECKING:
    from torus_connect._credentials.session import Session
    from torus_connect.reply import Reply


class StoreError(TorusError):
    """The store cannot be used: it is not there, not safe, or what it holds cannot be read. Nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = (
        "Nothing was sent: mend the store, and call again. Of sessions, TORUS_SESSION_STORE chooses another one."
    )


class LockLost(StoreError):
    """The lock of this user has gone to somebody else; nothing was sent, or stored, after that."""

    next_step: ClassVar[str | None] = "Call again: it waits for the other login and returns its session."


class LoginNeeded(TorusError):
    """No good session is stored for this user, and no `login` was given to get one."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: let the user log in (`{login}`), or pass `login`."

    def __init__(self, message: str, *, reply: Reply | None = None, user: str = "default") -> None:
        super().__init__(message, reply=reply)
        self._words = {**self._words, "login": of_user("login", user)}


class LoginPending(TorusError):
    """Somebody else is logging this user in, and has not finished within the time to wait."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: call again, with a longer timeout where a person is at it."


class SessionNotKept(StoreError):
    """The login succeeded, and its session could not be stored.

    Attributes:
        session: the session, so that it is not lost; `None` in a copy or a pickle of the error.
    """

    outcome = Outcome.UNKNOWN
    next_step: ClassVar[str | None] = (
        "The request token is spent; the session is in `error.session`. Use it, and mend the store."
    )

    def __init__(self, message: str, *, reply: Reply | None = None, session: Session | None = None) -> None:
        super().__init__(message, reply=reply)
        self.session = session
