"""What is sent, and what becomes of a call that is cancelled or interrupted."""

from __future__ import annotations

import asyncio
import signal
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import (
    APIStatusError,
    AsyncTorusConnect,
    ConnectionFailed,
    Secret,
    TorusConnect,
)
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport import limits


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that every client trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TORUS_CA_FILE", str(tmp_path / "ca.pem"))
    return authority


def tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names or ("127.0.0.1", "::1", "localhost")).configure_cert(context)
    return context


@pytest.fixture
def encrypted(authority: trustme.CA) -> Iterator[RawServer]:
    with RawServer(answer(reply()), tls=tls(authority)) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[RawServer]:
    with RawServer(answer(reply())) as server:
        yield server


def client(server: RawServer, **options: Any) -> TorusConnect:
    return TorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, "base_url": server.base_url, **options})


def async_client(server: RawServer, **options: Any) -> AsyncTorusConnect:
    return AsyncTorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, "base_url": server.base_url, **options})


class TestWire:
    def test_what_is_sent(self, generate_session: GenerateSession, plain: RawServer) -> None:
        generate_session(base_url=plain.base_url)
        head = plain.requests[0].partition(b"\r\n\r\n")[0].decode()
        names = [line.split(": ")[0] for line in head.split("\r\n")[1:]]
        assert sorted(names) == [
            "Accept",
            "Accept-Encoding",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Host",
            "Token",
            "User-Agent",
        ]
        assert f"Host: 127.0.0.1:{plain.port}" in head.split("\r\n")
        assert "User-Agent: torus-connect/" in head

    def test_a_header_that_is_not_ascii(self, generate_session: GenerateSession) -> None:
        headers = ("X-Name: \u0915", "X-Twice: a", "X-Twice: b", "Retry-After: 7")
        with (
            RawServer(answer(reply(status="409 Conflict", headers=headers))) as server,
            pytest.raises(APIStatusError, match="answered 409") as caught,
        ):
            generate_session(base_url=server.base_url)
        got = caught.value.headers
        assert got["x-name"] == "\u0915"
        assert (got["x-twice"], got["retry-after"]) == ("a, b", "7")


def hold_the_handshake(arrived: threading.Event, go_on: threading.Event, context: ssl.SSLContext) -> Any:
    """Return a behaviour: shake hands when told to, then count what comes."""

    def behave(connection: Connection) -> None:
        arrived.set()
        go_on.wait(10)
        with suppress(OSError):
            connection.start_tls(context)
            answer(reply())(connection)

    return behave


class TestCancelled:
    def test_while_connecting_it_is_never_sent(self, authority: trustme.CA) -> None:
        arrived, go_on = threading.Event(), threading.Event()

        async def main(base_url: str) -> None:
            async with async_client(server, base_url=base_url, share_connections=True) as torus:
                call = asyncio.create_task(torus.generate_session("cancelled"))
                await asyncio.to_thread(arrived.wait)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                go_on.set()
                # The next one may well get the connection that the first one waited for.
                assert (await torus.generate_session("next")).access_token

        with RawServer(hold_the_handshake(arrived, go_on, tls(authority))) as server:
            asyncio.run(main(server.base_url.replace("http:", "https:")))
        assert server.begun == 1
        assert b"Token: next" in server.requests[0]

    def test_at_the_moment_of_the_reply(self) -> None:
        """A cancellation is never forgotten, whatever arrives at the same time."""

        async def main(server: RawServer) -> list[str]:
            ended = []
            async with async_client(server, share_connections=True) as torus:
                await torus.generate_session("first")
                for number in range(200):
                    call = asyncio.create_task(torus.generate_session(f"token-{number}"))
                    await asyncio.sleep(0.0002 + number % 20 * 0.00005)
                    asked = call.cancel()
                    await asyncio.wait([call])
                    ended.append("cancelled" if call.cancelled() else "done")
                    assert call.cancelled() or not asked
            return ended

        with RawServer(answer(reply())) as server:
            assert len(asyncio.run(main(server))) == 200


class Interrupted(BaseException):
    """What the handler of a signal raises."""


@pytest.fixture
def _handler() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    yield
    signal.signal(signal.SIGUSR1, before)


def to_main_thread(number: signal.Signals) -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, number)


@pytest.mark.usefixtures("_handler")
class TestInterrupted:
    @pytest.mark.parametrize("when", ["silence", "body"])
    def test_it_ends_at_once(self, when: str) -> None:
        def behave(connection: Connection) -> None:
            connection.read_request()
            if b"Token: again" in connection.server.requests[-1]:
                connection.send(reply())
                return
            if when == "body":
                connection.send(reply()[:-5])
            to_main_thread(signal.SIGUSR1)
            connection.wait_for_end()

        with RawServer(behave) as server, client(server) as torus:
            started = monotonic()
            with pytest.raises(Interrupted):
                torus.generate_session("token")
            assert monotonic() - started < 1
            assert torus.generate_session("again").access_token
        assert len(server.requests) == 2

    def test_a_handler_that_returns_lets_it_go_on(self) -> None:
        handled = threading.Event()
        before = signal.signal(signal.SIGUSR2, lambda *_: handled.set())

        def behave(connection: Connection) -> None:
            connection.read_request()
            to_main_thread(signal.SIGUSR2)
            # Handled while the call waits, not when it is over.
            assert handled.wait(5)
            connection.send(reply())

        try:
            with RawServer(behave) as server, client(server) as torus:
                assert torus.generate_session("token").access_token
        finally:
            signal.signal(signal.SIGUSR2, before)

    def test_the_calls_of_other_threads_go_on(self) -> None:
        arrived, go_on = threading.Event(), threading.Event()

        def behave(connection: Connection) -> None:
            if b"Token: thread" in connection.read_request():
                arrived.set()
                go_on.wait(5)
                connection.send(reply())
                return
            to_main_thread(signal.SIGUSR1)
            connection.wait_for_end()

        with RawServer(behave) as server, client(server) as torus, ThreadPoolExecutor(1) as threads:
            other = threads.submit(torus.generate_session, "thread")
            assert arrived.wait(5)
            with pytest.raises(Interrupted):
                torus.generate_session("main")
            go_on.set()
            assert other.result(5).access_token


@pytest.mark.usefixtures("_handler")
def test_a_call_that_is_interrupted_while_it_connects_is_never_sent(authority: trustme.CA) -> None:
    arrived, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    shake = hold_the_handshake(arrived, go_on, tls(authority))

    def behave(connection: Connection) -> None:
        to_main_thread(signal.SIGUSR1)
        shake(connection)
        ended.set()

    with RawServer(behave) as server:
        base_url = server.base_url.replace("http:", "https:")
        made = client(server, base_url=base_url)
        with made as torus, pytest.raises(Interrupted):
            torus.generate_session("token")
        go_on.set()
        assert ended.wait(10)
    assert server.begun == 0


class TestPool:
    def test_connections_that_were_idle_for_long_are_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "IDLE_SECONDS", 0.0)

        async def in_loop(server: RawServer) -> None:
            async with async_client(server, share_connections=True) as torus:
                await torus.generate_session("one")
                await torus.generate_session("two")

        with RawServer(answer(reply())) as server:
            with client(server, share_connections=True) as torus:
                torus.generate_session("one")
                torus.generate_session("two")
            assert server.connections == 2
            asyncio.run(in_loop(server))
        assert server.connections == 4


def late(server: RawServer) -> HTTPRequest:
    headers = {"Content-Length": "2"}
    return HTTPRequest("POST", f"{server.base_url}/x", headers, Secret("{}"), {}, connections="all")


@pytest.mark.parametrize("seconds", [0, -1])
def test_with_no_time_left_nothing_is_sent(plain: RawServer, seconds: float) -> None:
    async def main() -> None:
        async with async_client(plain, share_connections=True) as torus:
            await torus.generate_session("first")
            (engine,) = torus._pools.values()
            with pytest.raises(ConnectionFailed):
                await engine.send(late(plain), seconds)

    with client(plain, share_connections=True) as torus:
        torus.generate_session("first")
        (engine,) = torus._pools.values()
        with pytest.raises(ConnectionFailed):
            engine.send(late(plain), seconds)
    asyncio.run(main())
    assert len(plain.requests) == 2
