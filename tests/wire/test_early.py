"""What arrives before a request is sent is no answer to it: the request is not sent on that connection."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from support.proxy import ConnectProxy
from support.raw_server import Behaviour, Connection, RawServer, answer, reply
from support.records import Records

from torus_connect import AsyncTorusConnect, ConnectionFailed, Outcome, TorusConnect
from torus_connect._transport.async_stream import AsyncStream
from torus_connect._transport.sync_stream import Stream

TRY_AGAIN = reply(b"{}", status="429 Too Many Requests", headers=("Retry-After: 0",))
OF_ANOTHER = reply(b'{"AccessToken": "of-another-user"}')
VERSIONS = ("TLSv1_2", "TLSv1_3")
ROUTES = ("plain", *VERSIONS, "through a proxy", "TLS within TLS")
ATTEMPTS = 3


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(version: str = "TLSv1_3") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    authority().issue_cert("127.0.0.1").configure_cert(context)
    return context


@dataclass
class Place:
    """A service that speaks before it is asked, and what a client needs to get there.

    Attributes:
        arrived: the requests that it saw, even if only in part.
    """

    server: RawServer
    options: dict[str, Any]
    arrived: list[bytes]


Early = Callable[[Connection, "Send"], None]
Send = Callable[[bytes], None]


@contextmanager
def place(route: str, early: Early, spoken: threading.Semaphore) -> Iterator[Place]:
    arrived: list[bytes] = []

    def directly(connection: Connection) -> None:
        early(connection, connection.send)
        spoken.release()
        with suppress(OSError):
            while data := connection.read_request():
                arrived.append(data)
                connection.send(reply())

    def through_a_tunnel(connection: Connection) -> None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if route == "TLS within TLS":
            connection.start_tls(server_context())
        assert connection.read_request().startswith(b"CONNECT ")
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        records = Records(connection, server_context())
        early(connection, lambda data: records.send(records.record(data)))
        spoken.release()
        with suppress(OSError):
            arrived.append(records.read_request())
            records.send(records.record(reply()))

    options: dict[str, Any] = {}
    if route != "plain":
        options["ssl_context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority().configure_trust(options["ssl_context"])
    tls = server_context(route) if route in VERSIONS else None
    with RawServer(directly if tls or route == "plain" else through_a_tunnel, tls=tls) as server:
        options["base_url"] = server.base_url
        if server.base_url.startswith("http:") and route != "plain":
            scheme = "https" if route == "TLS within TLS" else "http"
            options |= {"base_url": "https://127.0.0.1/api/v1", "proxy": f"{scheme}://127.0.0.1:{server.port}"}
        yield Place(server, options, arrived)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> threading.Semaphore:
    """Hold each request back until the server has spoken, so that it is early on any machine."""
    semaphore, held = threading.Semaphore(0), set[int]()
    write, async_write = Stream.write, AsyncStream.write

    def hold(wire: Stream | AsyncStream) -> None:
        if wire._is_through and id(wire) not in held:
            held.add(id(wire))
            wires.append(wire)  # so that no other one gets its id
            assert semaphore.acquire(timeout=5)

    def write_late(self: Stream, data: bytes) -> None:
        hold(self)
        write(self, data)

    def async_write_late(self: AsyncStream, data: bytes) -> None:
        hold(self)
        async_write(self, data)

    wires: list[Stream | AsyncStream] = []
    monkeypatch.setattr(Stream, "write", write_late)
    monkeypatch.setattr(AsyncStream, "write", async_write_late)
    return semaphore


def says(data: bytes) -> Early:
    return lambda _connection, send: send(data)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("early", [TRY_AGAIN, OF_ANOTHER, b"H"], ids=["429", "200", "a byte"])
def test_what_comes_before_the_request(
    generate_session: GenerateSession, spoken: threading.Semaphore, route: str, early: bytes
) -> None:
    with place(route, says(early), spoken) as found:
        with pytest.raises(ConnectionFailed, match="before there was a request") as caught:
            generate_session("token-of-this-user", **found.options)
        assert caught.value.outcome is Outcome.NOT_SENT
        assert found.server.connections == ATTEMPTS
        assert found.arrived == []


@pytest.mark.parametrize("route", ROUTES)
def test_the_end_comes_before_the_request(
    generate_session: GenerateSession, spoken: threading.Semaphore, route: str
) -> None:
    with place(route, lambda connection, _send: connection.finish(), spoken) as found:
        with pytest.raises(ConnectionFailed, match="before there was a request"):
            generate_session(**found.options)
        assert (found.server.connections, found.arrived) == (ATTEMPTS, [])


@pytest.mark.parametrize("route", ROUTES)
def test_early_once(generate_session: GenerateSession, spoken: threading.Semaphore, route: str) -> None:
    """What was not sent is sent on the next connection."""

    def early(connection: Connection, send: Send) -> None:
        if connection.server.connections == 1:
            send(OF_ANOTHER)

    with place(route, early, spoken) as found:
        assert generate_session(**found.options).access_token == "access-token-of-the-test"
        assert (found.server.connections, len(found.arrived)) == (2, 1)


@pytest.mark.parametrize("tickets", [0, 1, 5])
@pytest.mark.parametrize("share", [False, True])
def test_session_tickets_are_no_reply(spoken: threading.Semaphore, tickets: int, *, share: bool) -> None:
    """They make a socket readable before the request, and between two of them."""

    async def in_loop(options: dict[str, Any]) -> None:
        async with AsyncTorusConnect(**options) as torus:
            await torus.generate_session("one")
            await torus.generate_session("two")

    with place("TLSv1_3", lambda _connection, _send: None, spoken) as found:
        found.server._tls.num_tickets = tickets  # type: ignore[union-attr]
        options = {"api_key": API_KEY, "api_secret": API_SECRET, "share_connections": share, **found.options}
        with TorusConnect(**options) as torus:
            torus.generate_session("one")
            torus.generate_session("two")
        asyncio.run(in_loop(options))
        assert len(found.arrived) == 4
        assert found.server.connections == (2 if share else 4)


def behind_the_answer(proxied: bytes, context: ssl.SSLContext | None) -> Behaviour:
    """Be a proxy that says something behind its answer to CONNECT, and then is the service itself."""

    def behave(connection: Connection) -> None:
        if context:
            connection.start_tls(context)
        connection.read_request()
        connection.send_together(proxied)
        with suppress(OSError):
            connection.start_tls(server_context())
            answer(reply())(connection)

    return behave


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("behind", [OF_ANOTHER, b"\r\n", b"\x16"])
def test_what_a_proxy_says_behind_its_answer(generate_session: GenerateSession, scheme: str, behind: bytes) -> None:
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority().configure_trust(trusting)
    opened = b"HTTP/1.1 200 Connection established\r\n\r\n"
    with RawServer(behind_the_answer(opened + behind, server_context() if scheme == "https" else None)) as proxy:
        with pytest.raises(ConnectionFailed, match="before there was a request"):
            generate_session(
                base_url="https://127.0.0.1/api/v1",
                proxy=f"{scheme}://127.0.0.1:{proxy.port}",
                ssl_context=trusting,
                max_retries=0,
            )
        (asked,) = proxy.requests
        assert asked.startswith(b"CONNECT ")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_behind_its_answer(generate_session: GenerateSession, scheme: str) -> None:
    """Else the test before this one would prove nothing. Tunnels within TLS shake hands in the tunnel."""
    with ExitStack() as stack:
        server = stack.enter_context(RawServer(answer(reply()), tls=server_context()))
        proxy = stack.enter_context(ConnectProxy(tls=server_context() if scheme == "https" else None))
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority().configure_trust(trusting)
        options = {"base_url": server.base_url, "proxy": f"{scheme}://{proxy.address}", "ssl_context": trusting}
        assert generate_session(**options).access_token
