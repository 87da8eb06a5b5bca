"""Places are handed out in turn, and none is ever lost, whoever gives up while it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from torus_connect.engines.free_places import FreePlaces
from torus_connect.engines.limits import NoPlace

SOON, LONG = 0.05, 10


async def assert_one_is_free(places: FreePlaces) -> None:
    await places.take(SOON)
    with pytest.raises(NoPlace):
        await places.take(SOON)


def in_loop(test: Callable[[FreePlaces], Awaitable[None]]) -> None:
    async def main() -> None:
        places = FreePlaces(1)
        await places.take(LONG)
        await test(places)
        await assert_one_is_free(places)

    asyncio.run(main())


def test_who_waits_longest_is_first() -> None:
    async def test(places: FreePlaces) -> None:
        served: list[int] = []

        async def wait(number: int) -> None:
            await places.take(LONG)
            served.append(number)
            places.give_back()

        tasks = [asyncio.create_task(wait(number)) for number in range(5)]
        await asyncio.sleep(0)
        places.give_back()
        await asyncio.gather(*tasks)
        assert served == list(range(5))

    in_loop(test)


@pytest.mark.parametrize("seconds", [SOON, 0, -1])
def test_who_waited_too_long_gets_none(seconds: float) -> None:
    async def test(places: FreePlaces) -> None:
        with pytest.raises(NoPlace, match="no connection of the pool came free in time"):
            await places.take(seconds)
        places.give_back()

    in_loop(test)


@pytest.mark.parametrize("given_back_first", [True, False])
def test_a_cancelled_wait_keeps_none(*, given_back_first: bool) -> None:
    async def test(places: FreePlaces) -> None:
        waiting = asyncio.create_task(places.take(LONG))
        await asyncio.sleep(0)
        if given_back_first:
            places.give_back()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        if not given_back_first:
            places.give_back()

    in_loop(test)


def test_a_wait_that_is_closed_keeps_none() -> None:
    async def test(places: FreePlaces) -> None:
        waiting = places.take(LONG)
        waiting.send(None)
        waiting.close()
        places.give_back()

    in_loop(test)
