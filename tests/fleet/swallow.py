"""A proxy in front of a Redis that can lose what the server says, as a network does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Swallowing:
    """Passes everything on, but for the replies that a test wants lost.

    Args:
        port: where the server is, on 127.0.0.1.

    Attributes:
        port: where the proxy is.
        lost: how many replies it kept to itself.
        lose: how many of the next replies it will.
    """

    def __init__(self, port: int) -> None:
        self.lose = self.lost = 0
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._socks = [self._listener]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in self._socks:
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._socks += [client, server]
                for source, target, replies in ((client, server, False), (server, client, True)):
                    thread = threading.Thread(target=self._copy, args=(source, target, replies), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _copy(self, source: socket.socket, target: socket.socket, replies: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):  # a reply of these tests is one
                if replies and self.lose:
                    self.lose -= 1
                    self.lost += 1
                    continue
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)
