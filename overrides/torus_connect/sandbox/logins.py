"""The logins that are under way in the browsers: who it is, and the one-time password he was sent.

ALL OF THIS IS ASSUMED but for the steps. The service documents a single sign-on page, a one-time password to the
registered e-mail or mobile, and the redirect; not how long a password is good, nor how often it may be tried.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

OTP_LIFETIME = 120.0
"""Seconds for which a one-time password is good."""
MOST_ATTEMPTS = 3
"""How many wrong or old passwords end a login."""

_LIFETIME = 600.0  # of a login, in seconds
_MOST = 1_000  # beyond that the oldest is forgotten, so that no loop of requests fills the memory
_LONGEST = 200  # characters of a user, as in the form
_EMAIL = re.compile(r"[\w.%+-]{1,64}@[\w-]+(?:\.[\w-]+)*", re.ASCII)
_MOBILE = re.compile(r"(?:\+91)?[0-9]{10}")


class LoginFault(Enum):
    """What came of a one-time password that is not good."""

    WRONG = "That is not the one-time password."
    EXPIRED = "This one-time password has expired."
    OVER = "over"


class OneTimePassword(NamedTuple):
    """What the real service would send to e-mail or mobile."""

    user: str
    password: str
    expires_at: float


@dataclass(slots=True)
class _Login:
    form_token: str
    ends_at: float
    sent: OneTimePassword | None = None
    attempts_left: int = MOST_ATTEMPTS


class Logins:
    """The logins of one sandbox. Safe to share between threads: each step is atomic.

    A login is known by a cookie, which other sites cannot send along with a form, and by a token in its forms.

    Args:
        clock: seconds that only grow.
        send: called with the user and each one-time password, in the place of an e-mail.
    """

    def __init__(self, clock: Callable[[], float], send: Callable[[str, str], None] | None = None) -> None:
        self._clock = clock
        self._send = send
        self._lock = Lock()
        self._logins: OrderedDict[str, _Login] = OrderedDict()
        self._sent: OrderedDict[str, OneTimePassword] = OrderedDict()

    def start(self) -> str:
        """Begin a login; return the value of its cookie."""
        cookie = secrets.token_urlsafe(24)
        with self._lock:
            self._logins[cookie] = _Login(secrets.token_urlsafe(24), self._clock() + _LIFETIME)
            _trim(self._logins)
        return cookie

    def form_token(self, cookie: str) -> str | None:
        """Return what the forms of a login must carry; `None` where there is no such login."""
        with self._lock:
            login = self._live(cookie)
            return login.form_token if login else None

    def knows(self, cookie: str, form_token: str) -> bool:
        """Return whether a form came from a page of the login of this cookie."""
        expected = self.form_token(cookie)
        return expected is not None and hmac.compare_digest(form_token.encode(), expected.encode())

    def identify(self, cookie: str, user: str) -> bool:
        """Send a one-time password to an e-mail address or an Indian mobile number; return whether it is one."""
        user = "".join(user.split())
        if len(user) > _LONGEST or not (_EMAIL.fullmatch(user) or _MOBILE.fullmatch(user)):
            return False
        sent = OneTimePassword(user, f"{secrets.randbelow(1_000_000):06}", self._clock() + OTP_LIFETIME)
        with self._lock:
            login = self._live(cookie)
            if login is None:
                return False
            login.sent = sent
            self._sent.pop(user, None)
            self._sent[user] = sent
            _trim(self._sent)
        if self._send:
            self._send(user, sent.password)
        return True

    def send_again(self, cookie: str) -> bool:
        """Send another one-time password, which replaces the one before; return whether anybody is known."""
        with self._lock:
            login = self._live(cookie)
            user = login.sent.user if login and login.sent else ""
        return self.identify(cookie, user)

    def attempt(self, cookie: str, password: str) -> str | LoginFault:
        """Try a one-time password. A good one ends the login and returns the user; the last attempt ends it, too."""
        with self._lock:
            login = self._live(cookie)
            if login is None or login.sent is None:
                return LoginFault.OVER
            if not hmac.compare_digest("".join(password.split()).encode(), login.sent.password.encode()):
                result = LoginFault.WRONG
            elif self._clock() >= login.sent.expires_at:
                result = LoginFault.EXPIRED
            else:
                del self._logins[cookie]
                return login.sent.user
            login.attempts_left -= 1
            if not login.attempts_left:
                del self._logins[cookie]
                return LoginFault.OVER
            return result

    def end(self, cookie: str) -> None:
        """Forget a login."""
        with self._lock:
            self._logins.pop(cookie, None)

    def last_sent(self, user: str | None = None) -> OneTimePassword | None:
        """Return the last one-time password that was sent to a user, or at all."""
        with self._lock:
            if user is None:
                return next(reversed(self._sent.values()), None)
            return self._sent.get(user)

    def _live(self, cookie: str) -> _Login | None:
        login = self._logins.get(cookie)
        return login if login and self._clock() < login.ends_at else None


def _trim(kept: OrderedDict[str, _Login] | OrderedDict[str, OneTimePassword]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)
