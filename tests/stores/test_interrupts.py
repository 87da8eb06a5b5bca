"""A signal handler that raises, at any instant: no lock, no lease and no open file is left behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.interrupts import INTERRUPTED, interrupted_at_every_instant, stuck_after_interrupts
from support.kept import BASE_URL, a_key, a_session

from torus_connect import Session, StoreError, TorusConnect
from torus_connect.stores import SessionStore, _folder, _sync_get_or_create, open_store

pytestmark = INTERRUPTED
KEY = a_key()
Do = Callable[[], object]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", int)  # how long a disk takes is none of what is tested
    monkeypatch.setattr(_folder, "WRITERS_WAIT", 0.0)
    # An interrupt may leave the locks of `logging` locked.
    monkeypatch.setattr(_sync_get_or_create, "_log", SimpleNamespace(warning=lambda *_: None))


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SessionStore:
    return open_store("memory:" if request.param == "memory" else f"file:{tmp_path / 'sessions'}")


class LoggingIn(TorusConnect):
    """A client whose logins yield sessions that are over, so that each call is a login."""

    def generate_session(self, request_token: str) -> Session:
        return Session(request_token, issued_at=datetime.now(UTC) - timedelta(days=2), base_url=BASE_URL)


@pytest.fixture
def log_in(store: SessionStore) -> Iterator[Do]:
    with LoggingIn(api_key=KEY.api_key, api_secret="demo-api-secret", base_url=KEY.base_url, store=store) as torus:
        yield lambda: torus.session(KEY.user, login=lambda: "demo-request-token")


@pytest.fixture
def stuck(store: SessionStore) -> Callable[[], bool]:
    """Return what looks whether a lock or a file is held."""
    usual = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - it is called often

    def is_stuck() -> bool:
        lease = store.lease(KEY)
        held = not lease.acquire()
        lease.release()
        try:
            lease.check()
        except StoreError:
            held = True
        if held:
            getattr(store, "_holders", {}).clear()
        return held or len(os.listdir("/proc/self/fd")) > usual  # noqa: PTH208

    return is_stuck


def lock_and_let_go(store: SessionStore) -> None:
    lease = store.lease(KEY)
    try:
        lease.acquire()
    finally:
        try:
            lease.release()
        except BaseException:
            lease.release()
            raise


def left_by(do: Do, stuck: Callable[[], bool]) -> list[bool]:
    found: list[bool] = []
    interrupted_at_every_instant(do, lambda: found.append(stuck()))
    return found


@pytest.mark.instants
def test_every_instant(
    store: SessionStore, log_in: Do, stuck: Callable[[], bool], request: pytest.FixtureRequest
) -> None:
    session = a_session()
    if "memory" in request.node.callspec.id:
        assert not any(left_by(log_in, stuck))  # with files, that is 3,000 instants; see below for these
    assert not any(left_by(lambda: lock_and_let_go(store), stuck))
    assert not any(left_by(lambda: store.save(KEY, session), stuck))
    assert not any(left_by(lambda: store.load(KEY), stuck))
    assert not any(left_by(lambda: store.delete(KEY), stuck))


@pytest.mark.parametrize("times", [1_000, pytest.param(50_000, marks=pytest.mark.soak)])
def test_random_instants(store: SessionStore, log_in: Do, stuck: Callable[[], bool], times: int) -> None:
    session = a_session()
    assert stuck_after_interrupts(lambda: store.save(KEY, session), stuck, times * 2) == 0
    kept = store.load(KEY)
    assert kept
    assert kept.access_token == session.access_token
    assert stuck_after_interrupts(lambda: lock_and_let_go(store), stuck, times) == 0
    assert stuck_after_interrupts(log_in, stuck, times // 2) == 0
