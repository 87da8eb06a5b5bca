"""One attempt on the wire, as the pyreqwest engines see it: how far it came, what arrived, and what a failure means."""

from __future__ import annotations

import os
from datetime import timedelta

from pyreqwest.http import HeaderMap, Url

from torus_connect.errors import ConfigurationError, ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

from .limits import NoPlace

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from pyreqwest.client import Client, SyncClient
    from pyreqwest.response import BaseResponse

    from torus_connect.exchange import WireRequest

_OS_ERROR = r"\(os error (\d+)\)$"
_LOOKUP = "failed to lookup address information: "
_CERTIFICATE = "invalid peer certificate: "
# rustls quotes what is in a certificate; these are OpenSSL's words for the same.
_CERTIFICATE_FAULTS = {
    "UnknownIssuer": "unable to get local issuer certificate",
    "certificate expired": "certificate has expired",
    "certificate not valid yet": "certificate is not yet valid",
    "certificate not valid for name": "it is not for this host",
}
_TUNNEL_FAULTS = {
    "tunnel error: proxy authorization required": "the proxy answered 407",
    "tunnel error: unsuccessful": "the proxy opened no tunnel",
    "tunnel error: unexpected end of file": "the proxy failed",
}
_FIRST_FINAL_STATUS = 200
_LONGEST_LENGTH = 20
"""How many digits of a `Content-Length` are read: those of 2 to the 64th."""


class Forms:
    """What the requests of one client have in common, in the library's own form, kept from one to the next.

    To make it anew takes a third of what there is to do before a request is sent.
    """

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: tuple[dict[str, str], str, Url, HeaderMap] | None = None

    def of(self, request: WireRequest) -> tuple[Url, HeaderMap]:
        """Return URL and headers, without the credentials.

        Raises:
            ConfigurationError: the host passed our checks, and is none for the library.
        """
        kept = self._kept
        if kept is None or kept[0] is not request.headers or kept[1] is not request.url:
            kept = self._kept = (request.headers, request.url, _url(request.url), HeaderMap(request.headers))
        return kept[2:]


def _url(url: str) -> Url:
    try:
        return Url(url)
    except ValueError:
        pass
    raise ConfigurationError("base_url has no valid host")


class Attempt:
    """One attempt to get one reply.

    The body of the request is handed over as an iterator, not as bytes: the library takes its one part when it writes
    the request to a connection, and no earlier. Whoever takes the part first has decided: an attempt that ends before
    is never sent, and it is certain which of the two it was. The library's exceptions do not say: one and the same
    stands for a connection that was refused, and for one that was reset after the request.

    Attributes:
        body: the bytes of the reply so far.
        sendable: what the library sends, in here because its repr fails once it is sent.
    """

    __slots__ = ("_headers", "_parts", "_request", "_status_code", "body", "sendable")

    def __init__(self, request: WireRequest) -> None:
        self._request = request
        self._parts: Iterator[bytes] = iter((request.content.encode(),))
        self._status_code: int | None = None
        self._headers = Headers()
        self.body = Body()
        self.sendable: Any = None

    def prepare(self, client: Client | SyncClient, forms: Forms, seconds: float) -> None:
        """Make what the library sends.

        Raises:
            ConfigurationError: the host passed our checks, and is none for the library.
        """
        url, headers = forms.of(self._request)
        builder = client.request(self._request.method, url).headers(headers)
        for name, value in self._request.credentials.items():
            builder.header(name, value, is_sensitive=True)
        # With its length among the headers, it is not sent in chunks.
        builder.body_stream(self._parts)
        # Unbuffered, a reply that is cut short comes with what there was of it.
        self.sendable = builder.streamed_read_buffer_limit(0).timeout(timedelta(seconds=seconds)).build_streamed()

    def head(self, response: BaseResponse) -> bool:
        """Keep status and headers; return whether there is a body: none follows where the protocol is switched."""
        if response.status < _FIRST_FINAL_STATUS:
            return False
        self._status_code = response.status
        headers = response.headers
        self._headers = Headers(_Readable(headers))
        self.body.encoding = _value(headers, "content-encoding")
        if "transfer-encoding" not in headers:
            length = _value(headers, "content-length")
            self.body.expected = int(length) if length.isdecimal() and len(length) <= _LONGEST_LENGTH else None
        return True

    def outcome(self) -> Reply | TorusError:
        """Return what has arrived when all of it has."""
        if self._status_code is None:
            return self._lost("the service switched to another protocol")
        return self.body.reply(self._status_code, self._headers)

    def withdraw(self) -> bool:
        """See to it that what is not sent yet never is; return whether that was in time."""
        return next(self._parts, None) is not None

    def failure(self, exc: Exception) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        reason = _reason(exc)
        return ConnectionFailed(f"The request was not sent: {reason}") if self.withdraw() else self._lost(reason)

    def _lost(self, reason: str) -> ReplyLost:
        partial = self.body.reply(self._status_code, self._headers) if self._status_code else None
        return ReplyLost(f"The request was sent, but no whole reply came back: {reason}", reply=partial)


class _Readable:
    """The headers, but for values that are not ASCII, which the library does not hand out."""

    __slots__ = ("_headers",)

    def __init__(self, headers: HeaderMap) -> None:
        self._headers = headers

    def __iter__(self) -> Iterator[tuple[str, str]]:
        try:
            yield from list(self._headers.items())
        except ValueError:
            for name in set(self._headers.keys()):
                yield from ((name, value) for value in _values(self._headers, name))


def _values(headers: HeaderMap, name: str) -> Sequence[str]:
    try:
        return headers.getall(name)
    except ValueError:
        return ()


def _value(headers: HeaderMap, name: str) -> str:
    return ", ".join(_values(headers, name))


def _reason(exc: Exception) -> str:
    """Say what went wrong, in words that cannot hold a secret: the operating system's, or our own."""
    import re  # noqa: PLC0415 - with these, a failure loads what a success does without: 7 ms

    from pyreqwest.exceptions import PoolTimeoutError  # noqa: PLC0415

    if isinstance(exc, PoolTimeoutError | NoPlace):
        return str(NoPlace())
    if isinstance(exc, TimeoutError):
        return "it took longer than its timeout"
    for cause in _causes(exc):
        if cause in _TUNNEL_FAULTS:
            return _TUNNEL_FAULTS[cause]
        if cause.startswith(_CERTIFICATE):
            fault = cause.removeprefix(_CERTIFICATE)
            words = (ours for theirs, ours in _CERTIFICATE_FAULTS.items() if fault.startswith(theirs))
            return f"certificate verify failed: {next(words, 'it is not valid')}"
        if cause.startswith(_LOOKUP):
            return cause.removeprefix(_LOOKUP)
        if number := re.search(_OS_ERROR, cause):
            return os.strerror(int(number[1]))
    return type(exc).__name__


def _causes(exc: Exception) -> list[str]:
    details = getattr(exc, "details", None) or {}
    return [cause["message"] for cause in details.get("causes") or ()]
