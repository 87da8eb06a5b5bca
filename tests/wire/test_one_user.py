"""A connection carries the calls of one credential only; how long it is kept; what is resumed on the next one."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import pytest
import trustme
from conftest import API_KEY, API_SECRET
from support.kinds import ORDER, PUBLIC, READ
from support.proxy import ConnectProxy
from support.raw_server import Connection, RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ConfigurationError, Secret, Session, TorusConnect
from torus_connect._calls.request import HTTPRequest
from torus_connect._transport import limits
from torus_connect._transport.async_pool import AsyncConnectionPool
from torus_connect._transport.network import Network
from torus_connect._transport.sync_pool import ConnectionPool
from torus_connect_api.client import Request

CALLS, AT_A_TIME = 300, 50
FACES = ("sync", "async")


def user_of(request: bytes) -> bytes:
    found = re.search(rb"\r\n(?:Token: |Authorization: Bearer )([^\r]*)", request)
    return found[1] if found else b"nobody"


def of(user: bytes) -> bytes:
    return reply(b'{"AccessToken": "of-%s"}' % user)


class Users:
    """A service that notes whose requests came over which connection, and whether the client closed it afterwards."""

    def __init__(self) -> None:
        self.by_connection: dict[Connection, set[bytes]] = defaultdict(set)
        self.closed = threading.Semaphore(0)

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            self.by_connection[connection].add(user_of(request))
            connection.send(of(user_of(request)))
        self.closed.release()

    def on_a_connection(self) -> list[int]:
        """Return how many users each connection carried, without doubles."""
        return sorted({len(users) for users in self.by_connection.values()})


def log_in(face: str, base_url: str, users: list[str], **options: Any) -> list[str]:
    """Log many users in with one client, many at a time; return their access tokens."""
    options = {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": base_url, **options}

    async def in_loop() -> list[str]:
        limit = asyncio.Semaphore(AT_A_TIME)

        async def one(user: str) -> str:
            async with limit:
                return (await torus.generate_session(user)).access_token

        async with AsyncTorusConnect(**options) as torus:
            return await asyncio.gather(*map(one, users))

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus, ThreadPoolExecutor(AT_A_TIME) as threads:
        return [session.access_token for session in threads.map(torus.generate_session, users)]


@pytest.mark.parametrize("face", FACES)
def test_users_on_a_connection(face: str) -> None:
    service, users = Users(), [f"user-{number}" for number in range(CALLS)]
    with RawServer(service) as server:
        assert log_in(face, server.base_url, users) == [f"of-{user}" for user in users]
        assert service.on_a_connection() == [1]
        assert server.connections == len(service.by_connection) == CALLS
        assert all(service.closed.acquire(timeout=5) for _ in range(CALLS))
        assert {server.sent(index)[1]["connection"] for index in range(CALLS)} == {"close"}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("share", "most"), [(False, 1), (True, 3)])
def test_account_calls_on_a_connection(face: str, *, share: bool, most: int) -> None:
    """The calls of a user share a connection, with nobody else's; public calls share theirs with each other."""
    users, calls = 3, 12
    service = Users()
    options: dict[str, Any] = {"api_key": API_KEY, "share_connections": share}
    requests = [Request(each, each.path, parse=lambda data: data) for each in (READ, ORDER, PUBLIC, PUBLIC)]

    async def in_loop(base_url: str) -> None:
        async with AsyncTorusConnect(base_url=base_url, **options) as torus:
            for number in range(calls):
                token = Session(f"user-{number % users}", base_url=base_url)
                assert await torus.with_credentials(AccessToken=token).send(requests[number // users]) is not None

    with RawServer(service) as server:
        if face == "async":
            asyncio.run(in_loop(server.base_url))
        else:
            with TorusConnect(base_url=server.base_url, **options) as torus:
                for number in range(calls):
                    token = Session(f"user-{number % users}", base_url=server.base_url)
                    assert torus.with_credentials(AccessToken=token).send(requests[number // users]) is not None
        carried = [named - {b"nobody"} for named in service.by_connection.values()]
    assert max(map(len, carried)) == most
    assert server.connections == (1 if share else users + 1)


@pytest.mark.parametrize("face", FACES)
def test_users_on_a_connection_that_is_shared(face: str) -> None:
    service, users = Users(), [f"user-{number}" for number in range(CALLS)]
    with RawServer(service) as server:
        assert log_in(face, server.base_url, users, share_connections=True) == [f"of-{user}" for user in users]
        assert service.on_a_connection()[-1] > 1
        assert server.connections <= AT_A_TIME
        assert "connection" not in server.sent()[1]


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_sharing_is_said_in_full(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="share_connections must be a bool, not"):
        TorusConnect(api_key=API_KEY, api_secret=API_SECRET, share_connections=value)


def twice(connection: Connection) -> None:
    """Answer, and answer once more 60 ms later."""
    while request := connection.read_request():
        connection.send(of(user_of(request)))
        if user_of(request) == b"a":
            connection.server.over.wait(0.06)
            connection.send(of(b"a"))


def second_copy_at_the_next_request(connection: Connection) -> None:
    """The same where two users share a connection: by the time it comes, the second one has asked."""
    while request := connection.read_request():
        connection.send(of(user_of(request)) if user_of(request) == b"a" else of(b"a"))


@pytest.mark.parametrize(
    ("service", "share", "got"), [(twice, False, "of-b"), (second_copy_at_the_next_request, True, "of-a")]
)
@pytest.mark.parametrize("face", FACES)
def test_a_late_second_copy(face: str, service: Callable[[Connection], None], got: str, *, share: bool) -> None:
    """The second user calls 30 ms after the first: nothing can be seen by then. This is what sharing costs."""
    options: dict[str, Any] = {"api_key": API_KEY, "api_secret": API_SECRET, "share_connections": share}

    async def in_loop(base_url: str) -> list[str]:
        async with AsyncTorusConnect(base_url=base_url, **options) as torus:
            first = await torus.generate_session("a")
            await asyncio.sleep(0.03)
            return [first.access_token, (await torus.generate_session("b")).access_token]

    with RawServer(service) as server:
        if face == "async":
            tokens = asyncio.run(in_loop(server.base_url))
        else:
            with TorusConnect(base_url=server.base_url, **options) as torus:
                tokens = [torus.generate_session("a").access_token]
                server.over.wait(0.03)
                tokens.append(torus.generate_session("b").access_token)
        assert tokens == ["of-a", got]


def request_of(server: RawServer, user: str, connections: Literal["own", "user"] = "user") -> HTTPRequest:
    credentials = {"Token": Secret(user)}
    headers = {"Content-Length": "2"}
    return HTTPRequest("POST", f"{server.base_url}/x", headers, Secret("{}"), credentials, connections=connections)


Send = Callable[[HTTPRequest], object]


def through_engine(face: str, server: RawServer, play: Callable[[Send, Any], None]) -> None:
    """Play requests through a bare engine."""
    if face == "sync":
        engine = ConnectionPool(Network(server.base_url), connect_timeout=5)
        play(lambda request: engine.send(request, 5), engine)
        engine.close()
        return
    with asyncio.Runner() as runner:
        other = runner.run(make_async_engine(server))
        play(lambda request: runner.run(other.send(request, 5)), other)
        other.close()


async def make_async_engine(server: RawServer) -> AsyncConnectionPool:
    return AsyncConnectionPool(Network(server.base_url), connect_timeout=5)


@pytest.mark.parametrize("face", FACES)
def test_requests_of_one_user_share_a_connection_and_no_others(face: str) -> None:
    service = Users()

    def play(send: Send, _engine: object) -> None:
        for number in range(12):
            send(request_of(server, f"user-{number % 3}"))
        send(request_of(server, "user-0", "own"))
        send(request_of(server, "nobody", "own"))

    with RawServer(service) as server:
        through_engine(face, server, play)
    assert service.on_a_connection() == [1]
    assert (server.connections, server.begun) == (5, 14)


@pytest.mark.parametrize("face", FACES)
def test_so_many_connections_are_kept_and_no_more(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_IDLE_CONNECTIONS", 2)
    service = Users()

    def play(send: Send, engine: Any) -> None:
        for number in range(8):
            send(request_of(server, f"user-{number}"))
            assert len(engine._idle) <= 3
        assert all(service.closed.acquire(timeout=5) for _ in range(5))

    with RawServer(service) as server:
        through_engine(face, server, play)


OF_MANY_USERS = """
import asyncio, resource, sys
from torus_connect import AsyncTorusConnect, Session, TorusConnect

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
face, base_url = sys.argv[1:]
sessions = [Session(f"user-{number}", base_url=base_url) for number in range(80)]

async def asynchronous():
    async with AsyncTorusConnect(api_key="demo", base_url=base_url, max_retries=0) as torus:
        for session in sessions:
            await (await torus.account(session)).holdings()

if face == "async":
    asyncio.run(asynchronous())
else:
    with TorusConnect(api_key="demo", base_url=base_url, max_retries=0) as torus:
        for session in sessions:
            torus.account(session).holdings()
"""


@pytest.mark.parametrize("face", FACES)
def test_idle_connections_leave_room_for_other_files(face: str) -> None:
    none = reply(b'{"status": "success", "data": []}', headers=("Keep-Alive: timeout=60",))
    with RawServer(answer(none)) as server:
        subprocess.run([sys.executable, "-c", OF_MANY_USERS, face, server.base_url], check=True, timeout=60)
        assert server.connections == 80


@pytest.mark.parametrize(
    ("said", "seconds", "connections"),
    [
        ((), 1.9, 1),
        ((), 2.1, 2),
        (("Keep-Alive: timeout=5",), 3.9, 1),
        (("Keep-Alive: timeout=5",), 4.1, 2),
        (("keep-alive: max=100, TIMEOUT = 30",), 28, 1),
        (("Keep-Alive: timeout=30", "Keep-Alive: timeout=3"), 2.1, 2),
        (("Keep-Alive: timeout=2",), 0.9, 1),
        (("Keep-Alive: timeout=1",), 0, 2),
        (("Keep-Alive: timeout=0",), 0, 2),
        (("Keep-Alive: timeout=soon",), 1.9, 1),
        (("Keep-Alive: timeout=soon",), 2.1, 2),
    ],
)
@pytest.mark.parametrize("face", FACES)
def test_how_long_a_connection_is_kept(
    face: str, said: tuple[str, ...], seconds: float, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(f"torus_connect._transport.{face}_pool.monotonic", lambda: now)

    def play(send: Send, _engine: object) -> None:
        nonlocal now
        send(request_of(server, "user"))
        now += seconds
        send(request_of(server, "user"))

    with RawServer(answer(reply(headers=said))) as server:
        through_engine(face, server, play)
    assert server.connections == connections


@contextmanager
def tls_server(version: str, resumed: list[bool]) -> Iterator[tuple[RawServer, dict[str, Any]]]:
    """Serve with one version of TLS, and note which connections resumed a session."""
    authority = trustme.CA()
    context, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.configure_trust(trusting)

    def behave(connection: Connection) -> None:
        assert isinstance(connection.sock, ssl.SSLSocket)
        resumed.append(bool(connection.sock.session_reused))
        answer(reply())(connection)

    with RawServer(behave, tls=context) as server:
        yield server, {"api_key": API_KEY, "api_secret": API_SECRET, "ssl_context": trusting}


def log_in_one_by_one(face: str, number: int, **options: Any) -> None:
    async def in_loop() -> None:
        async with AsyncTorusConnect(**options) as torus:
            for user in range(number):
                await torus.generate_session(f"user-{user}")

    if face == "async":
        asyncio.run(in_loop())
        return
    with TorusConnect(**options) as torus:
        for user in range(number):
            torus.generate_session(f"user-{user}")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("face", FACES)
def test_tls_sessions_are_resumed(face: str, version: str) -> None:
    resumed: list[bool] = []
    with tls_server(version, resumed) as (server, options):
        log_in_one_by_one(face, 4, base_url=server.base_url, **options)
        assert resumed == [False, True, True, True]
        # Neither another client's, though the context is the same, nor another host's.
        log_in_one_by_one(face, 2, base_url=server.base_url.replace("127.0.0.1", "localhost"), **options)
        assert resumed[4:] == [False, True]


@pytest.mark.parametrize("face", FACES)
def test_tls_sessions_are_resumed_in_a_tunnel(face: str) -> None:
    resumed: list[bool] = []
    with tls_server("TLSv1_3", resumed) as (server, options):
        outer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority = trustme.CA()
        authority.issue_cert("127.0.0.1").configure_cert(outer)
        authority.configure_trust(options["ssl_context"])
        with ConnectProxy(tls=outer) as proxy:
            log_in_one_by_one(face, 3, base_url=server.base_url, proxy=f"https://{proxy.address}", **options)
            assert resumed == [False, True, True]
            assert [sock.session_reused for sock in proxy.encrypted] == resumed


@pytest.mark.parametrize(("seconds", "last"), [(0, True), (60, False)])
def test_a_session_that_the_service_does_not_know_any_more(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, last: bool
) -> None:
    """It then shakes hands in full; another session is taken, though not at once."""
    monkeypatch.setattr(limits, "SESSION_SECONDS", seconds)
    resumed: list[bool] = []
    with tls_server("TLSv1_3", resumed) as (server, options):
        torus = TorusConnect(base_url=server.base_url, **options)
        torus.generate_session("one")
        again, authority = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), trustme.CA()
        authority.issue_cert("127.0.0.1").configure_cert(again)
        authority.configure_trust(options["ssl_context"])
        server._tls = again
        torus.generate_session("two")
        torus.generate_session("three")
        torus.close()
    assert resumed == [False, False, last]


@pytest.mark.parametrize("tickets", [0, 2])
def test_a_session_is_taken_once(monkeypatch: pytest.MonkeyPatch, tickets: int) -> None:
    """Python loses memory with each, whether they are resumed or the service resumes none."""
    taken: list[object] = []
    session: Any = ssl.SSLObject.session

    def take(ssl_object: ssl.SSLObject) -> object:
        taken.append(session.__get__(ssl_object))
        return taken[-1]

    monkeypatch.setattr(ssl.SSLObject, "session", property(take))
    resumed: list[bool] = []
    with tls_server("TLSv1_3", resumed) as (server, options):
        assert server._tls is not None
        server._tls.num_tickets = tickets
        log_in_one_by_one("sync", 5, base_url=server.base_url, **options)
    assert resumed == [False, *[tickets > 0] * 4]
    assert len(taken) == 1
