"""One attempt to send a request: how far it came, what arrived, and what a failure means."""

from __future__ import annotations

import os
import re
import socket
import ssl
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h11

from torus_connect._config.urls import address_of
from torus_connect.errors import ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

from . import limits

if TYPE_CHECKING:
    from torus_connect._calls.request import HTTPRequest


class UnexpectedData(Exception):
    """Something arrived before a request was sent: whatever it is, it is no answer to that request."""


class PoolTimeout(TimeoutError):
    """No connection of the pool came free in time."""


class ProxyRefusal(Exception):
    """The proxy answered with another status than a success, which is its argument."""


class Progress:
    """How far an attempt has come, and how long it may still take; it holds nothing of what is sent.

    Args:
        seconds: how long the attempt may take.
        connect_seconds: how long it may take to connect; they count from the first step of that on.

    Attributes:
        sent: whether something of the request may have left this machine.
    """

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
        request: what is sent.
        key: see `HTTPRequest.connection_key`.
        headers: those to be sent, with the credentials.
        progress: how far it came.
        body: the bytes of the reply so far.
        reply_headers: those of the reply.
    """

    def __init__(self, request: HTTPRequest, seconds: float, connect_seconds: float, proxy: str | None = None) -> None:
        self._proxy = proxy
        self._status_code: int | None = None
        self._said: dict[bytes, str] = {}
        self.reply_headers = Headers()
        self.body = Body(request.max_reply_bytes)
        self.progress = Progress(seconds, connect_seconds)
        self.request = request
        self.key = request.connection_key
        close = (("Connection", "close"),) if self.key is None else ()
        self.headers: list[tuple[str, str]] | list[tuple[bytes, bytes]] = [
            ("Host", urlsplit(request.url).netloc),
            *request.headers.items(),
            *request.credentials.items(),
            *close,
        ]

    @property
    def target(self) -> str:
        """What is asked of the service: the path, and the query."""
        url = urlsplit(self.request.url)
        return f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"

    def take(self, event: h11.Event) -> bool:
        """Take what has arrived of the reply; return whether more is wanted."""
        if isinstance(event, h11.Response):
            self._status_code = event.status_code
            headers = event.headers.raw_items()
            self.reply_headers = Headers((_text(name), _text(value)) for name, value in headers)
            for name, value in headers:
                if (key := name.lower()) in _READ_AT_ONCE:
                    self._said[key] = f"{self._said[key]}, {_text(value)}" if key in self._said else _text(value)
            self.body.encoding = self._said.get(b"content-encoding", "")
        elif isinstance(event, h11.Data):
            return self.body.take(bytes(event.data))
        return not isinstance(event, h11.EndOfMessage)

    def reply(self) -> Reply:
        """Return what has arrived."""
        return self.body.reply(self._status_code or 0, self.reply_headers)

    @property
    def keep_alive_seconds(self) -> float:
        """How long the connection may be idle after this reply.

        A request must not meet a closing connection: the service says how long it waits, and a margin is taken off.
        """
        # Its end is in doubt: its length is said in two ways, or it may have no body. What is left may come later.
        if self._status_code in (204, 304) or (b"transfer-encoding" in self._said and b"content-length" in self._said):
            return 0
        said = re.findall(r"\btimeout\s*=\s*\"?(\d{1,9})", self._said.get(b"keep-alive", ""), re.IGNORECASE)
        return max(0, min(map(int, said)) - limits.KEEP_ALIVE_MARGIN_SECONDS) if said else limits.IDLE_SECONDS

    def failure(self, exc: BaseException) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        if isinstance(exc, TorusError):  # of a call that is watched
            return exc
        reason, where = _reason(exc), self._where()
        if not self.progress.sent:
            return ConnectionFailed(f"The request was not sent to {where}: {reason}")
        partial = self.reply() if self._status_code is not None else None
        return ReplyLost(f"The request was sent to {where}, but no whole reply came back: {reason}", reply=partial)

    def _where(self) -> str:
        """Return host and port, and the proxy: of the path, nothing, which may hold what was asked for."""
        host, port = address_of(self.request.url)
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return f"{address}, through the proxy {self._proxy}" if self._proxy else address


_READ_AT_ONCE = frozenset({b"content-encoding", b"content-length", b"keep-alive", b"transfer-encoding"})
"""The headers of a reply that the transport itself needs; the others are read when they are asked for."""


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _reason(exc: BaseException) -> str:
    """Say what went wrong, in words that cannot hold a secret: our own, the operating system's, or OpenSSL's.

    The text of an exception of h11 may quote the request or the reply.
    """
    if isinstance(exc, UnexpectedData):
        return "the connection was closed, or used by the other side, before there was a request"
    if isinstance(exc, PoolTimeout):
        return "no connection of the pool came free in time"
    if isinstance(exc, TimeoutError):
        return "it took longer than its timeout"
    if isinstance(exc, ProxyRefusal):
        return f"the proxy answered {exc.args[0]}"
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {exc.verify_message}"
    if isinstance(exc, OSError) and exc.errno and not isinstance(exc, (ssl.SSLError, socket.gaierror)):
        return os.strerror(exc.errno)  # asyncio has words of its own, of where it was, and not of what
    return (isinstance(exc, OSError) and exc.strerror) or type(exc).__name__
