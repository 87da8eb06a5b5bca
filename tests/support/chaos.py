"""A proxy that does to a service what networks do, by chance but always the same, and keeps account of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import threading
import time
from collections import defaultdict
from typing import Self

_TOKEN = re.compile(rb"\r\n(?:Token: |Authorization: Bearer )([^\r]*)\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)

ASKED_BACK = ("429", "503")
"""What asks the client to come again; after anything else a request token must never be seen again."""
FORWARDED = ("pass", "delay", "lost", "cut", "close")
_WEIGHTS = {"pass": 50, "delay": 8, "429": 9, "503": 7, "500": 5, "unread": 3, "lost": 6, "cut": 4, "close": 8}
_RESET_AT_ONCE = 0.04
_REFUSING_EVERY = 150
_REFUSING_SECONDS = 0.02


class ChaosProxy:
    """Stands in front of a listener on 127.0.0.1.

    What happens to a request depends on the seed, its token and how often the token was seen, so that threads and tasks
    may come in any order: `pass`, `delay`; `429`, `503`, `500` by the proxy itself; `unread`, reset and forgotten;
    `lost`, forwarded and reset instead of the reply; `cut`, forwarded and half of the reply; `close`, forwarded and
    answered, and the idle connection closed. Some connections are reset at once, and now and then none is accepted.

    Attributes:
        seen: for each request token or access token, what happened to it, in order.
        carried: for each connection, the tokens that it carried.
        served: the tokens for which the service answered 200.
        calm: whether everything is passed on.
    """

    def __init__(self, upstream_port: int, *, seed: int, together: int) -> None:
        self.seen: defaultdict[str, list[str]] = defaultdict(list)
        self.carried: defaultdict[asyncio.StreamWriter, set[str]] = defaultdict(set)
        self.served: set[str] = set()
        self.calm = False
        self._together = asyncio.Barrier(together)
        self._upstream_port = upstream_port
        self._seed = seed
        self._connections = 0
        self._ending = self._refuse = False
        self._open: set[asyncio.StreamWriter] = set()
        self._changed = threading.Condition()
        self._serving: set[asyncio.Task[None]] = set()
        # Keeps the port while nobody listens on it.
        self._placeholder = self._bound(0)
        self.port: int = self._placeholder.getsockname()[1]
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="chaos-proxy")

    def forwarded(self, token: str) -> int:
        """Return how often a request token was handed to the service."""
        return sum(action in FORWARDED for action in self.seen.get(token, ()))

    def calm_down(self) -> None:
        """Pass everything on from now on, each once so many requests are there at the same time as `together` says."""
        self.calm = True
        self._refuse = False

    @property
    def open_connections(self) -> int:
        return len(self._open)

    def wait_until_alone(self, seconds: float = 30) -> bool:
        """Wait until no connection is left; return whether that came about."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._placeholder.close()

    def _bound(self, port: int) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(("127.0.0.1", port))
        return sock

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._accept)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self) -> None:
        # In a thread: a server of asyncio that is closed while it accepts forgets the connection.
        while not self._ending:
            with self._bound(self.port) as self._listener:
                self._listener.listen(1024)
                self._started.set()
                self._refuse = False
                with contextlib.suppress(OSError):
                    while not (self._refuse or self._ending):
                        sock, _ = self._listener.accept()
                        self._connections += 1
                        self._loop.call_soon_threadsafe(self._begin, sock, self._connections)
            time.sleep(_REFUSING_SECONDS)

    def _begin(self, sock: socket.socket, number: int) -> None:
        task = self._loop.create_task(self._accepted(sock, number))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _accepted(self, sock: socket.socket, number: int) -> None:
        reader, writer = await asyncio.open_connection(sock=sock)
        self._open.add(writer)
        chance = random.Random(f"{self._seed}/{number}").random()
        try:
            if chance < _RESET_AT_ONCE and not self.calm:
                _reset(writer)
            else:
                await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever was at the other end went away
        finally:
            writer.transport.abort()
            with self._changed:
                self._open.discard(writer)
                self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        try:
            while await self._serve_one(reader, writer, *upstream):
                pass
        finally:
            upstream[1].close()
            with contextlib.suppress(OSError):
                await upstream[1].wait_closed()

    async def _serve_one(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> bool:
        """Serve a request; return whether the connection stays."""
        request = await _message(reader)
        token = _token(request)
        action = self._chosen(token)
        self.seen[token].append(action)
        self.carried[writer].add(token)
        if self.calm:
            await self._together.wait()
        if action in ASKED_BACK:
            writer.write(f"HTTP/1.1 {action} Again\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n".encode())
            return True
        if action == "500":
            writer.write(b"HTTP/1.1 500 Sorry\r\nContent-Length: 0\r\n\r\n")
            return True
        if action == "unread":
            _reset(writer)
            return False
        if action == "delay":
            await asyncio.sleep(0.01)
        up_writer.write(request)
        reply = await _message(up_reader)
        if reply.startswith(b"HTTP/1.1 200"):
            self.served.add(token)
        if action == "lost":
            _reset(writer)
            return False
        writer.write(reply[: len(reply) // 2] if action == "cut" else reply)
        await writer.drain()
        return action in ("pass", "delay")

    def _chosen(self, token: str) -> str:
        if self.calm:
            return "pass"
        chance = random.Random(f"{self._seed}/{token}/{len(self.seen[token])}")
        if chance.randrange(_REFUSING_EVERY) == 0:
            self._refuse = True  # from the next connection on
        return chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def _token(request: bytes) -> str:
    found = _TOKEN.findall(request)
    assert len(found) == 1, "each request carries one token"
    return str(found[0], "ascii")


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
