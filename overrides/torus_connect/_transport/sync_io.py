"""What a connection needs of threads: a socket, and a slot in the pool. `async_io` has the same for asyncio."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from torus_connect._ownership import Owner

from . import limits
from .attempt import PoolTimeout

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Sequence

    from .sync_pool import ConnectionPool

    PoolKey = tuple[str, AbstractEventLoop | None]

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` returns them."""


class Slots(SimpleQueue[None]):
    """How many more calls can be under way; further ones wait. A signal handler may use it at any moment."""

    def __init__(self, number: int) -> None:
        for _ in range(number):
            self.put(None)


class Slot(Owner):
    """A slot in the pool, which one call at a time has; see `Owner`."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._held: list[None] = []

    def take(self, seconds: float) -> None:
        """Wait for a free slot.

        Raises:
            PoolTimeout: none came free in time.
        """
        try:
            # One call into C takes it and notes that; see `_ownership`.
            self._held.extend(map(partial(self._slots.get, timeout=seconds), [True]))
        except Empty:
            raise PoolTimeout from None

    def release(self) -> None:
        """Give it back."""
        if self._held:
            next(map(self._slots.put, map(self._held.pop, [0])))


class Socket:
    """A TCP connection."""

    _socket: socket.socket

    def connect(self, info: AddressInfo, local_address: str | None, seconds: float) -> None:
        """Connect to an address, as `look_up` returns it."""
        family, *_, address = info
        self._socket = socket.socket(family)
        try:
            self._socket.settimeout(seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if local_address:
                self._socket.bind((local_address, 0))
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise

    def send(self, data: bytearray, seconds: float) -> None:
        """Send all of this."""
        self._socket.settimeout(seconds)
        self._socket.sendall(data)

    def receive(self, seconds: float) -> bytes:
        """Wait for data; return it, or nothing at the end of the connection."""
        self._socket.settimeout(seconds)
        return self._socket.recv(limits.READ_BYTES)

    def poll(self) -> bytes | None:
        """Return what has arrived, nothing at the end of the connection, or `None` where nothing has."""
        self._socket.settimeout(0)
        try:
            return self._socket.recv(limits.READ_BYTES)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Close it, at whatever step it is."""
        with suppress(AttributeError):  # it was never connected
            self._socket.close()

    abort = close

    def __del__(self) -> None:
        # For callers who neither close the client nor use `with`, and where a signal interrupts: Python warns of
        # sockets that are left open.
        self.close()


def look_up(host: str, port: int, seconds: float) -> Sequence[AddressInfo]:
    """Return the addresses of a host.

    The system takes as long as it likes to look up a name, which is why another thread waits for it.

    Raises:
        OSError: there are none; `TimeoutError` where it took too long.
    """
    name = host.encode("ascii")  # see `TlsLayer`
    with suppress(socket.gaierror):
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    answers: SimpleQueue[Sequence[AddressInfo] | Exception] = SimpleQueue()

    def wait() -> None:
        try:
            answers.put(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is the caller's
            answers.put(exc)

    Thread(target=wait, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise type(answer)(*answer.args)  # a new one: the traceback of that one is of the other thread
    return answer


def pool_key(base_url: str) -> PoolKey:
    """Return what a client keeps the pool for a base URL under: threads share one."""
    return base_url, None


def close_pools(pools: dict[PoolKey, ConnectionPool]) -> None:
    """Close the pools of a client."""
    for pool in pools.values():
        pool.close()
