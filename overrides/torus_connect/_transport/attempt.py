"""One attempt to send a request: how far it came, what arrived, and what a failure means."""

from __future__ import annotations

import logging
import re
import ssl
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore

from torus_connect._config.urls import DEFAULT_PORTS
from torus_connect.errors import ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

from . import limits

if TYPE_CHECKING:
    from torus_connect._calls.request import HTTPRequest


class UnexpectedData(Exception):
    """Something arrived before a request was sent: whatever it is, it is no answer to that request."""


class Progress:
    """How far an attempt has come, and how long it may still take; it holds nothing of what is sent.

    Args:
        seconds: how long the attempt may take.
        connect_seconds: how long it may take to connect; they count from the first step of that on.

    Attributes:
        sent: whether something of the request may have left this machine.
    """

    __slots__ = ("_connect_by", "_connect_seconds", "_ends", "sent")

    def __init__(self, seconds: float, connect_seconds: float) -> None:
        self.sent = False
        self._ends = monotonic() + seconds
        self._connect_seconds = connect_seconds
        self._connect_by: float | None = None

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: there are none.
        """
        return _positive(self._ends - monotonic())

    def left_to_connect(self) -> float:
        """Return the seconds that are left to connect; errors as for `left`."""
        now = monotonic()
        if self._connect_by is None:
            self._connect_by = min(now + self._connect_seconds, self._ends)
        return _positive(self._connect_by - now)


def _positive(seconds: float) -> float:
    if seconds <= 0:
        raise TimeoutError
    return seconds


class Attempt:
    """One attempt to get one reply.

    Args:
        request: what is sent.
        seconds: how long it may take.
        connect_seconds: how long of these it may take to connect.
        proxy: the address of the proxy that it goes through, without credentials, if any.

    Attributes:
        key: see `HTTPRequest.connection_key`.
        request: the request as httpcore takes it.
        response: the response as httpcore gives it, in here because its repr shows the reason that came with it.
        progress: how far it came.
        headers: those of the reply.
        body: the bytes of the reply so far.
    """

    __slots__ = ("_proxy", "_status_code", "body", "headers", "key", "progress", "request", "response")

    def __init__(self, request: HTTPRequest, seconds: float, connect_seconds: float, proxy: str | None = None) -> None:
        self._proxy = proxy
        self._status_code: int | None = None
        self.headers = Headers()
        self.body = Body(request.max_reply_bytes)
        self.progress = Progress(seconds, connect_seconds)
        self.key = request.connection_key
        close = (("Connection", "close"),) if self.key is None else ()
        self.request = httpcore.Request(
            request.method,
            request.url,
            headers=[
                ("Host", urlsplit(request.url).netloc),
                *request.headers.items(),
                *request.credentials.items(),
                *close,
            ],
            content=request.content.encode(),
        )
        self.response: httpcore.Response

    def head(self) -> None:
        """Keep status and headers."""
        self._status_code = self.response.status
        self.headers = Headers((_text(name), _text(value)) for name, value in self.response.headers)
        self.body.encoding = self.headers.get("Content-Encoding", "")

    def reply(self) -> Reply:
        """Return what has arrived."""
        return self.body.reply(self._status_code or 0, self.headers)

    @property
    def keep_alive_seconds(self) -> float:
        """How long the connection may be idle after this reply.

        A request must not meet a closing connection: the service says how long it waits, and a margin is taken off.
        """
        said = re.findall(r"\btimeout\s*=\s*\"?(\d{1,9})", self.headers.get("Keep-Alive", ""), re.IGNORECASE)
        return max(0, min(map(int, said)) - limits.KEEP_ALIVE_MARGIN_SECONDS) if said else limits.IDLE_SECONDS

    def failure(self, exc: BaseException) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        reason, where = _reason(exc), self._where()
        if not self.progress.sent:
            return ConnectionFailed(f"The request was not sent to {where}: {reason}")
        partial = self.reply() if self._status_code is not None else None
        return ReplyLost(f"The request was sent to {where}, but no whole reply came back: {reason}", reply=partial)

    def _where(self) -> str:
        """Return host and port, and the proxy: of the path, nothing, which may hold what was asked for."""
        url = self.request.url
        host = url.host.decode("ascii")
        port = url.port or DEFAULT_PORTS[url.scheme.decode("ascii")]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return f"{address}, through the proxy {self._proxy}" if self._proxy else address


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _reason(exc: BaseException) -> str:
    """Say what went wrong, in words that cannot hold a secret: our own, the operating system's, or OpenSSL's.

    The text of an exception of httpcore or h11 may quote the request or the reply.
    """
    if isinstance(exc, UnexpectedData):
        return "the connection was closed, or used by the other side, before there was a request"
    if isinstance(exc, httpcore.PoolTimeout):
        return "no connection of the pool came free in time"
    if type(exc).__module__ == "httpx" and exc.__cause__:  # of a call that is watched: see `async_connection`
        exc = exc.__cause__
    if isinstance(exc, TimeoutError | httpcore.TimeoutException):
        return "it took longer than its timeout"
    if isinstance(exc, httpcore.ProxyError):
        status = re.match(r"\d{3}\b", str(exc))
        return f"the proxy answered {status[0]}" if status else "the proxy failed"
    cause: object = exc
    while isinstance(cause, BaseException):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"certificate verify failed: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = _cause(cause)
    return type(exc).__name__


def _cause(exc: BaseException) -> object:
    """Return what is behind an exception.

    Several addresses of one name fail as a group, and httpcore hides the cause that it keeps as the argument.
    """
    if isinstance(exc, BaseExceptionGroup):
        return exc.exceptions[0]
    return exc.__cause__ or (exc.args[0] if exc.args else None)


redacting: ContextVar[bool] = ContextVar("torus_connect_log_redaction", default=False)
"""Set while a call of ours is in httpcore."""

_LOGGERS = ("httpcore.connection", "httpcore.http11", "httpcore.proxy")


class _StepsOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if redacting.get():
            record.msg, record.args = str(record.msg).split(" ", 1)[0], None
        return True


_FILTER = _StepsOnly()


def redact_logs() -> None:
    """Keep what our calls carry out of the debug log of httpcore; once is enough, more do no harm.

    It quotes what arrives: headers as they are, and a reply that is no HTTP. Either may hold an access token.
    Calls that others make with httpcore in the same process are logged as ever.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
