"""What every store does, whatever is behind it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.kept import BASE_URL, TOKEN, taken

from torus_connect import ConfigurationError, LockLost, Session
from torus_connect.stores import AsyncSessionStore, Lease, SessionKey, SessionStore
from torus_connect.stores._in_thread import StoreInThread


def test_the_protocol(store: SessionStore, key: SessionKey) -> None:
    assert isinstance(store, SessionStore)
    assert not isinstance(store, AsyncSessionStore)
    lease = store.lease(key)
    assert isinstance(lease, Lease)
    lease.release()


def test_what_is_kept_comes_back(store: SessionStore, key: SessionKey, session: Session) -> None:
    assert store.load(key) is None
    store.save(key, session)
    kept = store.load(key)
    assert kept
    assert kept.access_token == TOKEN
    assert kept.base_url == BASE_URL
    assert kept.issued_at == session.issued_at
    store.save(key, Session("demo-another", base_url=BASE_URL))
    other = store.load(key)
    assert other
    assert other.access_token == "demo-another"
    store.delete(key)
    assert store.load(key) is None
    store.delete(key)
    store.close()
    store.close()


def test_each_key_has_its_own(store: SessionStore, key: SessionKey, session: Session) -> None:
    store.save(key, session)
    lease = taken(store, key)
    for other in (
        SessionKey(BASE_URL, "demo-api-key", "another-user"),
        SessionKey(BASE_URL, "demo-other-key", "a-user"),
        SessionKey("https://elsewhere.example/api/v1", "demo-api-key", "a-user"),
    ):
        assert store.load(other) is None
        free = taken(store, other)
        free.release()
    lease.release()


def test_one_at_a_time(store: SessionStore, key: SessionKey) -> None:
    first = taken(store, key)
    assert not store.lease(key).acquire()
    first.release()
    first.release()
    second = taken(store, key)
    assert not store.lease(key).acquire()
    first.release()
    assert not store.lease(key).acquire(), "whoever has released it releases nobody else's"
    second.release()


def test_one_of_many_threads(store: SessionStore, key: SessionKey) -> None:
    ready = threading.Barrier(8)

    def acquire(lease: Lease) -> bool:
        ready.wait()
        return lease.acquire()

    for _ in range(10):
        leases = [store.lease(key) for _ in range(8)]
        with ThreadPoolExecutor(8) as threads:
            got = [lease for lease, held in zip(leases, threads.map(acquire, leases), strict=True) if held]
        assert len(got) == 1
        got[0].release()


def test_a_lease_that_is_saved_leaves_no_note(store: SessionStore, key: SessionKey, session: Session) -> None:
    lease = taken(store, key)
    assert not lease.unfinished
    lease.begin()
    lease.save(session)
    assert store.load(key)
    lease.release()
    assert not unfinished(store, key)


def test_a_lease_that_is_settled_leaves_no_note(store: SessionStore, key: SessionKey) -> None:
    lease = taken(store, key)
    lease.begin()
    lease.settle()
    lease.release()
    assert store.load(key) is None
    assert not unfinished(store, key)


@pytest.mark.parametrize("begun", [False, True])
def test_a_lease_removes_a_session_and_leaves_the_note(
    store: SessionStore, key: SessionKey, session: Session, *, begun: bool
) -> None:
    store.save(key, session)
    lease = taken(store, key)
    if begun:
        lease.begin()
    lease.save(None)
    assert store.load(key) is None
    lease.release()
    assert unfinished(store, key) is begun


@pytest.mark.parametrize("before", [False, True])
def test_a_lease_that_ends_in_between_leaves_a_note(
    store: SessionStore, key: SessionKey, session: Session, *, before: bool
) -> None:
    if before:
        store.save(key, session)
    lease = taken(store, key)
    lease.begin()
    lease.release()
    assert unfinished(store, key)
    assert unfinished(store, key), "looking changes nothing"
    again = taken(store, key)
    again.settle()
    again.release()
    assert not unfinished(store, key)


def test_a_lease_that_is_over_can_do_nothing(store: SessionStore, key: SessionKey, session: Session) -> None:
    lease = taken(store, key)
    lease.release()
    with pytest.raises(LockLost):
        lease.begin()
    with pytest.raises(LockLost):
        lease.save(session)
    assert store.load(key) is None
    store.save(key, session)
    with pytest.raises(LockLost):
        lease.save(None)
    assert store.load(key)


def test_it_shows_nothing(store: SessionStore, key: SessionKey, session: Session) -> None:
    store.save(key, session)
    lease = taken(store, key)
    for each in (store, lease, key):
        assert TOKEN not in repr(each)
        assert "demo-api-key" not in repr(each)
    lease.release()


def test_for_tasks(store: SessionStore, key: SessionKey, session: Session) -> None:
    async def use() -> None:
        tasks = StoreInThread(store)
        assert isinstance(tasks, AsyncSessionStore)
        lease = tasks.lease(key)
        assert await lease.acquire()
        assert not await tasks.lease(key).acquire()
        await lease.check()
        await lease.begin()
        await lease.settle()
        await lease.begin()
        await lease.save(session)
        await lease.release()
        kept = await tasks.load(key)
        assert kept
        assert kept.access_token == TOKEN
        await tasks.save(key, session)
        await tasks.delete(key)
        assert await tasks.load(key) is None
        assert repr(tasks) == repr(store)
        await tasks.aclose()

    asyncio.run(use())
    asyncio.run(use())


def unfinished(store: SessionStore, key: SessionKey) -> bool:
    lease = taken(store, key)
    lease.release()
    return lease.unfinished


class TestKey:
    def test_its_digest_tells_nothing(self) -> None:
        digests = {
            SessionKey(*parts).digest
            for parts in (("a", "b", "cd"), ("a", "bc", "d"), ("ab", "c", "d"), ("a", "b", "c d"))
        }
        assert len(digests) == 4
        assert all(len(digest) == 64 and int(digest, 16) for digest in digests)

    @pytest.mark.parametrize("user", ["", "  ", "x" * 257, 7, None, b"a-user"])
    def test_a_user_without_a_name(self, user: str) -> None:
        with pytest.raises(ConfigurationError, match=r"^user must be"):
            SessionKey(BASE_URL, "demo-api-key", user)

    def test_a_name_in_any_script(self) -> None:
        assert SessionKey(BASE_URL, "demo-api-key", "\u0905\u0928\u0940\u0924\u093e").digest

    def test_an_api_key_that_is_none(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^api_key is empty"):
            SessionKey(BASE_URL, " ", "a-user")
