"""What the sandbox remembers: one pair of credentials, the tokens that it issued and whose they are."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from .codes import Codes
from .logins import Logins
from .refusals import Refusal, Refused
from .replies import DEFAULT_USER, Replies, check_user
from .timeline import Timeline
from .trading import Trading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

API_KEY = "sandbox-api-key"
API_SECRET = "sandbox-api-secret-not-real"  # noqa: S105 - plainly fake, and the same for everybody
LIFETIME = 300.0
"""Seconds for which a request token is good, unless it is asked for another time. Assumed: not documented."""
LONGEST_LIFETIME = 86_400.0
"""The most that may be asked for, in seconds."""

_REQUEST_TOKEN = "sandbox-request-token-"  # noqa: S105 - a prefix
_ACCESS_TOKEN = "sandbox-access-token-"  # noqa: S105 - a prefix
SESSION_LIFETIME = 86_400.0
"""Seconds for which an access token is good. Assumed: not documented."""
_REMEMBERED = 3_600.0  # an expired token is told from an unknown one for so many seconds
_MOST_TOKENS = 100_000  # beyond that the oldest is forgotten, so that no loop of requests fills the memory
_SWEEP_EVERY = 60.0


@dataclass(slots=True)
class _Issued:
    user: str
    expires_at: float
    session_ends_at: float | None = None  # `None` until it is used


class SandboxState:
    """The state of one sandbox. Safe to share between threads: each step is atomic.

    Args:
        clock: seconds that only grow; another one lets a test travel in time.
        wall_clock: seconds since the epoch, for the codes of the authenticator.
        send: called with the user and each one-time password, in the place of an e-mail.

    Attributes:
        codes: of the authenticator of the default user.
        logins: the logins that are under way in browsers.
        replies: the replies and faults that somebody has set.
        trading: the exchange, once something of it is set.
        timeline: what is to be set later.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        send: Callable[[str, str], None] | None = None,
    ) -> None:
        self.codes: Codes = Codes(wall_clock)
        self.logins: Logins = Logins(clock, send)
        self.replies: Replies = Replies()
        self.trading: Trading = Trading(wall_clock)
        self.timeline: Timeline = Timeline(clock)
        self._clock = clock
        self._lock = Lock()
        self._tokens: OrderedDict[str, _Issued] = OrderedDict()
        self._next_sweep = clock() + _SWEEP_EVERY
        self._exchanges = 0

    def reset(self) -> None:
        """Forget what was set, and what was traded."""
        self.replies.reset()
        self.trading.reset()
        self.timeline.reset()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what was set, reset and traded in it."""
        with self.replies.undone(), self.trading.undone(), self.timeline.undone():
            yield

    @property
    def exchanges(self) -> int:
        """How many request tokens and codes have been exchanged for an access token."""
        return self._exchanges

    def issue(self, expires_in: float | None = None, user: str = DEFAULT_USER) -> str:
        """Issue a request token.

        Args:
            expires_in: seconds for which it is good, 0 to 86400; 300 unless given. 0 yields one that has expired.
            user: whose it is.

        Raises:
            ValueError: `expires_in` is no number, or out of range; or `user` is no name.
        """
        check_user(user)
        lifetime = LIFETIME if expires_in is None else expires_in
        if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or not 0 <= lifetime <= LONGEST_LIFETIME:
            msg = f"expires_in must be a number of seconds from 0 to {LONGEST_LIFETIME:.0f}"
            raise ValueError(msg)
        request_token = _REQUEST_TOKEN + secrets.token_hex(16)
        with self._lock:
            now = self._clock()
            self._forget(now)
            self._tokens[request_token] = _Issued(user, now + lifetime)
        return request_token

    def user_of_request_token(self, request_token: str) -> str | None:
        """Return whose a request token is; `None` where it was not issued here, or is no longer remembered."""
        with self._lock:
            issued = self._tokens.get(request_token)
            return issued.user if issued else None

    def user_of_access_token(self, access_token: str) -> str | None:
        """Return whose an access token is; `None` where its session was not generated here, or has ended."""
        request_token = _REQUEST_TOKEN + access_token.removeprefix(_ACCESS_TOKEN)
        with self._lock:
            issued = self._tokens.get(request_token)
            if issued is None or issued.session_ends_at is None or access_token != access_token_for(request_token):
                return None
            return issued.user if self._clock() < issued.session_ends_at else None

    def redeem(self, request_token: str, *, api_key: str, api_secret: str) -> str:
        """Exchange a request token for its access token, once.

        Raises:
            Refused: the pair is wrong (the token stays good), or the token is unknown, used or expired.
        """
        # Both are compared whatever the first says: how long it takes tells nothing about which one is wrong.
        if not same(api_key, API_KEY) & same(api_secret, API_SECRET):
            raise Refused(Refusal.CREDENTIALS_WRONG)
        with self._lock:
            issued = self._tokens.get(request_token)
            if issued is None:
                raise Refused(Refusal.TOKEN_UNKNOWN)
            if issued.session_ends_at is not None:
                raise Refused(Refusal.TOKEN_USED)
            now = self._clock()
            if now >= issued.expires_at:
                raise Refused(Refusal.TOKEN_EXPIRED)
            issued.session_ends_at = now + SESSION_LIFETIME
            self._exchanges += 1
        return access_token_for(request_token)

    def redeem_code(self, totp: str, *, api_key: str) -> str:
        """Exchange a code of the authenticator for an access token, once.

        Raises:
            Refused: the API key is wrong (the code stays good), or the code is wrong or used.
        """
        if not same(api_key, API_KEY):
            raise Refused(Refusal.CREDENTIALS_WRONG)
        self.codes.use(totp)
        return self.redeem(self.issue(), api_key=API_KEY, api_secret=API_SECRET)

    def _forget(self, now: float) -> None:
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_EVERY
            for token, issued in list(self._tokens.items()):
                if now >= (issued.session_ends_at or issued.expires_at + _REMEMBERED):
                    del self._tokens[token]
        while len(self._tokens) >= _MOST_TOKENS:
            self._tokens.popitem(last=False)


def access_token_for(request_token: str) -> str:
    """Return the access token that a request token is exchanged for, so that a test can tell whose it is."""
    return _ACCESS_TOKEN + request_token.removeprefix(_REQUEST_TOKEN)


def same(given: str, known: str) -> bool:
    """Compare in a time that does not depend on where the two differ."""
    # JSON can carry half of a surrogate pair, which plain UTF-8 refuses to encode.
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
