"""A TLS 1.2 server that asks for a new handshake on a connection, as one does that wants a certificate for one path."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import API_KEY
from support.kinds import PUBLIC
from support.raw_server import reply

from torus_connect import AsyncTorusConnect, TorusConnect
from torus_connect_api.client import Request

pytestmark = pytest.mark.soak  # it needs openssl, and `make test` needs Python alone
FIRST, SECOND = (reply(b'{"done": %d}' % number) for number in (1, 2))
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
