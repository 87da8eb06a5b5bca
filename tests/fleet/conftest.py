"""A Redis, and stores on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from fleet.server import RedisServer
from support.kept import a_key, a_session

from torus_connect import Session
from torus_connect.sandbox import Sandbox
from torus_connect.stores import (
    AsyncLease,
    AsyncSessionStore,
    Lease,
    SessionKey,
    SessionStore,
    open_async_store,
    open_store,
)

T = TypeVar("T")

Open = Callable[..., SessionStore]


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self) -> None:
        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Waited:
    """A store for tasks, as one for threads, so that one test serves both."""

    def __init__(self, store: AsyncSessionStore, loop: Loop) -> None:
        self.store = store
        self._loop = loop

    def load(self, key: SessionKey) -> Session | None:
        return self._loop.run(self.store.load(key))

    def save(self, key: SessionKey, session: Session) -> None:
        self._loop.run(self.store.save(key, session))

    def delete(self, key: SessionKey) -> None:
        self._loop.run(self.store.delete(key))

    def lease(self, key: SessionKey) -> Lease:
        return WaitedLease(self.store.lease(key), self._loop)

    def close(self) -> None:
        self._loop.run(self.store.aclose())

    def __repr__(self) -> str:
        return repr(self.store)


class WaitedLease:
    def __init__(self, lease: AsyncLease, loop: Loop) -> None:
        self._lease = lease
        self._loop = loop

    @property
    def unfinished(self) -> bool:
        return self._lease.unfinished

    def acquire(self) -> bool:
        return self._loop.run(self._lease.acquire())

    def check(self) -> None:
        self._loop.run(self._lease.check())

    def begin(self) -> None:
        self._loop.run(self._lease.begin())

    def save(self, session: Session | None) -> None:
        self._loop.run(self._lease.save(session))

    def settle(self) -> None:
        self._loop.run(self._lease.settle())

    def release(self) -> None:
        self._loop.run(self._lease.release())

    def __repr__(self) -> str:
        return repr(self._lease)


@pytest.fixture(autouse=True)
def store_key(_clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> str:
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("TORUS_STORE_KEY", key)
    return key


@pytest.fixture
def key() -> SessionKey:
    return a_key()


@pytest.fixture
def session() -> Session:
    return a_session()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["sync", "async"])
def open_at(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Return what opens a store by its URL, for threads and, in another run of the test, for tasks."""
    stores: list[SessionStore] = []
    loop = Loop() if request.param == "async" else None

    def opened(url: str) -> SessionStore:
        stores.append(open_store(url) if loop is None else Waited(open_async_store(url), loop))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()
    if loop:
        loop.close()


@pytest.fixture
def store(server: RedisServer, open_at: Open) -> SessionStore:
    return open_at(server.url())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return one of its own: what it counts is what this test does."""
    with Sandbox() as running:
        yield running
