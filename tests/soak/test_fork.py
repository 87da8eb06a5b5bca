"""A child process gets a client that works, and never a connection of its parent, whose calls go on meanwhile."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from soak.echo import Echo

from torus_connect import AsyncTorusConnect, TorusConnect
from torus_connect._transport import limits

PARENT_THREADS = 8
CHILDREN = 20
CALLS_OF_A_CHILD = 5
SECONDS = 30


@pytest.fixture(autouse=True)
def _connections_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy machine takes for the children, the parent's connections are there."""
    monkeypatch.setattr(limits, "IDLE_SECONDS", 60)


@contextmanager
def calls_of_the_parent(torus: TorusConnect, echo: Echo) -> Iterator[None]:
    """Keep threads calling; all of their calls must succeed."""
    over = threading.Event()

    def call(caller: int) -> None:
        for number in count():
            if over.is_set():
                return
            token = f"parent-{caller}-{number}"
            assert torus.generate_session(token).access_token == f"of-{token}"

    with ThreadPoolExecutor(PARENT_THREADS) as threads:
        calls = [threads.submit(call, caller) for caller in range(PARENT_THREADS)]
        assert echo.wait_for_requests(echo.requests + PARENT_THREADS * 5)
        try:
            yield
            # They go on unharmed.
            assert echo.wait_for_requests(echo.requests + PARENT_THREADS * 5)
        finally:
            over.set()
        for done in calls:
            done.result(SECONDS)


def in_child(work: Callable[[], None]) -> int:
    """Fork, do the work in the child, and return its exit code; a child that hangs is killed by its alarm."""
    with warnings.catch_warnings():
        # Python 3.12 and later warn of what this test is about.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(SECONDS)
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - nothing may come back into the parent's test
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def call_from_child(torus: TorusConnect, name: str) -> None:
    for number in range(CALLS_OF_A_CHILD):
        token = f"child-{name}-{number}"
        assert torus.generate_session(token).access_token == f"of-{token}"
    torus.close()


def assert_apart(echo: Echo, children: int, calls: int = CALLS_OF_A_CHILD) -> None:
    """Fail where a connection was used by two processes, or a request was sent twice."""
    ports = [echo.ports_of("parent-"), *(echo.ports_of(f"child-{number}-") for number in range(children))]
    assert all(ports)
    assert sum(map(len, ports)) == len(set[int]().union(*ports))
    assert sum(token.startswith("child-") for _, token in echo.seen) == children * calls
    assert len(echo.seen) == len({token for _, token in echo.seen})


def test_fork_in_the_midst_of_calls(echo: Echo) -> None:
    with TorusConnect(**echo.credentials) as torus:
        with calls_of_the_parent(torus, echo):
            for number in range(CHILDREN):
                assert in_child(lambda number=number: call_from_child(torus, str(number))) == 0  # type: ignore[misc]
        assert_apart(echo, CHILDREN)
        assert torus.generate_session("parent-last").access_token == "of-parent-last"


@pytest.mark.parametrize("first", ["close", "repr", "call"])
def test_fork_while_a_thread_of_the_parent_holds_the_lock(echo: Echo, first: str) -> None:
    """What a thread of the parent holds at that moment is never released in the child."""
    with TorusConnect(**echo.credentials) as torus:
        torus.generate_session("parent-first")

        def work() -> None:
            if first == "repr":
                assert "TorusConnect" in repr(torus)
            elif first == "call":
                call_from_child(torus, "0")
            torus.close()

        held, over = threading.Event(), threading.Event()

        def hold() -> None:
            with torus._lock:
                held.set()
                over.wait(SECONDS * 2)

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait()
        code = in_child(work)
        over.set()
        holder.join()
        assert code == 0
        assert torus.generate_session("parent-last").access_token == "of-parent-last"
    assert echo.ports_of("parent-first") == echo.ports_of("parent-last")
    assert not echo.ports_of("child-") & echo.ports_of("parent-")


def test_closing_in_the_child_leaves_the_parent_its_connection(echo: Echo) -> None:
    with TorusConnect(**echo.credentials) as torus:
        torus.generate_session("parent-first")
        assert in_child(torus.close) == 0
        assert torus.generate_session("parent-last").access_token == "of-parent-last"
    assert len(echo.ports_of("parent-")) == 1


def test_forked_tasks(echo: Echo) -> None:
    """The same for `AsyncTorusConnect`: the child runs a loop of its own."""

    async def calls(torus: AsyncTorusConnect, name: str) -> None:
        tokens = [f"{name}-{number}" for number in range(CALLS_OF_A_CHILD)]
        sessions = await asyncio.gather(*map(torus.generate_session, tokens))
        assert [session.access_token for session in sessions] == [f"of-{token}" for token in tokens]

    async def child(torus: AsyncTorusConnect, name: str) -> None:
        await calls(torus, name)
        await torus.aclose()

    torus = AsyncTorusConnect(**echo.credentials)
    with asyncio.Runner() as runner:
        runner.run(calls(torus, "parent-first"))
        for number in range(CHILDREN):
            code = in_child(lambda number=number: asyncio.run(child(torus, f"child-{number}")))  # type: ignore[misc]
            assert code == 0
        # One after another, since how many connections are made for calls at the same time is the engine's own affair.
        for number in range(CALLS_OF_A_CHILD):
            session = runner.run(torus.generate_session(f"parent-last-{number}"))
            assert session.access_token == f"of-parent-last-{number}"
        runner.run(torus.aclose())
    assert_apart(echo, CHILDREN)
    assert echo.ports_of("parent-last") <= echo.ports_of("parent-first")


def _call_with(credentials: dict[str, Any], name: str) -> None:
    with TorusConnect(**credentials) as torus:
        call_from_child(torus, name)


def test_multiprocessing_fork(echo: Echo) -> None:
    context = multiprocessing.get_context("fork")
    with TorusConnect(**echo.credentials) as torus, calls_of_the_parent(torus, echo), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        children = [context.Process(target=call_from_child, args=(torus, str(number))) for number in range(4)]
        for child in children:
            child.start()
        for child in children:
            child.join(SECONDS)
        assert [child.exitcode for child in children] == [0] * 4
    assert_apart(echo, 4)


def test_multiprocessing_spawn(echo: Echo) -> None:
    context = multiprocessing.get_context("spawn")
    with TorusConnect(**echo.credentials) as torus, calls_of_the_parent(torus, echo):
        children = [context.Process(target=_call_with, args=(echo.credentials, str(number))) for number in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join(SECONDS)
        assert [child.exitcode for child in children] == [0] * 2
    assert_apart(echo, 2)


@pytest.mark.parametrize("face", [TorusConnect, AsyncTorusConnect])
def test_a_client_is_not_pickled(echo: Echo, face: type[TorusConnect | AsyncTorusConnect]) -> None:
    """It cannot be handed to a process that is spawned, and says so without its secrets."""
    with pytest.raises(TypeError) as caught:
        pickle.dumps(face(**echo.credentials))
    assert "soak-secret" not in repr(caught.value)
