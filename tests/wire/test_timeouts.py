"""A timeout is for the whole attempt, whatever it is spent on."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import Connection, RawServer, answer, reply

import torus_connect
from torus_connect import AsyncTorusConnect, TorusConnect
from torus_connect.engines import places


def silence(connection: Connection) -> None:
    connection.read_request()
    connection.wait_for_end()


def test_connecting_and_reading_share_it(generate_session: GenerateSession) -> None:
    def slow_to_shake_hands(connection: Connection) -> None:
        connection.sock.recv(1)
        connection.wait_for_end()

    with RawServer(slow_to_shake_hands) as server:
        started = monotonic()
        with pytest.raises(torus_connect.ConnectionFailed):
            generate_session(
                base_url=server.base_url.replace("http", "https"), timeout=0.4, connect_timeout=10, max_retries=0
            )
        assert monotonic() - started < 3


def test_waiting_for_a_connection_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_CONNECTIONS", 1)
    arrived = threading.Event()

    def behave(connection: Connection) -> None:
        connection.read_request()
        arrived.set()
        connection.wait_for_end()

    with (
        RawServer(behave) as server,
        ThreadPoolExecutor(1) as threads,
        TorusConnect(
            api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, timeout=0.6, max_retries=0
        ) as torus,
    ):
        first = threads.submit(torus.generate_session, "first")
        arrived.wait()
        started = monotonic()
        # The second one waits for the only connection, and gets it too late to do much with it.
        with pytest.raises((torus_connect.ConnectionFailed, torus_connect.ReplyLost)):
            torus.generate_session("second")
        assert monotonic() - started < 1.5
        assert isinstance(first.exception(), torus_connect.ReplyLost)


def test_waiting_for_a_place_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_CONNECTIONS", 1)

    async def main(base_url: str) -> None:
        options = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": base_url}
        async with AsyncTorusConnect(**options, timeout=0.6, max_retries=0) as torus:  # type: ignore[arg-type]
            first = asyncio.create_task(torus.generate_session("first"))
            await asyncio.sleep(0)
            started = monotonic()
            with pytest.raises((torus_connect.ConnectionFailed, torus_connect.ReplyLost)):
                await torus.generate_session("second")
            assert monotonic() - started < 1.5
            with pytest.raises(torus_connect.ReplyLost):
                await first

    with RawServer(silence) as server:
        asyncio.run(main(server.base_url))


def test_several_addresses_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filler:
        filler.connect(listener.getsockname())
        port = listener.getsockname()[1]
        # The one thing that cannot be had on a real network at will: a name with several addresses, all of them dead.
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 4
        monkeypatch.setattr("torus_connect.engines.wire_sync.socket.getaddrinfo", lambda *_, **__: found)
        with TorusConnect(
            api_key=API_KEY, api_secret=API_SECRET, base_url=f"http://127.0.0.1:{port}", timeout=0.4, max_retries=0
        ) as torus:
            started = monotonic()
            with pytest.raises(torus_connect.ConnectionFailed, match="longer than its timeout"):
                torus.generate_session("token")
            assert 0.3 < monotonic() - started < 1.5


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answer(reply())) as server:
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, server.port)) for host in ("127.0.0.9", "127.0.0.1")
        ]
        monkeypatch.setattr("torus_connect.engines.wire_sync.socket.getaddrinfo", lambda *_, **__: found)
        with TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, max_retries=0) as torus:
            assert torus.generate_session("token").access_token
        assert server.connections == 1


def test_the_budget_bounds_all_attempts(generate_session: GenerateSession) -> None:
    with RawServer(silence) as server:
        started = monotonic()
        with pytest.raises(torus_connect.ReplyLost):
            generate_session(base_url=server.base_url, timeout=10, total_timeout=1)
        assert monotonic() - started < 3
