"""A store for threads, used by tasks: whatever is cancelled, no lock is left held and no call is cut in two."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from torus_connect import Session
from torus_connect.stores import SessionKey
from torus_connect.stores._in_thread import StoreInThread, in_thread
from torus_connect.stores._memory import MemoryStore


class Slow(MemoryStore):
    """A store in which each call waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.go = threading.Event()

    def lease(self, key: SessionKey) -> Any:
        lease = super().lease(key)
        store = self

        class SlowLease:
            def acquire(self) -> bool:
                held = lease.acquire()
                store.wait()
                return held

            def __getattr__(self, name: str) -> Any:
                return getattr(lease, name)

        return SlowLease()

    def save(self, key: SessionKey, session: Session) -> None:
        self.wait()
        super().save(key, session)

    def wait(self) -> None:
        self.entered.set()
        assert self.go.wait(20)


async def cancel_in_the_middle(store: Slow, call: Any, *, times: int = 1) -> None:
    task = asyncio.ensure_future(call)
    await asyncio.to_thread(store.entered.wait, 20)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done(), "it ends when the call has ended"
    store.go.set()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("times", [1, 3])
def test_a_task_that_is_cancelled_while_it_acquires(key: SessionKey, times: int) -> None:
    store = Slow()

    async def use() -> None:
        lease = StoreInThread(store).lease(key)
        try:
            await lease.acquire()
        finally:
            await lease.release()

    asyncio.run(cancel_in_the_middle(store, use(), times=times))
    assert MemoryStore.lease(store, key).acquire(), "it is not held"


def test_a_task_that_is_cancelled_while_it_saves(key: SessionKey, session: Session) -> None:
    store = Slow()
    asyncio.run(cancel_in_the_middle(store, StoreInThread(store).save(key, session)))
    assert store.load(key) is session


def test_an_event_loop_that_ends_while_a_task_acquires(key: SessionKey) -> None:
    store = Slow()

    async def use() -> None:
        lease = StoreInThread(store).lease(key)
        try:
            await lease.acquire()
        finally:
            await lease.release()

    async def leave() -> asyncio.Future[Any]:
        task = asyncio.ensure_future(use())
        await asyncio.to_thread(store.entered.wait, 20)
        asyncio.get_running_loop().call_later(0.01, store.go.set)
        return task

    assert asyncio.run(leave()).cancelled()
    assert MemoryStore.lease(store, key).acquire(), "it is not held"


def test_a_call_that_fails_while_its_task_is_cancelled() -> None:
    entered, go = threading.Event(), threading.Event()

    def fail() -> None:
        entered.set()
        go.wait(20)
        raise ValueError("nobody asks for this any more")

    async def cancel() -> None:
        task = asyncio.ensure_future(in_thread(fail))
        await asyncio.to_thread(entered.wait, 20)
        task.cancel()
        await asyncio.sleep(0)
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
