"""20,000 calls through one client leave nothing behind, and the memory as it was."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from soak.echo import Echo
from soak.inside import descriptors, resident_bytes, wait_for_descriptors

from torus_connect import AsyncTorusConnect, TorusConnect

WARM_UP = 5_000
CALLS = 20_000
CONCURRENT = 8
MOST_BLOCKS = (CALLS - WARM_UP) // 3
"""One object for every third call would be a leak already."""
MOST_BYTES = 16 * 1024 * 1024


class Held(NamedTuple):
    """What this process holds."""

    blocks: int
    resident: int

    @classmethod
    def now(cls) -> Held:
        resident = resident_bytes()
        assert gc.garbage == []
        return cls(sys.getallocatedblocks(), resident)


def assert_flat(before: Held, after: Held) -> None:
    assert after.blocks - before.blocks < MOST_BLOCKS
    assert after.resident - before.resident < MOST_BYTES


def test_threads(echo: Echo) -> None:
    echo.remember = False
    threads_before, descriptors_before = threading.enumerate(), descriptors()

    with TorusConnect(**echo.credentials) as torus, ThreadPoolExecutor(CONCURRENT) as threads:

        def trade(first: int, last: int) -> None:
            for number in range(first, last, CONCURRENT):
                assert torus.generate_session(f"token-{number}").access_token == f"of-token-{number}"

        list(threads.map(trade, range(CONCURRENT), [WARM_UP] * CONCURRENT))
        warm = Held.now()
        list(threads.map(trade, range(WARM_UP, WARM_UP + CONCURRENT), [CALLS] * CONCURRENT))
        assert_flat(warm, Held.now())
        assert len(echo.open) <= CONCURRENT
    assert echo.requests == CALLS
    assert echo.wait_until_alone()
    assert threading.enumerate() == threads_before
    assert wait_for_descriptors(descriptors_before)


def test_tasks(echo: Echo) -> None:
    echo.remember = False
    threads_before, descriptors_before = threading.enumerate(), descriptors()

    async def main() -> None:
        alone = asyncio.all_tasks()

        async def trade(first: int, last: int) -> None:
            for number in range(first, last, CONCURRENT):
                session = await torus.generate_session(f"token-{number}")
                assert session.access_token == f"of-token-{number}"

        async with AsyncTorusConnect(**echo.credentials) as torus:
            await asyncio.gather(*(trade(first, WARM_UP) for first in range(CONCURRENT)))
            warm = Held.now()
            await asyncio.gather(*(trade(first, CALLS) for first in range(WARM_UP, WARM_UP + CONCURRENT)))
            assert_flat(warm, Held.now())
            assert len(echo.open) <= CONCURRENT
        assert asyncio.all_tasks() == alone

    asyncio.run(main())
    assert echo.requests == CALLS
    assert echo.wait_until_alone()
    assert threading.enumerate() == threads_before
    assert wait_for_descriptors(descriptors_before)


def test_many_clients(echo: Echo) -> None:
    """A client for each call, closed or forgotten, leaves nothing behind either."""
    before = descriptors()
    for number in range(200):
        with TorusConnect(**echo.credentials) as torus:
            torus.generate_session(f"closed-{number}")
    for number in range(200):
        TorusConnect(**echo.credentials).generate_session(f"forgotten-{number}")
    gc.collect()
    assert echo.wait_until_alone()
    assert wait_for_descriptors(before)
