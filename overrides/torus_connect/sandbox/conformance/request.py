"""A request as it came over the wire, and the reading of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_LARGEST = 1024 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class ReceivedRequest:
    """One request; `repr` shows nothing of it.

    Attributes:
        began: when its first byte came, on the monotonic clock.
        answered: when its reply began to go out, on the same clock.
        line: the request line.
        headers: names in lower case, values without white space around them.
        body: with no transfer encoding on it.
        whole: whether all of it came, and could be read.
    """

    began: float
    answered: float = 0.0
    line: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    whole: bool = False

    def values(self, name: str) -> list[str]:
        """Return what each header of this name (in lower case) holds."""
        return [value for known, value in self.headers if known == name]

    def __repr__(self) -> str:
        return "<ReceivedRequest>"


class Incoming:
    """What comes over one connection, request by request."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""

    async def begin(self) -> ReceivedRequest | None:
        """Return a request whose first byte is there, or `None` where the client is gone."""
        if not self._buffer and not await self._more():
            return None
        return ReceivedRequest(began=monotonic())

    async def complete(self, request: ReceivedRequest) -> None:
        """Read the rest of it; it is not `whole` where that fails."""
        # Latin-1, as HTTP reads header fields: every byte is kept, and the judge compares bytes.
        with suppress(EOFError, ValueError, IndexError):
            head = (await self._until(b"\r\n\r\n")).decode("latin-1")
            request.line, *fields = head.split("\r\n")
            for name, colon, value in (one.partition(":") for one in fields):
                if not colon:
                    return
                request.headers.append((name.lower(), value.strip(" \t")))
            if "100-continue" in map(str.lower, request.values("expect")):
                await asyncio.get_running_loop().sock_sendall(self._sock, _CONTINUE)
            request.body = await self._body(request)
            request.whole = True

    async def end(self) -> None:
        """Return when the client is gone."""
        while await self._more():
            self._buffer = b""

    async def _body(self, request: ReceivedRequest) -> bytes:
        if "chunked" not in map(str.lower, request.values("transfer-encoding")):
            return await self._take(int((request.values("content-length") or ["0"])[0]))
        body = b""
        while size := int((await self._until(b"\r\n")).partition(b";")[0], 16):
            body += await self._take(size)
            await self._until(b"\r\n")
        while await self._until(b"\r\n"):  # trailers, and the empty line after them
            pass
        return body

    async def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            if not await self._more():
                raise EOFError
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    async def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not await self._more():
                raise EOFError
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    async def _more(self) -> bool:
        if len(self._buffer) > _LARGEST:
            return False
        chunk = await asyncio.get_running_loop().sock_recv(self._sock, 64 * 1024)
        self._buffer += chunk
        return bool(chunk)
