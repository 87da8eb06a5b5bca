"""One login at a time, whoever dies, stalls, or is forgotten by the server meanwhile."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import warnings

import pytest
from fleet.conftest import Open
from fleet.server import RedisServer
from fleet.swallow import Swallowing
from fleet.wait import until
from support.kept import BASE_URL, taken

from torus_connect import LockLost, Secret, Session, StoreError
from torus_connect.stores import Lease, SessionKey, SessionStore
from torus_connect.stores._redis.async_store import AsyncRedisLease, AsyncRedisStore
from torus_connect.stores._redis.script import names_of
from torus_connect.stores._redis.sync_store import RedisStore

pytestmark = pytest.mark.redis


@pytest.fixture
def stalled(server: RedisServer, store: SessionStore, key: SessionKey) -> Lease:
    """Return the lease of a holder whose exchange is under way, and whose right has run out."""
    lease = taken(store, key)
    lease.begin()
    run_out(server, key)
    return lease


def run_out(server: RedisServer, key: SessionKey) -> None:
    """Let the time of the right be over, long before its holder renews it."""
    owner, _, *rest = server.command("GET", names_of(key)[0]).split()
    server.command("SET", names_of(key)[0], b" ".join([owner, b"1", *rest]))


def token_in(store: SessionStore, key: SessionKey) -> str | None:
    kept = store.load(key)
    return kept.access_token if kept else None


def other(token: str = "demo-other-token") -> Session:
    return Session(token, base_url=BASE_URL)


class TestAStalledHolder:
    @pytest.mark.usefixtures("stalled")
    def test_the_next_one_is_told(self, store: SessionStore, key: SessionKey) -> None:
        lease = taken(store, key)
        assert lease.unfinished
        lease.release()

    def test_it_does_not_begin(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        lease = taken(store, key)
        run_out(server, key)
        with pytest.raises(LockLost):
            lease.begin()
        lease.release()

    def test_it_does_not_save(self, store: SessionStore, key: SessionKey, stalled: Lease) -> None:
        lease = taken(store, key)
        with pytest.raises(LockLost):
            stalled.save(other())
        assert store.load(key) is None
        lease.begin()
        lease.save(other("demo-right"))
        with pytest.raises(LockLost):
            stalled.save(other())
        lease.release()
        with pytest.raises(LockLost):
            stalled.save(other())
        assert token_in(store, key) == "demo-right"

    @pytest.mark.parametrize("released", [False, True])
    def test_it_removes_no_session_of_another(
        self, store: SessionStore, key: SessionKey, stalled: Lease, *, released: bool
    ) -> None:
        lease = taken(store, key)
        lease.begin()
        lease.save(other())
        if released:
            lease.release()
        with pytest.raises(LockLost):
            stalled.save(None)
        assert token_in(store, key) == "demo-other-token"
        lease.release()

    def test_it_disturbs_nobody(self, store: SessionStore, key: SessionKey, stalled: Lease) -> None:
        lease = taken(store, key)
        lease.settle()
        lease.begin()
        stalled.settle()
        stalled.release()
        assert not store.lease(key).acquire()
        lease.release()
        again = taken(store, key)
        assert again.unfinished, "the note of the second one is not the first one's"
        again.release()

    def test_nobody_else_came_and_the_session_is_removed(
        self, store: SessionStore, key: SessionKey, stalled: Lease
    ) -> None:
        for _ in range(2):  # where its reply is lost, a command runs once more
            stalled.save(None)
        assert store.load(key) is None
        stalled.release()
        lease = taken(store, key)
        assert lease.unfinished
        lease.release()

    def test_nobody_else_came(self, store: SessionStore, key: SessionKey, stalled: Lease) -> None:
        stalled.save(other())
        stalled.release()
        assert token_in(store, key) == "demo-other-token"
        lease = taken(store, key)
        assert not lease.unfinished
        lease.release()


class TestAForgetfulServer:
    """Two logins may come about where a lock is evicted; then one of the two is told, and neither is lost."""

    def test_it_does_not_begin(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        lease = taken(store, key)
        server.evict("login")
        with pytest.raises(LockLost):
            lease.begin()
        lease.release()

    @pytest.mark.parametrize("first", [True, False])
    def test_one_of_two_is_told(
        self, server: RedisServer, store: SessionStore, key: SessionKey, *, first: bool
    ) -> None:
        one = taken(store, key)
        one.begin()
        server.evict("login")
        two = taken(store, key)
        assert not two.unfinished
        two.begin()
        if first:
            two.save(other("demo-two"))
        with pytest.raises(LockLost):
            one.save(other("demo-one"))
        if not first:
            two.save(other("demo-two"))
        assert token_in(store, key) == "demo-two"
        one.release()
        two.release()

    def test_both_locks_are_forgotten(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        one = taken(store, key)
        one.begin()
        server.evict("login")
        two = taken(store, key)
        two.begin()
        server.evict("login")
        one.save(other("demo-one"))
        with pytest.raises(LockLost):
            two.save(other("demo-two"))
        assert token_in(store, key) == "demo-one"
        one.release()
        two.release()

    def test_the_session_before_is_forgotten_too(
        self, server: RedisServer, store: SessionStore, key: SessionKey
    ) -> None:
        store.save(key, other("demo-before"))
        lease = taken(store, key)
        lease.begin()
        server.evict("login")
        server.evict("session")
        lease.save(other())
        assert token_in(store, key) == "demo-other-token"
        lease.release()

    def test_the_fence_grows(self, server: RedisServer, store: SessionStore, key: SessionKey) -> None:
        def fence() -> int:
            lease = taken(store, key)
            lease.release()
            return int(server.records()[names_of(key)[0].encode()][b"fence"])

        fences = [fence(), fence()]
        server.evict("login")
        fences.append(fence())
        server.restart()
        fences.append(fence())
        assert fences == sorted(set(fences))


class TestItIsKeptUp:
    def test_while_it_is_held(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        store = open_at(server.url(lock_ttl=0.3))
        lease = taken(store, key)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            assert not store.lease(key).acquire()
            time.sleep(0.02)
        lease.begin()
        lease.release()

    def test_where_the_server_forgets_it(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        store = open_at(server.url(lock_ttl=0.3))
        lease = taken(store, key)
        lease.begin()
        server.restart()
        until(server.records)
        assert not store.lease(key).acquire()
        lease.release()
        again = taken(store, key)
        assert again.unfinished, "the note is there again, too"
        again.release()

    def test_not_where_somebody_else_was_quicker(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        lease = taken(open_at(server.url(lock_ttl=0.3)), key)
        server.evict("login")
        two = open_at(server.url())
        quick = taken(two, key)
        held = server.command("GET", names_of(key)[0])
        end = time.monotonic() + 0.4  # the first one's renewal is due every 0.1 seconds
        while time.monotonic() < end:
            assert server.command("GET", names_of(key)[0]) == held
            time.sleep(0.02)
        quick.begin()
        quick.release()
        with pytest.raises(LockLost):
            lease.begin()
        lease.release()

    def test_not_after_it_is_released(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        before = threading.active_count()
        lease = taken(open_at(server.url(lock_ttl=0.3)), key)
        lease.release()
        until(lambda: threading.active_count() <= before + 1)  # the event loop's own, where there is one
        record = server.records()[names_of(key)[0].encode()]
        assert record[b"until"] == b"0"

    def test_not_where_it_is_forgotten(self, server: RedisServer, key: SessionKey) -> None:
        store = RedisStore(Secret(server.url(lock_ttl=0.3)))
        lease = taken(store, key)
        del lease
        gc.collect()
        until(lambda: store.lease(key).acquire())
        store.close()

    def test_while_the_server_is_away(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        store = open_at(server.url(lock_ttl=0.3))
        lease = taken(store, key)
        lease.begin()
        server.stop()
        time.sleep(0.05)
        server.start()
        until(server.records)
        lease.save(other())
        lease.release()
        assert token_in(store, key) == "demo-other-token"


class TestALostReply:
    """Redis gave the right, and the network lost the word of it: nobody has it then, and nobody waits for its end."""

    def test_it_is_given_back(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        with Swallowing(server.port) as proxy:
            store = open_at(f"redis://127.0.0.1:{proxy.port}/0?timeout=0.2&lock_ttl=3600")
            assert store.load(key) is None
            proxy.lose = 1
            lease = store.lease(key)
            with pytest.raises(StoreError, match=r"did not answer within 0\.2 seconds"):
                lease.acquire()
            assert proxy.lost == 1
            assert server.records()[names_of(key)[0].encode()][b"until"] != b"0", "the server did give it"
            lease.release()
            taken(store, key).release()
            store.close()

    def test_it_is_nobody_elses_that_is_given_back(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        lease = taken(open_at(server.url()), key)
        with Swallowing(server.port) as proxy:
            store = open_at(f"redis://127.0.0.1:{proxy.port}/0?timeout=0.2")
            assert store.load(key) is None
            proxy.lose = 1
            other = store.lease(key)
            with pytest.raises(StoreError, match="did not answer"):
                other.acquire()
            other.release()
            assert not store.lease(key).acquire()
            store.close()
        lease.begin()
        lease.release()

    def test_the_first_error_is_the_one_that_is_told(self, server: RedisServer, open_at: Open, key: SessionKey) -> None:
        with Swallowing(server.port) as proxy:
            store = open_at(f"redis://127.0.0.1:{proxy.port}/0?timeout=0.2")
            assert store.load(key) is None
            proxy.lose = 2
            lease = store.lease(key)
            with pytest.raises(StoreError, match="did not answer") as caught:
                lease.acquire()
            lease.release()
            assert proxy.lost == 2
            assert caught.value.__context__ is None
            store.close()


class TestThePlainSave:
    def test_it_ends_a_login_that_is_under_way(self, store: SessionStore, key: SessionKey) -> None:
        lease = taken(store, key)
        lease.begin()
        store.save(key, other("demo-plain"))
        with pytest.raises(LockLost):
            lease.save(other())
        assert token_in(store, key) == "demo-plain"
        lease.release()

    @pytest.mark.usefixtures("stalled")
    def test_it_clears_the_note_of_one_that_died(self, store: SessionStore, key: SessionKey) -> None:
        store.save(key, other())
        lease = taken(store, key)
        assert not lease.unfinished
        lease.release()


def test_a_child_process_has_a_store_and_no_lease(server: RedisServer, key: SessionKey, session: Session) -> None:
    store = RedisStore(Secret(server.url()))
    lease = taken(store, key)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is what this is about
        child = os.fork()
    if not child:
        code = 1
        try:
            for act in (lease.begin, lambda: lease.save(session)):
                with pytest.raises(LockLost):
                    act()
            lease.release()
            assert not store.lease(key).acquire()
            store.close()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    lease.begin()
    lease.save(session)
    lease.release()
    assert store.load(key)
    store.close()


async def acquired(store: AsyncRedisStore, key: SessionKey) -> AsyncRedisLease:
    lease = store.lease(key)
    try:
        assert await lease.acquire()
    except BaseException:
        await lease.release()
        raise
    return lease


class TestTasks:
    def test_cancelled_while_it_acquires(self, server: RedisServer, key: SessionKey) -> None:
        async def use() -> None:
            store = AsyncRedisStore(Secret(server.url(connections=1)))
            assert await store.load(key) is None
            server.freeze()
            task = asyncio.create_task(acquired(store, key))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            server.thaw()
            with pytest.raises(asyncio.CancelledError):
                await task
            lease = await acquired(store, key)
            await lease.release()
            await store.aclose()

        asyncio.run(use())

    def test_cancelled_while_it_releases(self, server: RedisServer, key: SessionKey) -> None:
        async def use() -> None:
            store = AsyncRedisStore(Secret(server.url()))
            lease = await acquired(store, key)
            server.freeze()
            task = asyncio.create_task(lease.release())
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.sleep(0)
            server.thaw()
            with pytest.raises(asyncio.CancelledError):
                await task
            again = await acquired(store, key)
            await again.release()
            await store.aclose()

        asyncio.run(use())

    def test_cancelled_with_an_error_to_come(self, server: RedisServer, key: SessionKey) -> None:
        async def use() -> None:
            store = AsyncRedisStore(Secret(server.url(timeout=0.1)))
            server.freeze()
            task = asyncio.create_task(acquired(store, key))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            server.thaw()
            await store.aclose()

        asyncio.run(use())

    def test_one_event_loop_after_another(self, server: RedisServer, key: SessionKey, session: Session) -> None:
        store = AsyncRedisStore(Secret(server.url()))

        async def use() -> None:
            await store.save(key, session)
            assert await store.load(key)
            lease = await acquired(store, key)
            await lease.release()
            await store.aclose()
            await store.aclose()

        asyncio.run(use())
        asyncio.run(use())
