"""One attempt on the wire, as the httpx engines see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore

from . import attempt

if TYPE_CHECKING:
    from torus_connect.exchange import WireRequest


class Attempt(attempt.Attempt):
    """One attempt to get one reply; see `attempt.Attempt`.

    Attributes:
        request: the request as httpcore takes it.
        response: the response as httpcore gives it, in here because its repr shows the reason that came with it.
    """

    __slots__ = ("request", "response")

    def __init__(self, request: WireRequest, seconds: float, connect_seconds: float) -> None:
        super().__init__(seconds, connect_seconds)
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
        self.keep_head(self.response.status, self.response.headers)

    def reason(self, exc: BaseException) -> str:
        """Say what went wrong; the text of an exception of httpcore or h11 may quote the request or the reply."""
        if type(exc).__module__ == "httpx" and exc.__cause__:  # of a call that is watched: see `instrumented`
            exc = exc.__cause__
        if isinstance(exc, httpcore.TimeoutException):
            exc = TimeoutError()
        if isinstance(exc, httpcore.ProxyError):
            status = re.match(r"\d{3}\b", str(exc))
            return f"the proxy answered {status[0]}" if status else "the proxy failed"
        return super().reason(exc)

    def cause(self, exc: BaseException) -> object:
        """Return what is behind an exception; httpcore hides the cause that it keeps as the argument."""
        return super().cause(exc) or (exc.args[0] if exc.args else None)
