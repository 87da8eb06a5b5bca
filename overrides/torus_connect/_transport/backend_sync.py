"""The network as httpcore sees it, for threads: every step ends with the attempt that it is a part of."""

from __future__ import annotations

import socket
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

import httpcore

from . import limits
from .failures import Unasked
from .tls import TlsStack

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Sequence

    from .progress import Progress
    from .tls import Sessions

    AddressInfos = Sequence[tuple[int, int, int, str, tuple[Any, ...]]]


class Wire(httpcore.NetworkBackend, httpcore.NetworkStream):
    """One connection: what makes it, and what httpcore reads from and writes to.

    Args:
        layers: how many layers of TLS there are between our request and the network.
        sessions: see `TlsStack`.

    Attributes:
        progress: of the attempt that is under way. The timeouts that httpcore hands down are per read; this one is not.
        broken: whether something of the request was not sent that should have been.
        tls: what is between the network and our request.
    """

    progress: Progress
    _socket: socket.socket

    def __init__(self, layers: int, sessions: Sessions) -> None:
        self.broken = False
        self.tls = TlsStack(sessions)
        self._layers = layers
        self._unsent = False
        self._is_new = True

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to one of the addresses of a host, in what time is left, a fair share for each."""
        found = _looked_up(host, port, self.progress.left_to_connect())
        for left, (family, *_, address) in zip(range(len(found), 0, -1), found, strict=True):
            self._socket = socket.socket(family)
            try:
                self._socket.settimeout(self.progress.left_to_connect() / left)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if local_address:
                    self._socket.bind((local_address, 0))
                self._socket.connect(address)
            except OSError:  # a timeout is one, too
                self._socket.close()
                if left == 1:
                    raise
            else:
                return self
        raise ConnectionError  # a host without addresses

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Shake hands, for as long as is left to connect."""
        self._must_be_silent()
        self.tls.begin_tls(ssl_context, server_hostname)
        try:
            while not self.tls.shake_hands():
                self._flush()
                self._receive()
        except OSError:
            with suppress(OSError):
                self._flush()  # why it failed
            raise
        self._flush()
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Take what is to be sent; what httpcore writes in pieces leaves as one when it comes to read."""
        self._unsent = True
        self.tls.unsent.extend(buffer)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Send what was written, and read, for as long as is left."""
        if self._unsent:
            self._unsent = False
            if self._is_through and self._is_new:
                self._is_new = False
                sleep(limits.LISTENING_SECONDS)
            self._must_be_silent()
            # A proxy is asked to CONNECT on an outer layer; that is not our request yet.
            self.progress.sent = self._is_through
        # Of a proxy's answer, no byte is taken that is behind it.
        while (chunk := self.tls.read(max_bytes if self._is_through else 1)) is None:
            self._flush()
            self._receive()
        return chunk

    @property
    def _is_through(self) -> bool:
        return self.tls.ready == self._layers

    def _left(self) -> float:
        return self.progress.left() if self._is_through else self.progress.left_to_connect()

    def _flush(self) -> None:
        self.tls.flush()
        if not self.tls.to_send:
            return
        self._socket.settimeout(self._left())
        try:
            # It may hold the secrets, and must not be a local variable here when an interrupt comes.
            self._socket.sendall(self.tls.to_send)
        except TimeoutError:
            raise
        except OSError:
            if not self.progress.sent:
                raise
            self.broken = True  # a service may refuse a request before it has read it: what it says counts
        finally:
            self.tls.to_send.clear()

    def _receive(self) -> None:
        self._socket.settimeout(self._left())
        self.tls.arrive(self._socket.recv(limits.READ_BYTES))

    def _must_be_silent(self) -> None:
        if self.has_unread():
            raise Unasked

    def has_unread(self) -> bool:
        """Return whether anything has arrived that nobody asked for, the end of the connection for one."""
        self._socket.settimeout(0)
        try:
            while not self.tls.has_unread():
                self.tls.arrive(self._socket.recv(limits.READ_BYTES))
                self._left()  # nobody can keep it up for ever
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def close(self) -> None:
        """Close the connection, at whatever step it is."""
        with suppress(AttributeError):  # there is none yet
            self._socket.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        return self.tls.ssl_object if info == "ssl_object" else None


def _looked_up(host: str, port: int, seconds: float) -> AddressInfos:
    """Return the addresses of a host.

    The system takes as long as it likes to look up a name, which is why another thread waits for it.

    Raises:
        OSError: there are none; `TimeoutError` where it took too long.
    """
    name = host.encode("ascii")  # see `TlsLayer`
    with suppress(socket.gaierror):
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    answers: SimpleQueue[AddressInfos | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is the caller's
            answers.put(exc)

    Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise type(answer)(*answer.args)  # a new one: the traceback of that one is of the other thread
    return answer
