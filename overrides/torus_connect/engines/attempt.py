"""One attempt on the wire: how far it came, what arrived, and what a failure means; each engine adds what it sends."""

from __future__ import annotations

import sys

from torus_connect.errors import ConnectionFailed, ReplyLost, TorusError
from torus_connect.reply import Body, Headers, Reply

from .failures import Told
from .progress import Progress

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Attempt:
    """One attempt to get one reply.

    Args:
        seconds: how long it may take.
        connect_seconds: how long of these it may take to connect.

    Attributes:
        progress: how far it came.
        body: the bytes of the reply so far.
    """

    __slots__ = ("_headers", "_status_code", "body", "progress")

    def __init__(self, seconds: float, connect_seconds: float) -> None:
        self._status_code: int | None = None
        self._headers = Headers()
        self.body = Body()
        self.progress = Progress(seconds, connect_seconds)

    def keep_head(self, status_code: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep status and headers."""
        self._status_code = status_code
        self._headers = Headers(_Texts(headers))
        encodings = [value for name, value in headers if name.lower() == b"content-encoding"]
        self.body.encoding = b", ".join(encodings).decode("latin-1")

    def reply(self) -> Reply:
        """Return what has arrived."""
        return self.body.reply(self._status_code or 0, self._headers)

    def failure(self, exc: BaseException) -> TorusError:
        """Return what an exception means: decided by whether the request may have been sent, by nothing else."""
        reason = self.reason(exc)
        if not self.progress.sent:
            return ConnectionFailed(f"The request was not sent: {reason}")
        partial = self.reply() if self._status_code is not None else None
        return ReplyLost(f"The request was sent, but no whole reply came back: {reason}", reply=partial)

    def reason(self, exc: BaseException) -> str:
        """Say what went wrong, in words that cannot hold a secret: our own, the operating system's, or OpenSSL's."""
        if isinstance(exc, Told):
            return str(exc)
        if isinstance(exc, TimeoutError):
            return "it took longer than its timeout"
        cause: object = exc
        while isinstance(cause, BaseException):
            if _is_of_certificate(cause):
                return f"certificate verify failed: {cause.verify_message}"  # type: ignore[attr-defined]
            if isinstance(cause, OSError) and cause.strerror:
                return cause.strerror
            cause = self.cause(cause)
        return type(exc).__name__

    def cause(self, exc: BaseException) -> object:
        """Return what is behind an exception; several addresses of one name fail as a group."""
        return exc.exceptions[0] if isinstance(exc, BaseExceptionGroup) else exc.__cause__


class _Texts:
    """Headers as text, made when they are asked for: UTF-8 where it is, else each byte as it came."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._headers = headers

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((_text(name), _text(value)) for name, value in self._headers)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _is_of_certificate(exc: BaseException) -> bool:
    ssl = sys.modules.get("ssl")  # where nobody has loaded it, nobody has verified
    return ssl is not None and isinstance(exc, ssl.SSLCertVerificationError)
