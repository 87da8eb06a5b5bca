"""One attempt on the wire, as the httpx engines see it: how far it came, what arrived, and what its failure means."""

from __future__ import annotations

import re
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

from torus_connect.errors import ConfigurationError, ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

if TYPE_CHECKING:
    from torus_connect.exchange import WireRequest


class Attempt:
    """One attempt to get one reply.

    Attributes:
        request: the request as httpx takes it.
        body: the bytes of the reply so far.
        response: the response as httpx gives it, in here because its repr shows the reason that came with it.
        half_open: the stream of a connection whose TLS handshake is not done, if there is one.
    """

    __slots__ = ("_headers", "_sent", "_status_code", "body", "half_open", "request", "response")

    def __init__(self, request: WireRequest, timeouts: dict[str, Any]) -> None:
        self._sent = False
        self._status_code: int | None = None
        self._headers = Headers()
        self.body = Body()
        self.half_open: Any = None
        self.request = _httpx_request(request, timeouts)
        self.response: httpx.Response

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note how far it came, above all from when on the request may have left this machine (httpcore's `trace`)."""
        if event.endswith(".connect_tcp.complete"):
            self.half_open = info["return_value"]
        elif event.endswith((".start_tls.complete", ".send_request_headers.started")):
            self.half_open = None
        # A proxy is asked to CONNECT through the same events; that is not our request yet.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self._sent = True

    def head(self) -> None:
        """Keep status and headers."""
        self._status_code = self.response.status_code
        self._headers = Headers(self.response.headers.multi_items())

    def reply(self) -> Reply:
        """Return what has arrived."""
        return self.body.reply(self._status_code or 0, self._headers)

    def failure(self, exc: BaseException) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        reason = _reason(exc)
        if not self._sent:
            return ConnectionFailed(f"The request was not sent: {reason}")
        partial = self.reply() if self._status_code is not None else None
        return ReplyLost(f"The request was sent, but no whole reply came back: {reason}", reply=partial)


def _httpx_request(request: WireRequest, timeouts: dict[str, Any]) -> httpx.Request:
    # A host that passed our checks and is none for httpx: httpx.InvalidURL, or an error of its library for names.
    with suppress(httpx.InvalidURL, ValueError):
        return httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions={"timeout": timeouts},
        )
    raise ConfigurationError("base_url has no valid host")


def _reason(exc: BaseException) -> str:
    """Say what went wrong, in words that cannot hold a secret.

    The text of an exception of httpx or h11 may quote the request or the reply; that of the operating system and of
    OpenSSL does not.
    """
    if isinstance(exc, httpx.PoolTimeout):
        return "no connection of the pool came free in time"
    if isinstance(exc, httpx.TimeoutException | TimeoutError):
        return "it took longer than its timeout"
    if isinstance(exc, httpx.ProxyError):
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
