"""One attempt on the wire, as the httpx engines see it: what is sent, what arrived, and what its failure means."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore

from torus_connect.errors import ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

from .limits import NoPlace
from .progress import Progress

if TYPE_CHECKING:
    from torus_connect.exchange import WireRequest


class Attempt:
    """One attempt to get one reply.

    Attributes:
        progress: how far it came.
        request: the request as httpcore takes it.
        body: the bytes of the reply so far.
        response: the response as httpcore gives it, in here because its repr shows the reason that came with it.
    """

    __slots__ = ("_headers", "_status_code", "body", "progress", "request", "response")

    def __init__(self, request: WireRequest, seconds: float, connect_seconds: float) -> None:
        self._status_code: int | None = None
        self._headers = Headers()
        self.body = Body()
        self.progress = Progress(seconds, connect_seconds)
        self.request = httpcore.Request(
            request.method,
            request.url,
            headers=[
                ("Host", urlsplit(request.url).netloc),
                *request.headers.items(),
                *request.credentials.items(),
            ],
            content=request.content.encode(),
        )
        self.response: httpcore.Response

    def head(self) -> None:
        """Keep status and headers."""
        self._status_code = self.response.status
        self._headers = Headers([(_text(name), _text(value)) for name, value in self.response.headers])
        self.body.encoding = self._headers.get("content-encoding", "")

    def reply(self) -> Reply:
        """Return what has arrived."""
        return self.body.reply(self._status_code or 0, self._headers)

    def failure(self, exc: BaseException) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        reason = _reason(exc)
        if not self.progress.sent:
            return ConnectionFailed(f"The request was not sent: {reason}")
        partial = self.reply() if self._status_code is not None else None
        return ReplyLost(f"The request was sent, but no whole reply came back: {reason}", reply=partial)


def _text(value: bytes) -> str:
    """Return a header's name or value as text: UTF-8 where it is, else each byte as it came."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _reason(exc: BaseException) -> str:
    """Say what went wrong, in words that cannot hold a secret.

    The text of an exception of httpcore or h11 may quote the request or the reply; that of the operating system and of
    OpenSSL does not.
    """
    if type(exc).__module__ == "httpx" and exc.__cause__:  # of a call that is watched: see `instrumented`
        exc = exc.__cause__
    if isinstance(exc, NoPlace):
        return str(exc)
    if isinstance(exc, httpcore.TimeoutException | TimeoutError):
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
    # httpcore hides the cause that it keeps as the argument; several addresses of one name fail as a group.
    if isinstance(exc, BaseExceptionGroup):
        return exc.exceptions[0]
    return exc.__cause__ or (exc.args[0] if exc.args else None)
