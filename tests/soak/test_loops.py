"""One `AsyncTorusConnect` and more than one event loop, one after the other and at the same time."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from soak.echo import Echo
from soak.inside import descriptors, wait_for_descriptors

from torus_connect import AsyncTorusConnect, ClientClosed

# A loop that ends before `aclose` leaves its connections to the garbage collector, of which Python warns. As an error
# the warning would also keep alive what it warns of.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

LOOPS = 10
CALLS = 100
AT_A_TIME = 5
SECONDS = 60


async def calls(torus: AsyncTorusConnect, name: str, number: int = CALLS) -> None:
    """Make calls, some at a time."""

    async def some(first: int) -> None:
        for count in range(first, number, AT_A_TIME):
            token = f"{name}-{count}"
            assert (await torus.generate_session(token)).access_token == f"of-{token}"

    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*map(some, range(AT_A_TIME)))


def assert_nothing_is_left(echo: Echo, before: int) -> None:
    gc.collect()
    assert echo.wait_until_alone()
    assert wait_for_descriptors(before)


def test_one_after_the_other(echo: Echo) -> None:
    def run_all() -> None:
        torus = AsyncTorusConnect(**echo.credentials)

        async def last() -> None:
            await calls(torus, f"loop-{LOOPS}")
            await torus.aclose()

        for number in range(LOOPS):
            asyncio.run(calls(torus, f"loop-{number}"))
        asyncio.run(last())

    before = descriptors()
    run_all()
    assert_nothing_is_left(echo, before)
    ports = [echo.ports_of(f"loop-{number}-") for number in range(LOOPS + 1)]
    assert sum(map(len, ports)) == len(set[int]().union(*ports)), "a connection outlived its loop"
    assert echo.requests == (LOOPS + 1) * CALLS


def test_at_the_same_time(echo: Echo) -> None:
    """Two loops in two threads get connections of their own, however their calls alternate."""

    def run_both() -> None:
        torus = AsyncTorusConnect(**echo.credentials)
        together = threading.Barrier(2)

        def run(name: str) -> None:
            together.wait(SECONDS)
            asyncio.run(calls(torus, name))

        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(run, name) for name in ("one", "two")]:
                done.result(SECONDS * 2)

    before = descriptors()
    run_both()
    assert_nothing_is_left(echo, before)
    assert not echo.ports_of("one-") & echo.ports_of("two-")
    assert echo.requests == 2 * CALLS


def test_closing_from_another_loop(echo: Echo) -> None:
    """`aclose` in a loop that made no call refuses further calls, and neither hangs nor fails."""

    def run_all() -> None:
        torus = AsyncTorusConnect(**echo.credentials)
        asyncio.run(calls(torus, "first", 5))
        asyncio.run(torus.aclose())
        with pytest.raises(ClientClosed):
            asyncio.run(torus.generate_session("too-late"))

    before = descriptors()
    run_all()
    assert_nothing_is_left(echo, before)
    assert echo.requests == 5
