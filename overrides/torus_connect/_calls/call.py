"""One call without its I/O: what to send, what came of each attempt, and whether there is another."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from torus_connect._config.urls import origin_of
from torus_connect._log import INFO, logger
from torus_connect.errors import AuthenticationFailed

from .request import http_request
from .response import result_of
from .retry import Retries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torus_connect._config.settings import Settings
    from torus_connect._credentials.credentials import Credentials
    from torus_connect._credentials.session import Session
    from torus_connect.errors import TorusError
    from torus_connect.reply import Reply
    from torus_connect_api.client import Request

T = TypeVar("T")

# A service may put anything into a header, an access token too. What can be logged has the form of a UUID, and is no
# part of a secret that is known here.
_REQUEST_ID = r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_REQUEST_ID_HEADERS = ("X-Request-Id", "X-Correlation-Id")


class Call(Generic[T]):
    """One call of an operation of the spec; logs each attempt.

    Args:
        settings: of the client.
        request: as the generated code makes it.
        credentials: what the caller has.

    Attributes:
        base_url: where it goes.
        idempotent: whether it may be sent again with another session.
        token: the access token that it carries, where it is that of a session; then `authorize` comes before sending.
        session: whose access token is sent.
        http_request: what is sent.

    Raises:
        ConfigurationError: the operation wants a credential that is not there, or is experimental: see `choose`.
    """

    def __init__(self, settings: Settings, request: Request[T], credentials: Credentials) -> None:
        self._chosen = credentials.choose(request.operation)
        if credentials.trading:
            request = credentials.trading.filled(request)
        self._request = request
        self._credentials = credentials
        self._retries = Retries(settings, request.operation)
        self._is_renewed = False
        self.idempotent = request.operation.idempotent
        self._started = 0.0
        self.base_url = settings.base_url_of(request.operation)
        self.token = credentials.token(self._chosen)
        self.session: Session | None = None
        self.http_request = http_request(request, self.base_url, share_connections=settings.share_connections)
        if self.token is None:
            self.authorize(None)

    def authorize(self, session: Session | None) -> None:
        """Take the credentials along, with the access token of a session as that of `token`.

        Raises:
            WrongOrigin: the access token is not for where the call goes.
        """
        if session and origin_of(self.base_url) not in session.origins:
            raise session.wrong_origin()
        self.session = session
        self.http_request.credentials = self._credentials.headers(self._chosen, session)

    def renewable(self, error: TorusError) -> Session | None:
        """Return the session to renew after an error: once."""
        is_rejected = isinstance(error, AuthenticationFailed)
        if self._is_renewed or not is_rejected or self.token is None or not self.token.can_renew:
            return None
        self._is_renewed = True
        self._retries.pause()
        return self.session

    def fail(self, error: TorusError) -> None:
        """Say which operation an error is of, where that has not been said: it comes from before an attempt."""
        if error.operation is None:
            error.concern(self._request.operation)
            self._retries.count_all(error)

    def begin(self) -> float:
        """Begin an attempt; return how many seconds it may take."""
        self._started = monotonic()
        return self._retries.begin()

    def succeed(self, reply: Reply) -> T:
        """Return what a reply says.

        Raises:
            MalformedReply, ServiceError, APIStatusError: see `response.result_of`.
        """
        result = result_of(self._request, reply)
        self._log("ok", reply)
        return result

    def wait_after(self, error: TorusError) -> float | None:
        """Return how many seconds to wait before the next attempt, or `None` where the error is final."""
        error.concern(self._request.operation)
        self._log(error.outcome.value, error.reply)
        return self._retries.wait_after(error)

    def _log(self, outcome: str, reply: Reply | None) -> None:
        log = logger(INFO)
        if not log:  # what follows takes longer than all else of a success (7 of 11 µs)
            return
        # Numbers, words of our own and a checked id: no secret can get in here.
        log.info(
            "%s attempt=%d outcome=%s status=%s seconds=%.3f request_id=%s",
            self._request.operation.id,
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
        held = (*self.http_request.credentials.values(), *_texts(self._request.json))
        known = (*held, reply.content.decode("ascii", "replace"))
        return None if any(sent in text or text in sent for text in known if text) else sent


def _texts(value: object) -> Iterator[str]:
    """Yield each text within what is sent as JSON."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)
