"""What a connection needs of asyncio: a socket, and a slot in the pool. `sync_io` has the same for threads."""

from __future__ import annotations

import asyncio
import select
import socket
import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from torus_connect._ownership import Owner

from . import limits
from .attempt import PoolTimeout
from .event_loop import running_loop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .async_pool import AsyncConnectionPool
    from .sync_io import AddressInfo, PoolKey

AsyncSlots = asyncio.Semaphore
"""How many more calls can be under way; further ones wait, first come, first served."""


class AsyncSlot(Owner):
    """A slot in the pool, which one call at a time has; see `Owner`."""

    def __init__(self, slots: AsyncSlots) -> None:
        self._slots = slots
        self._is_held = False

    async def take(self, seconds: float) -> None:
        """Wait for a free slot.

        Raises:
            PoolTimeout: none came free in time.
        """
        try:
            async with asyncio.timeout(seconds) if self._slots.locked() else nullcontext():
                self._is_held = await self._slots.acquire()
        except TimeoutError:
            raise PoolTimeout from None

    def release(self) -> None:
        """Give it back."""
        if self._is_held:
            self._is_held = False
            self._slots.release()


class AsyncSocket(asyncio.Protocol):
    """A TCP connection. Streams of asyncio do not tell what they have read ahead, and those of anyio do not either."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = bytearray()
        self._is_paused = False
        self._is_ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def connect(self, info: AddressInfo, local_address: str | None, seconds: float) -> None:
        """Connect to an address, as `look_up` returns it."""
        host, port, *_ = info[4]
        local = (local_address, 0) if local_address else None
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_connection(lambda: self, host, port, local_addr=local)

    async def send(self, data: bytearray, seconds: float) -> None:  # noqa: ARG002 - as in `sync_io`
        """Send all of this."""
        self._transport.write(bytes(data))

    async def receive(self, seconds: float) -> bytes:
        """Wait for data; return it, or nothing at the end of the connection."""
        while (data := self._take_received()) is None:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(seconds, self._wake, TimeoutError())
            try:
                await self._waiter
            finally:
                timer.cancel()
        return data

    async def poll(self) -> bytes | None:
        """Return what has arrived, nothing where the connection is of no more use, or `None` where nothing has."""
        while (data := self._take_received()) is None:
            if self._transport.is_closing() or self._transport.get_write_buffer_size():
                return b""  # in the latter case, the last request was answered before all of it was sent
            if not _is_readable(self._transport.get_extra_info("socket").fileno()):
                return None
            await asyncio.sleep(0)  # the system has something that the event loop has not read yet
        return data

    def abort(self) -> None:
        """Close it soon, at whatever step it is, without a word to the peer: its reply is here, or lost."""
        with suppress(AttributeError, RuntimeError):  # it was never connected, or its event loop is closed
            self._transport.abort()

    async def aclose(self) -> None:
        """Close it, as `abort` does, and let the event loop do so."""
        self.abort()
        await asyncio.sleep(0)

    def _take_received(self) -> bytes | None:
        if not self._received:
            if self._error:
                raise self._error
            return b"" if self._is_ended else None
        # No more than is read at once by threads: between two reads, the time is looked at.
        data = bytes(memoryview(self._received)[: limits.READ_BYTES])
        del self._received[: limits.READ_BYTES]
        if self._is_paused and not self._is_ended:
            self._is_paused = False
            self._transport.resume_reading()
        return data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`, as for the other methods below."""
        self._transport = transport  # type: ignore[assignment]  # a socket has a whole one

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > limits.READ_BYTES and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._is_ended = True
        self._wake()
        return True  # who reads up to the end closes the connection

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_ended, self._error = True, exc
        self._wake()

    def _wake(self, error: TimeoutError | None = None) -> None:
        if self._waiter and not self._waiter.done():
            if error:
                self._waiter.set_exception(error)
            else:
                self._waiter.set_result(None)


def _is_readable(file: int) -> bool:
    if sys.platform == "win32":
        return bool(select.select([file], [], [], 0)[0])
    poll = select.poll()  # where there is one: `select.select` knows no file above 1023
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


async def look_up(host: str, port: int, seconds: float) -> Sequence[AddressInfo]:
    """Return the addresses of a host.

    Raises:
        OSError: there are none; `TimeoutError` where it took too long.
    """
    async with asyncio.timeout(seconds):
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)


def pool_key(base_url: str) -> PoolKey:
    """Return what a client keeps the pool for a base URL under: each event loop has its own."""
    return base_url, running_loop()


def close_pools(pools: dict[PoolKey, AsyncConnectionPool]) -> None:
    """Close the pools of a client, each in its event loop."""
    for (_, loop), pool in pools.items():
        if loop is running_loop():
            pool.close()
        elif loop:
            with suppress(RuntimeError):  # it is closed, and its connections with it
                loop.call_soon_threadsafe(pool.close)
