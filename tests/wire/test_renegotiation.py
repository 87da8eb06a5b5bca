"""A TLS 1.2 server that asks for a new handshake on a connection, as one does that wants a certificate for one path."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import API_KEY
from support.kinds import PUBLIC
from support.raw_server import reply

from torus_connect import AsyncTorusConnect, ReplyLost, TorusConnect
from torus_connect_api.client import Request

pytestmark = pytest.mark.soak  # it needs openssl, and `make test` needs Python alone
FIRST, SECOND = (reply(b'{"done": %d}' % number) for number in (1, 2))
HANDSHAKE = b"\x16"
"""What a record of it begins with."""
REQUEST = Request(PUBLIC, PUBLIC.path, parse=lambda data: data)


class Service:
    """`openssl s_server`: it writes down what it receives, and sends what it is told to. Python cannot renegotiate.

    Attributes:
        port: where it listens.
    """

    def __init__(self, certificate: Path) -> None:
        command = shutil.which("openssl")
        if command is None:
            pytest.fail("openssl is missing: apt-get install openssl", pytrace=False)
        self._process = subprocess.Popen(
            [command, "s_server", "-tls1_2", "-msg", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert", certificate],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._seen = b""
        self.until(b"ACCEPT 127.0.0.1:")
        self.port = int(self.until(b"\n"))

    def until(self, end: bytes) -> bytes:
        """Return what it writes next, up to some words."""
        assert self._process.stdout
        while end not in self._seen:
            more = os.read(self._process.stdout.fileno(), 65536)
            assert more, f"no {end!r} in {self._seen!r}"
            self._seen += more
        before, _, self._seen = self._seen.partition(end)
        return before

    def say(self, data: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def ask_anew(self) -> None:
        """Ask for a new handshake, with a certificate; return when the client has been asked."""
        self.say(b"R\n")
        self.until(b"HelloRequest")

    def answer_after_a_handshake(self) -> None:
        """Ask in the middle of a call."""
        self.until(b"GET ")
        self.ask_anew()
        self.until(b"SSL_do_handshake -> 1")
        self.say(FIRST)

    def answer_when_asked_before(self) -> None:
        """Answer a client that had been asked on an idle connection."""
        self.until(b"SSL_do_handshake -> 1")
        self.until(b"GET ")
        self.say(SECOND)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[Service, ssl.SSLContext]]:
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "cert.pem"))
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trusting)
    running = Service(tmp_path / "cert.pem")
    yield running, trusting
    running.close()


@contextmanager
def in_thread(serve: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("face", ["sync", "async"])
def test_it_is_answered(face: str, service: tuple[Service, ssl.SSLContext]) -> None:
    server, trusting = service
    options: dict[str, Any] = {
        "api_key": API_KEY,
        "base_url": f"https://127.0.0.1:{server.port}",
        "ssl_context": trusting,
        "timeout": 5,
        "max_retries": 0,
    }

    async def with_tasks() -> None:
        async with AsyncTorusConnect(**options) as torus:
            with in_thread(server.answer_after_a_handshake):
                assert await torus.send(REQUEST) == {"done": 1}
            server.ask_anew()
            with in_thread(server.answer_when_asked_before):
                assert await torus.send(REQUEST) == {"done": 2}

    def with_threads() -> None:
        with TorusConnect(**options) as torus:
            with in_thread(server.answer_after_a_handshake):
                assert torus.send(REQUEST) == {"done": 1}
            server.ask_anew()
            with in_thread(server.answer_when_asked_before):
                assert torus.send(REQUEST) == {"done": 2}

    with_threads() if face == "sync" else asyncio.run(with_tasks())


class Relay:
    """The network between the two for one connection, which holds back what the client says when it is told to.

    Attributes:
        port: where it listens.
        is_open: while this is not set, nothing of what the client says goes on.
        held: the client said something.
        asked: the service said something of a handshake, and the client's system has it.
    """

    def __init__(self, port: int) -> None:
        self.is_open, self.held, self.asked = threading.Event(), threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._service = port
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        client, _ = self._listener.accept()
        service = socket.create_connection(("127.0.0.1", self._service))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else it waits for the system of the client
        with self._listener, client, service, suppress(OSError):
            threading.Thread(target=self._hold, args=(client, service), daemon=True).start()
            while data := service.recv(65536):
                client.sendall(data)
                if data.startswith(HANDSHAKE):
                    self.asked.set()

    def _hold(self, client: socket.socket, service: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.held.set()
                self.is_open.wait()
                service.sendall(data)


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_late_second_copy_before_it_can_be_sent(face: str, service: tuple[Service, ssl.SSLContext]) -> None:
    """TLS holds a request back until the new handshake is over. What comes until then is no answer to it."""
    server, trusting = service
    relay = Relay(server.port)
    options: dict[str, Any] = {
        "api_key": API_KEY,
        "base_url": f"https://127.0.0.1:{relay.port}",
        "ssl_context": trusting,
        "timeout": 5,
        "max_retries": 0,
    }

    def answer() -> None:
        server.until(b"GET ")
        server.say(FIRST)

    def answer_again() -> None:
        assert relay.held.wait(5)
        server.say(FIRST)

    def ask_anew() -> None:
        relay.is_open.clear()
        relay.held.clear()
        relay.asked.clear()
        server.ask_anew()
        assert relay.asked.wait(5)

    async def with_tasks() -> None:
        async with AsyncTorusConnect(**options) as torus:
            with in_thread(answer):
                assert await torus.send(REQUEST) == {"done": 1}
            ask_anew()
            with in_thread(answer_again), pytest.raises(ReplyLost):
                await torus.send(REQUEST)

    def with_threads() -> None:
        with TorusConnect(**options) as torus:
            with in_thread(answer):
                assert torus.send(REQUEST) == {"done": 1}
            ask_anew()
            with in_thread(answer_again), pytest.raises(ReplyLost):
                torus.send(REQUEST)

    relay.is_open.set()
    with_threads() if face == "sync" else asyncio.run(with_tasks())
    relay.is_open.set()
    server.until(b"SSL_do_handshake -> 1")
    assert b"GET " not in server._seen
