"""What belongs to one call stays with it: no byte of it gets into another one, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import gc
import ssl
from contextlib import suppress
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import Connection, RawServer, answer, reply
from support.records import Records

from torus_connect import AsyncTorusConnect, ConnectionFailed, TorusConnect
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport import limits
from torus_connect._transport.attempt import Attempt

CREDENTIALS: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET}


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> dict[str, Any]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return {"ssl_context": context, "share_connections": True, **CREDENTIALS}


def https(server: RawServer) -> str:
    return server.base_url.replace("http:", "https:")


def said(token: str) -> bytes:
    return reply(b'{"AccessToken": "%s"}' % token.encode())


def both_faces(base_url: str, options: dict[str, Any], face: str) -> list[str]:
    """Make two calls with one client; return the access tokens."""

    async def in_loop() -> list[str]:
        async with AsyncTorusConnect(base_url=base_url, **options) as torus:
            return [(await torus.generate_session(token)).access_token for token in ("first", "second")]

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(base_url=base_url, **options) as torus:
        return [torus.generate_session(token).access_token for token in ("first", "second")]


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_part_of_a_record_behind_a_reply(face: str, server_context: ssl.SSLContext, trusting: dict[str, Any]) -> None:
    """What is no whole record yet is neither with the system nor decrypted."""

    def behave(connection: Connection) -> None:
        records = Records(connection, server_context)
        request = records.read_request()
        user = "first" if b"Token: first" in request else "second"
        whole, more = records.record(said(f"of-{user}")), records.record(said("of-nobody"))
        with suppress(OSError):
            records.send(whole + more[:20])
            records.read_request()
            records.send(more[20:])

    with RawServer(behave) as server:
        assert both_faces(https(server), trusting, face) == ["of-first", "of-second"]
        assert server.connections == 2


def test_what_a_proxy_says_before_tls_is_no_reply(
    generate_session: GenerateSession, server_context: ssl.SSLContext, trusting: dict[str, Any]
) -> None:
    """Its answer is as long as what is read at once, and a reply is behind it."""
    begin, end = b"HTTP/1.1 200 OK\r\nX-Long: ", b"\r\n\r\n"
    head = begin + b"x" * (limits.READ_BYTES - len(begin) - len(end)) + end

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send_together(head + said("injected"))
        with suppress(OSError):
            connection.start_tls(server_context)
            answer(said("of-the-service"))(connection)

    with RawServer(behave) as proxy, pytest.raises(ConnectionFailed):
        generate_session(
            base_url="https://127.0.0.1/api/v1",
            proxy=f"http://127.0.0.1:{proxy.port}",
            max_retries=0,
            ssl_context=trusting["ssl_context"],
        )


def test_a_coroutine_that_is_closed() -> None:
    """It may not wait any more; what it sent is not sent again, and its connection serves nobody else."""

    async def main(base_url: str) -> None:
        async with AsyncTorusConnect(base_url=base_url, share_connections=True, **CREDENTIALS) as torus:
            await torus.generate_session("first")
            call: Any = torus.generate_session("closed")
            call.send(None)
            call.close()
            assert (await torus.generate_session("last")).access_token

    with RawServer(answer(reply())) as server:
        asyncio.run(main(server.base_url))
        assert server.connections == 2


def test_nothing_of_a_call_waits_for_the_collector_of_cycles() -> None:
    """It may be off, and what would wait are secrets."""

    async def in_loop(base_url: str) -> None:
        async with AsyncTorusConnect(base_url=base_url, **CREDENTIALS) as torus:
            await torus.generate_session("first")
            await torus.generate_session("second")

    def held() -> int:
        return sum(isinstance(found, Attempt | HTTPRequest) for found in gc.get_objects())

    with RawServer(answer(reply())) as server:
        gc.collect()
        before = held()
        gc.disable()
        try:
            with TorusConnect(base_url=server.base_url, **CREDENTIALS) as torus:
                torus.generate_session("first")
                torus.generate_session("second")
            asyncio.run(in_loop(server.base_url))
            del torus
            assert held() - before <= 0
        finally:
            gc.enable()
