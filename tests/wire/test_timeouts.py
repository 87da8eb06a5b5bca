"""A timeout is for the whole attempt, whatever it is spent on."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import Connection, RawServer, answer, reply

import torus_connect
from torus_connect import AsyncTorusConnect, Secret, TorusConnect
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport import limits
from torus_connect._transport.async_io import AsyncSocket, look_up
from torus_connect._transport.async_pool import AsyncConnectionPool
from torus_connect._transport.network import Network
from torus_connect._transport.sync_pool import ConnectionPool

SECONDS = 10
LENGTH = {"Content-Length": "2"}


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


class OnlyPlace:
    """A server that answers nothing, and a pool with one place, which the first request keeps.

    An engine is asked, because the attempts of one client have one timeout: the first would end before the second.
    """

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.server = RawServer(self._behave)
        self.request = HTTPRequest("POST", f"{self.server.base_url}/session/generate", LENGTH, Secret("{}"), {})
        self._began = 0.0

    def _behave(self, connection: Connection) -> None:
        connection.begin_request()
        self.arrived.set()
        connection.wait_for_end()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """See what becomes of the second request, which has 0.3 seconds."""
        began = monotonic()
        with pytest.raises(torus_connect.ConnectionFailed) as caught:
            yield
        assert 0.25 < monotonic() - began < 1.5
        where = f"127.0.0.1:{self.server.port}"
        assert caught.value.args[0] == (
            f"The request was not sent to {where}: no connection of the pool came free in time"
        )
        assert self.server.begun == 1


def test_waiting_for_a_connection_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CONNECTIONS", 1)
    only = OnlyPlace()
    with ThreadPoolExecutor(1) as threads, only.server:
        engine = ConnectionPool(Network(only.server.base_url), connect_timeout=SECONDS)
        first = threads.submit(engine.send, only.request, SECONDS)
        assert only.arrived.wait(SECONDS)
        with only.taken():
            engine.send(only.request, 0.3)
        only.server.over.set()
        with pytest.raises(torus_connect.ReplyLost):
            first.result()
        engine.close()


def test_waiting_for_a_place_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CONNECTIONS", 1)

    async def main(only: OnlyPlace) -> None:
        engine = AsyncConnectionPool(Network(only.server.base_url), connect_timeout=SECONDS)
        first = asyncio.create_task(engine.send(only.request, SECONDS))
        assert await asyncio.to_thread(only.arrived.wait, SECONDS)
        with only.taken():
            await engine.send(only.request, 0.3)
        only.server.over.set()
        with pytest.raises(torus_connect.ReplyLost):
            await first
        engine.close()

    only = OnlyPlace()
    with only.server:
        asyncio.run(main(only))


def test_a_place_in_time_is_not_blamed() -> None:
    """A timeout that comes later is told as what it is."""

    async def main(base_url: str) -> None:
        engine = AsyncConnectionPool(Network(base_url), connect_timeout=SECONDS)
        with pytest.raises(torus_connect.ReplyLost, match="it took longer than its timeout"):
            await engine.send(HTTPRequest("POST", f"{base_url}/x", LENGTH, Secret("{}"), {}), 0.3)
        engine.close()

    with RawServer(silence) as server:
        asyncio.run(main(server.base_url))


def test_several_addresses_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filler:
        filler.connect(listener.getsockname())
        port = listener.getsockname()[1]
        # The one thing that cannot be had on a real network at will: a name with several addresses, all of them dead.
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 4
        monkeypatch.setattr("torus_connect._transport.sync_io.socket.getaddrinfo", lambda *_, **__: found)
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
        monkeypatch.setattr("torus_connect._transport.sync_io.socket.getaddrinfo", lambda *_, **__: found)
        with TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, max_retries=0) as torus:
            assert torus.generate_session("token").access_token
        assert server.connections == 1


def test_the_budget_bounds_all_attempts(generate_session: GenerateSession) -> None:
    with RawServer(silence) as server:
        started = monotonic()
        with pytest.raises(torus_connect.ReplyLost):
            generate_session(base_url=server.base_url, timeout=10, total_timeout=1)
        assert monotonic() - started < 3


def test_no_more_is_taken_at_once_than_is_read_at_once() -> None:
    """Between two reads, the time is looked at: asyncio reads four times as much, which may be of very small chunks."""

    async def main(server: RawServer) -> list[int]:
        sock = AsyncSocket()
        [info, *_] = await look_up("127.0.0.1", server.port, SECONDS)
        await sock.connect(info, None, SECONDS)
        await asyncio.sleep(0.1)
        sizes = [len(await sock.receive(SECONDS)) for _ in range(8)]
        await sock.aclose()
        return sizes

    def flood(connection: Connection) -> None:
        while True:
            connection.send(bytes(1024 * 1024))

    with RawServer(flood) as server:
        sizes = asyncio.run(main(server))
    assert min(sizes) > 0
    assert max(sizes) <= limits.READ_BYTES


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """As above: no resolver is slow at will. This one answers when it is told to."""
    answer_now = threading.Event()

    def look_up(*_: object, flags: int = 0, **__: object) -> None:
        if not flags & socket.AI_NUMERICHOST:
            assert answer_now.wait(SECONDS)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield answer_now
    answer_now.set()


@contextmanager
def gives_up_soon() -> Iterator[None]:
    began = monotonic()
    with pytest.raises(torus_connect.ConnectionFailed, match="it took longer than its timeout"):
        yield
    assert 0.25 < monotonic() - began < 1.5


@pytest.mark.usefixtures("slow_names")
@pytest.mark.parametrize("option", ["timeout", "connect_timeout", "total_timeout"])
def test_looking_up_a_name_counts(option: str) -> None:
    limit: dict[str, Any] = {option: 0.3}
    torus = TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url="https://slow.test", max_retries=0, **limit)
    with torus, gives_up_soon():
        torus.generate_session("token")


def test_looking_up_a_name_counts_async(slow_names: threading.Event) -> None:
    async def main() -> None:
        async with AsyncTorusConnect(
            api_key=API_KEY, api_secret=API_SECRET, base_url="https://slow.test", total_timeout=0.3
        ) as torus:
            with gives_up_soon():
                await torus.generate_session("token")
        slow_names.set()  # else the event loop would wait for its thread

    asyncio.run(main())


def test_a_name_that_is_not_found_says_so(generate_session: GenerateSession, slow_names: threading.Event) -> None:
    slow_names.set()
    with pytest.raises(torus_connect.ConnectionFailed, match="Name or service not known"):
        generate_session(base_url="https://none.test", max_retries=0)
