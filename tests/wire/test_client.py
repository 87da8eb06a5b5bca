"""How a client lives: one pool, many users, closing, forking, event loops."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import pickle
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ClientClosed, Outcome, Secret, TorusConnect
from torus_connect._transport import limits
from torus_connect._transport.network import Network
from torus_connect._transport.sync_pool import ConnectionPool


def echo(connection: Connection) -> None:
    """Answer with an access token that tells whose request token it was traded for."""
    while connection.read_request():
        token = next(line for line in connection.server.requests[-1].split(b"\r\n") if line.startswith(b"Token: "))
        connection.send(reply(b'{"AccessToken": "of-%s"}' % token.removeprefix(b"Token: ")))


def client(server: RawServer, **options: Any) -> TorusConnect:
    return TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, **options)


def async_client(server: RawServer, **options: Any) -> AsyncTorusConnect:
    return AsyncTorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url, **options)


SHARED: dict[str, Any] = {"share_connections": True}


def test_what_arrives(generate_session: GenerateSession) -> None:
    with RawServer(answer(reply())) as server:
        session = generate_session(" the-request-token\r\n", base_url=server.base_url)
        assert isinstance(session.access_token, Secret)
        line, headers, body = server.sent()
        assert line == "POST /api/v1/session/generate HTTP/1.1"
        assert headers["token"] == "the-request-token"
        assert headers["content-type"] == "application/json"
        assert "authorization" not in headers
        assert "cookie" not in headers
        assert body == {"API_KEY": API_KEY, "API_SECRET": API_SECRET}


def test_cookies_are_not_kept() -> None:
    with RawServer(answer(reply(headers=("Set-Cookie: canary=1",)))) as server, client(server) as torus:
        torus.generate_session("one")
        torus.generate_session("two")
        assert "cookie" not in server.sent(1)[1]


def test_one_connection_for_many_users() -> None:
    with RawServer(echo) as server, client(server, **SHARED) as torus:
        sessions = [torus.generate_session(f"user-{number}") for number in range(20)]
        assert [session.access_token for session in sessions] == [f"of-user-{number}" for number in range(20)]
        assert server.connections == 1


def test_one_connection_for_many_users_async() -> None:
    async def main(server: RawServer) -> None:
        async with async_client(server, **SHARED) as torus:
            for number in range(20):
                assert (await torus.generate_session(f"user-{number}")).access_token == f"of-user-{number}"

    with RawServer(echo) as server:
        asyncio.run(main(server))
        assert server.connections == 1


def test_threads_share_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[ConnectionPool] = []
    made = ConnectionPool.__init__

    def counting(self: ConnectionPool, network: Network, *, connect_timeout: float) -> None:
        pools.append(self)
        made(self, network, connect_timeout=connect_timeout)

    monkeypatch.setattr(ConnectionPool, "__init__", counting)
    with RawServer(echo) as server, client(server) as torus, ThreadPoolExecutor(8) as threads:
        together = threading.Barrier(8)

        def login(number: int) -> str:
            together.wait()
            return torus.generate_session(f"user-{number}").access_token

        assert list(threads.map(login, range(8))) == [f"of-user-{number}" for number in range(8)]
        assert len(pools) == 1


def test_tasks_share_one_client() -> None:
    async def main(server: RawServer) -> list[str]:
        async with async_client(server) as torus:
            sessions = await asyncio.gather(*(torus.generate_session(f"user-{number}") for number in range(50)))
            return [session.access_token for session in sessions]

    with RawServer(echo) as server:
        assert asyncio.run(main(server)) == [f"of-user-{number}" for number in range(50)]


def test_closing() -> None:
    with RawServer(echo) as server:
        torus = client(server, **SHARED)
        assert repr(torus) == f"<TorusConnect {server.base_url} open>"
        torus.generate_session("one")
        torus.close()
        torus.close()
        assert repr(torus) == f"<TorusConnect {server.base_url} closed>"
        with pytest.raises(ClientClosed, match="This TorusConnect is closed") as caught:
            torus.generate_session("two")
        assert caught.value.outcome is Outcome.NOT_SENT
        assert len(server.requests) == 1


def test_closing_async() -> None:
    async def main(server: RawServer) -> None:
        torus = async_client(server, **SHARED)
        await torus.generate_session("one")
        await torus.aclose()
        await torus.aclose()
        with pytest.raises(ClientClosed, match="This AsyncTorusConnect is closed"):
            await torus.generate_session("two")

    with RawServer(echo) as server:
        asyncio.run(main(server))
        assert len(server.requests) == 1


def test_closing_what_was_never_used() -> None:
    with RawServer(echo) as server:
        client(server).close()
        asyncio.run(async_client(server).aclose())
        assert not server.connections


def test_without_with_the_sockets_are_closed_too() -> None:
    with RawServer(echo) as server:
        torus = client(server, **SHARED)
        torus.generate_session("one")
        del torus
        gc.collect()  # an unclosed socket would warn here, and a warning fails the test


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_client_in_two_event_loops() -> None:
    # The first loop ends with a connection open, of which Python warns; what counts is that the second one works.
    with RawServer(echo) as server:
        torus = async_client(server, **SHARED)
        for number in range(2):
            assert asyncio.run(torus.generate_session(f"user-{number}")).access_token == f"of-user-{number}"
        assert server.connections == 2
        asyncio.run(torus.aclose())
        gc.collect()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_gets_connections_of_its_own() -> None:
    with RawServer(echo) as server, client(server, **SHARED) as torus:
        torus.generate_session("parent")
        torus._lock.acquire()  # as if another thread of the parent were busy in there
        child = os.fork()
        if not child:
            good = torus.generate_session("child").access_token == "of-child"
            torus.close()
            os._exit(0 if good else 1)
        torus._lock.release()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert server.connections == 2
        assert torus.generate_session("parent-again").access_token == "of-parent-again"
        assert server.connections == 2


def test_a_client_is_not_pickled() -> None:
    with RawServer(echo) as server, client(server) as torus, pytest.raises(TypeError):
        pickle.dumps(torus)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("closing", ["close", "drop"])
def test_a_forked_child_that_only_closes(closing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 60)  # however long a busy machine takes for the child
    ends: list[bytes] = []

    def behave(connection: Connection) -> None:
        echo(connection)
        ends.append(b"the client closed")

    with RawServer(behave) as server:
        torus = client(server, **SHARED)
        torus.generate_session("parent")
        torus._lock.acquire()
        child = os.fork()
        if not child:
            if closing == "close":
                torus.close()
            else:
                del torus
                gc.collect()
            os._exit(0)
        torus._lock.release()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert torus.generate_session("parent-again").access_token == "of-parent-again"
        assert (server.connections, ends) == (1, [])
        torus.close()


def test_closing_closes_the_connection() -> None:
    closed = threading.Event()

    def behave(connection: Connection) -> None:
        echo(connection)  # ends when the client closes
        closed.set()

    with RawServer(behave) as server:
        torus = client(server, **SHARED)
        torus.generate_session("one")
        assert not closed.is_set()
        torus.close()
        assert closed.wait(5)


def test_calls_under_way_are_finished_when_the_client_is_closed() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def behave(connection: Connection) -> None:
        connection.read_request()
        arrived.set()
        go_on.wait()
        connection.send(reply())

    with RawServer(behave) as server, ThreadPoolExecutor(1) as threads:
        torus = client(server, **SHARED)
        call = threads.submit(torus.generate_session, "one")
        arrived.wait()
        torus.close()
        with pytest.raises(ClientClosed):
            torus.generate_session("two")
        go_on.set()
        assert call.result().access_token == "access-token-of-the-test"


def test_tasks_under_way_are_finished_when_the_client_is_closed() -> None:
    async def main(server: RawServer, arrived: threading.Event, go_on: threading.Event) -> str:
        torus = async_client(server, **SHARED)
        call = asyncio.create_task(torus.generate_session("one"))
        await asyncio.to_thread(arrived.wait)
        await torus.aclose()
        with pytest.raises(ClientClosed):
            await torus.generate_session("two")
        go_on.set()
        return (await call).access_token

    arrived, go_on = threading.Event(), threading.Event()

    def behave(connection: Connection) -> None:
        connection.read_request()
        arrived.set()
        go_on.wait()
        connection.send(reply())

    with RawServer(behave) as server:
        assert asyncio.run(main(server, arrived, go_on)) == "access-token-of-the-test"


def test_a_repr_while_a_constructor_fails() -> None:
    with pytest.raises(ValueError, match="api_secret") as caught:
        TorusConnect(api_key=API_KEY, api_secret="canary\nx")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "<TorusConnect, half-built>" in shown
    assert "canary" not in shown.replace('api_secret="canary', "")


def test_the_defaults() -> None:
    settings = TorusConnect(api_key=API_KEY, api_secret=API_SECRET)._settings
    assert (settings.timeout, settings.connect_timeout) == (10, 5)
    assert (settings.total_timeout, settings.max_retries) == (30, 2)


def test_connections_that_were_idle_for_long_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Semaphore(0)

    def behave(connection: Connection) -> None:
        echo(connection)
        closed.release()

    async def main() -> None:
        async with async_client(server, **SHARED) as torus:
            await asyncio.gather(*(torus.generate_session(f"burst-{number}") for number in range(3)))
            await asyncio.sleep(2 * limits.IDLE_SECONDS)
            of_the_burst = server.connections
            await torus.generate_session("afterwards")
            assert all([await asyncio.to_thread(closed.acquire, timeout=5) for _ in range(of_the_burst)])
            assert server.connections == of_the_burst + 1

    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
    with RawServer(behave) as server:
        asyncio.run(main())


def test_closing_that_is_cancelled_closes_all_the_same() -> None:
    burst = 8
    together = threading.Barrier(burst, timeout=10)
    closed = threading.Semaphore(0)

    def behave(connection: Connection) -> None:
        connection.read_request()
        together.wait()
        connection.send(reply())
        connection.read_request()
        closed.release()

    async def main() -> None:
        torus = async_client(server, **SHARED)
        await asyncio.gather(*(torus.generate_session(f"burst-{number}") for number in range(burst)))
        closing = asyncio.create_task(torus.aclose())
        await asyncio.sleep(0)
        closing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await closing
        assert all([await asyncio.to_thread(closed.acquire, timeout=5) for _ in range(burst)])

    with RawServer(behave) as server:
        asyncio.run(main())


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def descriptors_become(number: int) -> bool:
    """Return whether so many are open, as soon as the server has closed its ends, too."""
    end = time.monotonic() + 5
    while descriptors() != number and time.monotonic() < end:
        time.sleep(0.001)
    return descriptors() == number


@pytest.mark.parametrize("share", [False, True])
def test_one_client_in_two_live_event_loops_by_turns(monkeypatch: pytest.MonkeyPatch, *, share: bool) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 60)  # however long a busy machine takes between two calls
    with RawServer(echo) as server, asyncio.Runner() as one, asyncio.Runner() as other:
        torus = async_client(server, share_connections=share)
        for runner in (one, other):
            runner.run(asyncio.sleep(0))
        before = descriptors()
        for number in range(10):
            for runner in (one, other):
                assert runner.run(torus.generate_session(f"user-{number}")).access_token == f"of-user-{number}"
            assert descriptors_become(before + (4 if share else 0))  # both ends of two connections
        assert server.connections == (2 if share else 20)
        one.run(torus.aclose())
        other.run(asyncio.sleep(0))  # its connections are closed there
        assert descriptors_become(before)
        with pytest.raises(ClientClosed):
            other.run(torus.generate_session("late"))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_engine_of_a_loop_that_is_closed_is_dropped() -> None:
    with RawServer(echo) as server:
        torus = async_client(server)
        for number in range(5):
            asyncio.run(torus.generate_session(f"user-{number}"))
            assert len(torus._pools) == 1
        asyncio.run(torus.aclose())
