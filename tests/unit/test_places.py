"""Places are handed out in turn, and none is ever lost, whoever gives up while it waits."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from torus_connect._transport.failures import NoPlace
from torus_connect._transport.pool_slots_async import AsyncPlaces
from torus_connect._transport.pool_slots_sync import Places

SOON, LONG = 0.05, 10


async def assert_one_is_free(places: AsyncPlaces) -> None:
    await places.take(SOON)
    with pytest.raises(NoPlace):
        await places.take(SOON)


def in_loop(test: Callable[[AsyncPlaces], Awaitable[None]]) -> None:
    async def main() -> None:
        places = AsyncPlaces(1)
        await places.take(LONG)
        await test(places)
        await assert_one_is_free(places)

    asyncio.run(main())


def test_who_waits_longest_is_first() -> None:
    async def test(places: AsyncPlaces) -> None:
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
    async def test(places: AsyncPlaces) -> None:
        with pytest.raises(NoPlace, match="no connection of the pool came free in time"):
            await places.take(seconds)
        places.give_back()

    in_loop(test)


@pytest.mark.parametrize("given_back_first", [True, False])
def test_a_cancelled_wait_keeps_none(*, given_back_first: bool) -> None:
    async def test(places: AsyncPlaces) -> None:
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
    async def test(places: AsyncPlaces) -> None:
        waiting = places.take(LONG)
        waiting.send(None)
        waiting.close()
        places.give_back()

    in_loop(test)


class Interrupted(BaseException):
    """What the handler of a signal raises."""


@pytest.fixture
def _interrupts() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.signal(signal.SIGALRM, before)


def waiting(places: Places, number: int) -> None:
    """Wait until so many are in the queue."""
    while len(places._turns) < number:
        sleep(0.001)


class TestThreads:
    @pytest.fixture
    def places(self) -> Places:
        """Return one place, which is taken."""
        places = Places(1)
        places.take("first", LONG)
        return places

    def assert_one_is_free(self, places: Places) -> None:
        assert not places._turns
        places.take("one", SOON)
        with pytest.raises(NoPlace):
            places.take("another", SOON)

    def test_who_waits_longest_is_first(self, places: Places) -> None:
        served: list[int] = []

        def wait(number: int) -> None:
            places.take(number, LONG)
            served.append(number)
            places.give_back(number)

        with ThreadPoolExecutor(5) as threads:
            for number in range(5):
                threads.submit(wait, number)
                waiting(places, number + 1)
            places.give_back("first")
        assert served == list(range(5))
        self.assert_one_is_free(places)

    def test_who_waited_too_long_gets_none(self, places: Places) -> None:
        with pytest.raises(NoPlace, match="no connection of the pool came free in time"):
            places.take("second", SOON)
        places.give_back("second")
        places.give_back("first")
        self.assert_one_is_free(places)

    @pytest.mark.usefixtures("_interrupts")
    def test_an_interrupted_wait_keeps_none(self, places: Places) -> None:
        signal.setitimer(signal.ITIMER_REAL, SOON)
        with pytest.raises(Interrupted):
            places.take("second", LONG)
        places.give_back("second")
        places.give_back("first")
        self.assert_one_is_free(places)

    def test_who_has_none_gives_none_back(self, places: Places) -> None:
        places.give_back("nobody")
        with pytest.raises(NoPlace):
            places.take("second", SOON)
        places.give_back("second")
        places.give_back("first")
        places.give_back("first")
        self.assert_one_is_free(places)

    @pytest.mark.parametrize("free", [True, False])
    def test_what_answers_to_a_signal_within_a_step_does_not_wait(self, places: Places, *, free: bool) -> None:
        """The step that it interrupted would have to end first, and nobody else could give a place back meanwhile."""
        if free:
            places.give_back("first")
        with places._lock:
            if free:
                places.take("handler", LONG)
            else:
                with pytest.raises(NoPlace):
                    places.take("handler", LONG)
            places.give_back("handler")
        places.give_back("first")
        self.assert_one_is_free(places)

    def test_under_load_none_is_lost(self) -> None:
        places, most, now = Places(3), 0, 0
        lock = threading.Lock()

        def work(owner: int) -> None:
            nonlocal most, now
            for _ in range(200):
                try:
                    places.take(owner, 0.0005)
                    with lock:
                        now += 1
                        most = max(most, now)
                    sleep(0.0002)
                    with lock:
                        now -= 1
                except NoPlace:
                    continue
                finally:
                    places.give_back(owner)

        with ThreadPoolExecutor(12) as threads:
            for done in [threads.submit(work, owner) for owner in range(12)]:
                done.result()
        assert 1 <= most <= 3
        for owner in "abc":
            places.take(owner, SOON)
        with pytest.raises(NoPlace):
            places.take("d", SOON)
