"""A Redis user who may not call one of the commands that the store needs: whatever fails leaves nothing half done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from conftest import API_KEY, API_SECRET
from fleet.server import RedisServer
from support.kept import BASE_URL, PASSWORD, TOKEN, taken
from support.raw_server import RawServer, answer, reply

from torus_connect import Outcome, Session, StoreError, TorusConnect
from torus_connect.stores import Lease, SessionKey, SessionStore, open_store
from torus_connect.stores._redis.script import SCRIPT, names_of
from torus_connect.stores._redis.settings import COMMANDS

pytestmark = pytest.mark.redis

CALLED = sorted(set(re.findall(r"redis\.call\('(\w+)'", SCRIPT)))
"""What the script calls."""
OLD = "demo-old-session"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path_factory.mktemp("redis"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def server(shared: RedisServer) -> RedisServer:
    shared.command("FLUSHALL")
    rights = [f"+{command.lower()}" for command in COMMANDS.split(", ")]
    shared.command("ACL", "SETUSER", "worker", "reset", "on", f">{PASSWORD}", "~torus-connect:*", *rights)
    return shared


@pytest.fixture
def store(server: RedisServer) -> Iterator[SessionStore]:
    """Return the store of a user who may do what is needed, until they are denied a part of it."""
    store = open_store(server.url().replace("://", f"://worker:{PASSWORD}@"))
    yield store
    store.close()


@pytest.fixture
def all_may(server: RedisServer) -> Iterator[SessionStore]:
    store = open_store(server.url())
    yield store
    store.close()


def deny(server: RedisServer, command: str) -> None:
    server.command("ACL", "SETUSER", "worker", f"-{command.lower()}")


def failure_of(do: Callable[[], object]) -> StoreError | None:
    try:
        do()
    except StoreError as exc:
        return exc
    return None


def fails(do: Callable[[], object]) -> bool:
    """Return whether it fails, which must be with the error that says why."""
    failure = failure_of(do)
    if failure is None:
        return False
    assert type(failure) is StoreError
    assert failure.outcome is Outcome.NOT_SENT
    assert f"does not let this user do what is needed: {COMMANDS} on torus-connect:*" in str(failure)
    assert PASSWORD not in str(failure)
    return True


def kept(server: RedisServer, store: SessionStore, key: SessionKey) -> str | None:
    """Return the token of the kept session, which must have an expiry."""
    session = store.load(key)
    if session is None:
        assert not server.command("EXISTS", names_of(key)[1])
        return None
    assert server.command("PTTL", names_of(key)[1]) > 0
    return str(session.access_token)


def test_what_is_needed_is_what_the_script_calls() -> None:
    assert set(COMMANDS.split(", ")) == {*CALLED, "EVAL", "GET", "DEL"}


@pytest.mark.parametrize("before", [None, OLD])
@pytest.mark.parametrize("command", CALLED)
def test_a_save(
    server: RedisServer, store: SessionStore, all_may: SessionStore, key: SessionKey, command: str, before: str | None
) -> None:
    if before:
        all_may.save(key, Session(before, base_url=BASE_URL))
    deny(server, command)
    failed = fails(lambda: store.save(key, Session(TOKEN, base_url=BASE_URL)))
    assert kept(server, all_may, key) == (before if failed else TOKEN)


def records(server: RedisServer) -> dict[bytes, dict[bytes, bytes]]:
    """Return all that stays: what a script tries first has a millisecond, if it cannot be removed."""
    while server.command("KEYS", "*:trial"):
        assert max(server.command("PTTL", name) for name in server.command("KEYS", "*:trial")) in (-2, 0, 1)
    return server.records()


def begin(lease: Lease) -> None:
    lease.begin()


def save(lease: Lease) -> None:
    lease.save(Session(TOKEN, base_url=BASE_URL))


def settle(lease: Lease) -> None:
    lease.settle()


@pytest.mark.parametrize("do", [begin, save, settle])
@pytest.mark.parametrize("command", CALLED)
def test_a_login_that_is_under_way(
    server: RedisServer,
    store: SessionStore,
    all_may: SessionStore,
    key: SessionKey,
    command: str,
    do: Callable[[Lease], None],
) -> None:
    all_may.save(key, Session(OLD, base_url=BASE_URL))
    lease = taken(store, key)
    if do is not begin:
        lease.begin()
    before = records(server)
    deny(server, command)
    failed = fails(lambda: do(lease))
    assert kept(server, all_may, key) == (TOKEN if do is save and not failed else OLD)
    if failed:
        assert records(server) == before, "the mark of the exchange, too"
    lease.release()


@pytest.mark.parametrize("when", ["before", "while the user logs in"])
@pytest.mark.parametrize("command", COMMANDS.split(", "))
def test_a_whole_login(
    server: RedisServer, store: SessionStore, all_may: SessionStore, command: str, when: str
) -> None:
    """It ends before the request token is sent."""

    def login() -> str:
        assert when != "before"
        deny(server, command)
        return "demo-request-token"

    if when == "before":
        deny(server, command)
    with (
        RawServer(answer(reply())) as service,
        TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=service.base_url, store=store) as torus,
    ):
        assert fails(lambda: torus.session(login=login))
        assert service.requests == []
        key = SessionKey(service.base_url, API_KEY, "default")
    assert kept(server, all_may, key) is None
    if when == "before":
        assert not records(server)
