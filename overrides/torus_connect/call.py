"""One call without its I/O: what to send, what came of each attempt, and whether there is another."""

from __future__ import annotations

import re
import sys
from time import monotonic

from .errors import TOTP_OPERATION
from .exchange import session_from, session_request, totp_request
from .retry import Retries

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import Self

    from .errors import TorusError
    from .exchange import WireRequest
    from .reply import Reply
    from .secret import Secret
    from .session import Session
    from .settings import Settings

# A service may put anything into a header, an access token too. What can be logged has the form of a UUID, and is no
# part of a secret that is known here.
_REQUEST_ID = r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_REQUEST_ID_HEADERS = ("X-Request-Id", "X-Correlation-Id")


class Call:
    """One trade of a request token, or of a code, for a session; tells the log of each attempt.

    Attributes:
        base_url: where it goes.
        request: what is sent.
    """

    __slots__ = ("_operation", "_retries", "_secrets", "_settings", "_started", "base_url", "request")

    def __init__(
        self, settings: Settings, operation: str, base_url: str, request: WireRequest, secrets: tuple[str, ...]
    ) -> None:
        self.base_url = base_url
        self.request = request
        self._operation = operation
        self._secrets = (settings.api_key, *secrets)
        self._settings = settings
        self._retries = Retries(settings)
        self._started = 0.0

    @classmethod
    def with_request_token(cls, settings: Settings, request_token: Secret) -> Self:
        """Return a call of the operation `generateSession`.

        Raises:
            ConfigurationError: the client was made without an API secret.
        """
        request, secrets = session_request(settings, request_token), (settings.needed_secret(), request_token)
        return cls(settings, "generateSession", settings.base_url, request, secrets)

    @classmethod
    def with_totp(cls, settings: Settings, totp: Secret) -> Self:
        """Return a call of the operation `generateSessionWithTotp`."""
        request = totp_request(settings, totp)
        return cls(settings, TOTP_OPERATION, settings.totp_base_url, request, (totp,))

    def begin(self) -> float:
        """Begin an attempt; return how many seconds it may take."""
        self._started = monotonic()
        return self._retries.begin()

    def succeed(self, reply: Reply) -> Session:
        """Return the session that a reply holds.

        Raises:
            MalformedReply, APIStatusError: it holds none.
        """
        session = session_from(
            reply, self.base_url, origins=self._settings.origins(self.base_url), day_ends=self._settings.day_ends
        )
        self._tell("ok", reply)
        return session

    def wait_after(self, error: TorusError) -> float | None:
        """Return how many seconds to wait before the next attempt, or `None` where the error is final."""
        error.operation = self._operation
        self._tell(error.outcome.value, error.reply)
        return self._retries.wait_after(error)

    def _tell(self, outcome: str, reply: Reply | None) -> None:
        # Loading `logging` takes longer than all the rest of a call. Where nobody has loaded it, nobody listens.
        logging = sys.modules.get("logging")
        if logging is None:
            return
        logger = logging.getLogger("torus_connect")
        if not logger.isEnabledFor(logging.INFO):  # what follows takes longer than all else of a success (7 of 11 µs)
            return
        # Numbers, words of our own and a checked id: no secret can get in here.
        logger.info(
            "%s attempt=%d outcome=%s status=%s seconds=%.3f request_id=%s",
            self._operation,
            self._retries.attempts,
            outcome,
            reply.status_code if reply else "-",
            monotonic() - self._started,
            self._request_id(reply) or "-",
        )

    def _request_id(self, reply: Reply | None) -> str | None:
        if reply is None:
            return None
        sent = next((reply.headers[name] for name in _REQUEST_ID_HEADERS if name in reply.headers), "")
        if not re.fullmatch(_REQUEST_ID, sent):
            return None
        held = (*self._secrets, reply.content.decode("ascii", "replace"))
        return None if any(sent in text or text in sent for text in held if text) else sent
