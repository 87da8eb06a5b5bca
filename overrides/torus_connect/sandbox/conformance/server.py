"""A listener that follows a script, to the byte, and remembers what it saw."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Self

from .request import Incoming, ReceivedRequest
from .script import reply_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .vector import ScriptedReply

_BACKLOG = 16
_SETTLING = 1.0  # seconds to read what a client left behind; only one that is still alive somewhere takes them


class ScriptedServer:
    """A server on a loopback address, within a running event loop.

    The first request of all connections gets the first reply, the second one the second; where none is left, the last
    one is given again. Without any reply, nobody listens, and the port stays reserved.

    Args:
        replies: the script.
        host: the address to listen on.

    Attributes:
        connections: how many it accepted.
        requests: of which at least a byte came, in the order of their first bytes.
        places: what replies to write for `{here}` and `{elsewhere}`.
    """

    def __init__(self, replies: Sequence[ScriptedReply], host: str = "127.0.0.1") -> None:
        self.connections: int = 0
        self.requests: list[ReceivedRequest] = []
        self.places: Mapping[str, str] = {}
        self._replies = replies
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener = socket.socket()
        self._listener.setblocking(False)  # noqa: FBT003 - its only argument
        try:
            self._listener.bind((host, 0))
        except OSError:
            self._listener.close()
            raise
        if replies:
            self._listener.listen(_BACKLOG)

    @property
    def place(self) -> str:
        """Host and port."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    async def __aenter__(self) -> Self:
        if self._replies:
            self._start(asyncio.create_task(self._accept()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._listener.close()

    async def settle(self) -> None:
        """Read all that a client, which has ended, had sent."""
        await asyncio.sleep(0)  # a connection that is accepted, but not yet begun, begins
        with suppress(BlockingIOError, OSError):
            while self._replies:
                self._serve_on(self._listener.accept()[0])
        serving = [task for task in self._tasks if task.get_name() != "accept"]
        if serving:
            await asyncio.wait(serving, timeout=_SETTLING)

    def _start(self, task: asyncio.Task[None], name: str = "accept") -> None:
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            self._serve_on(sock)

    def _serve_on(self, sock: socket.socket) -> None:
        sock.setblocking(False)  # noqa: FBT003 - its only argument
        self.connections += 1
        self._start(asyncio.create_task(self._serve(sock)), "connection")

    async def _serve(self, sock: socket.socket) -> None:
        incoming = Incoming(sock)
        with sock, suppress(OSError):  # a client may go away whenever it likes
            while request := await incoming.begin():
                reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
                self.requests.append(request)
                await incoming.complete(request)
                if not request.whole:
                    return
                # Taken before, so that no delay of this process makes the client's pause look shorter than it was.
                request.answered = monotonic()
                await asyncio.get_running_loop().sock_sendall(sock, reply_bytes(reply, self.places))
                kind = reply.fault.kind if reply.fault else "close" if reply.framing == "close" else None
                if kind == "silence":
                    await incoming.end()
                elif kind == "reset":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if kind:
                    return
