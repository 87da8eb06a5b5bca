"""Reads one reply of HTTP/1.1 with llhttp, the parser of Node.js, which httptools brings to Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from . import limits
from .failures import Told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class _Body(Protocol):
        def take(self, chunk: bytes, /) -> bool:
            """Take a part; return whether more may come."""
            ...

    class Sink(Protocol):
        """Where a reply goes."""

        @property
        def body(self) -> _Body:
            """What takes the body."""
            ...

        def keep_head(self, status_code: int, headers: Sequence[tuple[bytes, bytes]], /) -> None:
            """Keep status and headers."""
            ...


_FIRST_FINAL_STATUS = 200
_BLANK = b" \t"
"""What may stand around a value, and is not a part of it."""


class Unreadable(Told):
    """What came back is no whole reply."""


class ReplyReader:
    """Reads one reply, and takes note of whatever comes behind it.

    Args:
        sink: where the reply goes.

    Attributes:
        has_head: whether status and headers are there.
        complete: whether all of the reply is there, or as much as is kept of it.
        reusable: whether its connection is fit for another request: the reply has an end of its own, nothing came
            behind it (but for line ends, which a reader skips), and the service keeps the connection open.
    """

    __slots__ = (
        "_ends_with_connection",
        "_headers",
        "_idle",
        "_parser",
        "_sink",
        "complete",
        "has_head",
        "reusable",
    )

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._headers: list[tuple[bytes, bytes]] = []
        self.has_head = False
        self.complete = False
        self.reusable = False
        self._ends_with_connection = False
        self._idle = 0
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take what has arrived; nothing is the end of the connection.

        Raises:
            Unreadable: it is no reply of HTTP/1.1, or ends within one.
        """
        if self._parser is None:
            return
        if not data:
            self._end()
            return
        self._idle += len(data)
        fault = self._fed(data)
        if self.complete:
            self.reusable = self.reusable and not fault
            self.close()
        elif fault:
            raise Unreadable(fault)
        elif self._idle > limits.MAX_HEAD_BYTES:
            raise Unreadable(f"more than {limits.MAX_HEAD_BYTES} bytes came that are no body")

    def _fed(self, data: bytes) -> str | None:
        # The parser's exceptions are not shown: they may quote what came.
        try:
            self._parser.feed_data(data)  # type: ignore[union-attr]
        except HttpParserUpgrade:
            return "the service switched to another protocol"
        except HttpParserError as exc:
            raised = exc.__context__  # in one of the methods below
        else:
            return None
        if raised is not None and not isinstance(raised, Exception):
            raise raised  # what answers to a signal did it, Ctrl-C for one
        return "what came back is not HTTP/1.1"

    def _end(self) -> None:
        if not self._ends_with_connection:
            raise Unreadable("the connection was closed")
        self.complete = True
        self.close()

    def close(self) -> None:
        """Read no further; parser and reader are not held by each other any more."""
        self._parser = None

    def on_message_begin(self) -> None:
        """See a reply begin: behind another one, nobody has asked for it."""
        if self.complete:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the head; what stands behind the body is none."""
        if not self.has_head:
            self._headers.append((name, value.strip(_BLANK)))

    def on_headers_complete(self) -> None:
        """Keep the head; a provisional one, 1xx, goes before the reply."""
        if self.complete:
            return
        status_code = self._parser.get_status_code()  # type: ignore[union-attr]
        headers, self._headers = self._headers, []
        names = {name.lower() for name, _ in headers}
        if status_code < _FIRST_FINAL_STATUS:
            if names & {b"content-length", b"transfer-encoding"}:
                raise HttpParserError("a provisional reply has no body")
            return
        codings = [value.lower() for name, value in headers if name.lower() == b"transfer-encoding"]
        if codings not in ([], [b"chunked"]):
            raise HttpParserError("a coding that was not asked for")
        self._ends_with_connection = not codings and b"content-length" not in names
        self._sink.keep_head(status_code, headers)
        self.has_head = True

    def on_body(self, chunk: bytes) -> None:
        """Keep a part of the body."""
        if not self.has_head:
            raise HttpParserError("no head, no body")
        if not self.complete:
            self._idle = 0
            self.complete = not self._sink.body.take(chunk)

    def on_message_complete(self) -> None:
        """See the end of the reply."""
        if self.has_head and not self.complete:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()  # type: ignore[union-attr]
