"""A lean listener: the reply to every token `x` is `of-x`; connections are told apart by their port."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any, Self

_TOKEN = re.compile(rb"\r\n(?:Token: |Authorization: Bearer )([^\r]*)\r\n")
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


class Echo:
    """Serves in a thread of its own.

    Args:
        delay: seconds from a request to its reply.

    Attributes:
        seen: client port and request token of every request, in order; not kept where `remember` is false.
        requests: how many there were.
        together: how many requests for `after...` must be there before any of them is answered.
        close_after_reply: whether the connection ends with each reply, announced.
        open: the connections that are open now.
    """

    def __init__(self, *, delay: float = 0.0, remember: bool = True) -> None:
        self.delay = delay
        self.remember = remember
        self.together = 1
        self.close_after_reply = False
        self.seen: list[tuple[int, str]] = []
        self.requests = 0
        self.changed = threading.Condition()
        self.open: set[asyncio.Transport] = set()
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="echo", daemon=True)

    @property
    def credentials(self) -> dict[str, Any]:
        """What a client is given. Connections are shared: those that are closed after a call are the easier ones."""
        return {
            "api_key": "soak-key",
            "api_secret": "soak-secret",
            "base_url": f"http://127.0.0.1:{self.port}/api/v1",
            "share_connections": True,
        }

    def wait_for_requests(self, count: int, seconds: float = 60) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.requests >= count, seconds)

    def wait_until_alone(self, seconds: float = 60) -> bool:
        """Wait until no connection is left; return whether that came about."""
        with self.changed:
            return self.changed.wait_for(lambda: not self.open, seconds)

    def ports_of(self, prefix: str) -> set[int]:
        """Return the client ports that request tokens with this prefix came from."""
        return {port for port, token in self.seen if token.startswith(prefix)}

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def answer(self, transport: asyncio.Transport, reply: bytes, *, alone: bool) -> None:
        if alone:
            waiting = [(transport, reply)]
        else:
            self._waiting.append((transport, reply))
            if len(self._waiting) < self.together:
                return
            waiting, self._waiting = self._waiting, []
        for one, its_reply in waiting:
            self._loop.call_later(self.delay, one.write, its_reply)
            if self.close_after_reply:
                self._loop.call_later(self.delay, one.close)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        server = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1024)
        self.port: int = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ended.wait()
        server.close()
        for transport in list(self.open):
            transport.abort()
        await asyncio.sleep(0)


class _Connection(asyncio.Protocol):
    def __init__(self, echo: Echo) -> None:
        self._echo = echo
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._port: int = transport.get_extra_info("peername")[1]
        with self._echo.changed:
            self._echo.open.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        with self._echo.changed:
            self._echo.open.discard(self._transport)
            self._echo.changed.notify_all()

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n") + 4) > 3:
            length = _LENGTH.search(self._data, 0, end)
            token = _TOKEN.search(self._data, 0, end)
            assert length is not None
            assert token is not None
            size = end + int(length[1])
            if len(self._data) < size:
                return
            self._data = self._data[size:]
            self._answer(token[1].decode())

    def _answer(self, token: str) -> None:
        echo = self._echo
        with echo.changed:
            echo.requests += 1
            if echo.remember:
                echo.seen.append((self._port, token))
            echo.changed.notify_all()
        body = f'{{"AccessToken": "of-{token}"}}'
        end = "Connection: close\r\n" if echo.close_after_reply else ""
        reply = f"HTTP/1.1 200 OK\r\n{end}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        echo.answer(self._transport, reply, alone=not token.startswith("after"))
