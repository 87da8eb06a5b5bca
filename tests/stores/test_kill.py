"""`kill -9` at any instant: the session is whole, the one before or the one after; the lock is free."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from stores import writer
from support.kept import a_key, taken

from torus_connect.stores import SessionStore, open_store


class Writers:
    """Writers that are started one after the other, each to be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @contextmanager
    def one(self, first: int) -> Iterator[None]:
        """Let one write from the session of this number on; kill it at the end."""
        assert self._process.stdin
        self._process.stdin.write(f"{first}\n")
        self._process.stdin.flush()
        pid = self._number()
        yield
        os.kill(pid, signal.SIGKILL)
        assert self._number() == signal.SIGKILL

    def _number(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return open_store(f"file:{tmp_path / 'sessions'}")


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[Writers]:
    command = [sys.executable, writer.__file__, str(tmp_path / "sessions")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Writers(process)


def number_in(store: SessionStore) -> int:
    kept = store.load(writer.KEY)
    assert kept
    number = int(kept.access_token.split("-")[1])
    assert kept.access_token == writer.session_of(number).access_token
    return number


@pytest.mark.parametrize("kills", [40, pytest.param(400, marks=pytest.mark.soak)])
def test_writers_that_are_killed(store: SessionStore, writers: Writers, kills: int, tmp_path: Path) -> None:
    last = unfinished = 0
    for _ in range(kills):
        with writers.one(last + 1):
            time.sleep(random.uniform(0, 0.02))
        assert number_in(store) > last
        last = number_in(store)
        lease = taken(store, writer.KEY)
        unfinished += lease.unfinished
        lease.release()
        left = {path.suffix for path in (tmp_path / "sessions").iterdir()}
        assert left <= {".session", ".lock", ".begun", ".new"}
    assert 0 < unfinished < kills, "some were killed between beginning and end, and some not"


def test_one_that_writes_holds_the_lock_and_is_read_whole(store: SessionStore, writers: Writers) -> None:
    last = 0
    with writers.one(1):
        assert not store.lease(writer.KEY).acquire()
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            assert number_in(store) >= last
            last = number_in(store)
    assert last > 1


# It forks while it logs in, as a pool of processes does that another thread makes, and is killed.
FORKS = """
import os, signal, sys
from torus_connect.stores import SessionKey, open_store
lease = open_store(sys.argv[1]).lease(SessionKey("https://host.example/api/v1", "demo-api-key", "a-user"))
assert lease.acquire()
child = os.fork()
if not child:
    try:
        lease.begin()
        print("begun", os.getpid(), flush=True)
    except Exception as exc:
        print(type(exc).__name__, os.getpid(), flush=True)
    signal.pause()
signal.pause()
"""


def test_a_child_that_outlives_a_killed_holder_does_not_hold_the_lock(store: SessionStore, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORKS, f"file:{tmp_path / 'sessions'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        said, child = holder.stdout.readline().split()
        holder.kill()
        holder.wait(10)
        try:
            taken(store, a_key()).release()
        finally:
            os.kill(int(child), signal.SIGKILL)
    assert said == "LockLost", "it has a copy of the lease, which is not its own"
