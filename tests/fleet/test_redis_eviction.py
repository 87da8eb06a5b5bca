"""A Redis that may evict what the store keeps there is warned of: once for each store, if it lets us ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fleet.conftest import Open
from fleet.server import RedisServer
from support.kept import PASSWORD, taken

from torus_connect import Session
from torus_connect.stores import SessionKey

pytestmark = pytest.mark.redis

Warned = Callable[[], list[str]]


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Warned:
    """Return what tells the warnings so far."""

    def told() -> list[str]:
        records = [each for each in caplog.records if each.name == "torus_connect"]
        assert all(each.levelno == logging.WARNING for each in records)
        return [each.getMessage() for each in records]

    return told


def evicting(server: RedisServer, policy: str, *, maxmemory: int = 100_000_000) -> None:
    server.command("CONFIG", "SET", "maxmemory-policy", policy)
    server.command("CONFIG", "SET", "maxmemory", maxmemory)


@pytest.mark.parametrize(
    ("policy", "forgets"),
    [
        ("allkeys-lru", "sessions, who logs a user in, that a login was cut off, and orders of a journal"),
        ("allkeys-random", "sessions, who logs a user in, that a login was cut off, and orders of a journal"),
        ("volatile-ttl", "sessions, so that users must log in again, and orders of a journal"),
    ],
)
def test_it_is_told_once(
    server: RedisServer, open_at: Open, key: SessionKey, session: Session, warned: Warned, policy: str, forgets: str
) -> None:
    evicting(server, policy)
    for number in (1, 2):
        store = open_at(server.url().replace("://", f"://default:{PASSWORD}@"))
        assert len(warned()) == number - 1, "not before it is used"
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: store.load(key), range(8)))  # noqa: B023 - it is over by then
        store.save(key, session)
        lease = taken(store, key)
        lease.release()
        assert len(warned()) == number
    where = f"redis://127.0.0.1:{server.port}/0"
    said = f"{where} has a maxmemory and the maxmemory-policy {policy}: it may forget {forgets}; choose noeviction"
    assert set(warned()) == {said}


@pytest.mark.parametrize(("policy", "maxmemory"), [("noeviction", 100_000_000), ("allkeys-lru", 0)])
def test_one_that_does_not(
    server: RedisServer, open_at: Open, key: SessionKey, warned: Warned, policy: str, maxmemory: int
) -> None:
    evicting(server, policy, maxmemory=maxmemory)
    assert open_at(server.url()).load(key) is None
    assert warned() == []


def test_one_that_does_not_let_us_ask(
    server: RedisServer, open_at: Open, key: SessionKey, session: Session, warned: Warned
) -> None:
    evicting(server, "allkeys-lru")
    commands = ["+eval", "+time", "+get", "+set", "+del"]
    server.command("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~torus-connect:*", *commands)
    store = open_at(server.url().replace("://", f"://worker:{PASSWORD}@"))
    store.save(key, session)
    assert store.load(key)
    assert warned() == []


def test_one_that_cannot_be_asked_yet(
    server: RedisServer, open_at: Open, key: SessionKey, session: Session, warned: Warned
) -> None:
    evicting(server, "allkeys-lru")
    server.freeze()
    store = open_at(server.url(timeout=0.2))
    with pytest.raises(Exception, match="did not answer"):
        store.save(key, session)
    server.thaw()
    store.save(key, session)
    assert len(warned()) == 1
