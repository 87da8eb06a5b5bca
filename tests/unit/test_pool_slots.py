"""Slots of the pool: no more calls than there are slots, and none is ever lost, whoever gives up while it waits."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from torus_connect._transport.async_io import AsyncSlot, AsyncSlots
from torus_connect._transport.attempt import PoolTimeout
from torus_connect._transport.sync_io import Slot, Slots

SOON, LONG = 0.05, 10


async def assert_one_is_free(slots: AsyncSlots) -> None:
    await AsyncSlot(slots).take(SOON)
    with pytest.raises(PoolTimeout):
        await AsyncSlot(slots).take(SOON)


def in_loop(test: Callable[[AsyncSlots, AsyncSlot], Awaitable[None]]) -> None:
    """Hand a test the slots, of which there is one, and that one, which is taken."""

    async def main() -> None:
        slots = AsyncSlots(1)
        first = AsyncSlot(slots)
        await first.take(LONG)
        await test(slots, first)
        await assert_one_is_free(slots)

    asyncio.run(main())


def test_who_waits_longest_is_first() -> None:
    async def test(slots: AsyncSlots, first: AsyncSlot) -> None:
        served: list[int] = []

        async def wait(number: int) -> None:
            with AsyncSlot(slots) as slot:
                await slot.take(LONG)
                served.append(number)

        tasks = [asyncio.create_task(wait(number)) for number in range(5)]
        await asyncio.sleep(0)
        first.release()
        await asyncio.gather(*tasks)
        assert served == list(range(5))

    in_loop(test)


def test_who_waited_too_long_gets_none() -> None:
    async def test(slots: AsyncSlots, first: AsyncSlot) -> None:
        with AsyncSlot(slots) as slot, pytest.raises(PoolTimeout):
            await slot.take(SOON)
        first.release()

    in_loop(test)


@pytest.mark.parametrize("given_back_first", [True, False])
def test_a_cancelled_wait_keeps_none(*, given_back_first: bool) -> None:
    async def test(slots: AsyncSlots, first: AsyncSlot) -> None:
        async def wait() -> None:
            with AsyncSlot(slots) as slot:
                await slot.take(LONG)

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        if given_back_first:
            first.release()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        first.release()

    in_loop(test)


def test_a_wait_that_is_closed_keeps_none() -> None:
    async def test(slots: AsyncSlots, first: AsyncSlot) -> None:
        waiting = AsyncSlot(slots).take(LONG)
        waiting.send(None)
        waiting.close()
        first.release()

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


class TestThreads:
    @pytest.fixture
    def slots(self) -> Slots:
        return Slots(1)

    @pytest.fixture
    def first(self, slots: Slots) -> Slot:
        """Return the one slot, which is taken."""
        slot = Slot(slots)
        slot.take(LONG)
        return slot

    def assert_one_is_free(self, slots: Slots) -> None:
        with Slot(slots) as one, Slot(slots) as another:
            one.take(SOON)
            with pytest.raises(PoolTimeout):
                another.take(SOON)

    def test_who_waits_gets_it(self, slots: Slots, first: Slot) -> None:
        def wait() -> None:
            with Slot(slots) as slot:
                slot.take(LONG)

        with ThreadPoolExecutor(5) as threads:
            waiting = [threads.submit(wait) for _ in range(5)]
            first.release()
            for each in waiting:
                each.result()
        self.assert_one_is_free(slots)

    def test_who_waited_too_long_gets_none(self, slots: Slots, first: Slot) -> None:
        with Slot(slots) as slot, pytest.raises(PoolTimeout):
            slot.take(SOON)
        first.release()
        self.assert_one_is_free(slots)

    @pytest.mark.usefixtures("_interrupts")
    def test_an_interrupted_wait_keeps_none(self, slots: Slots, first: Slot) -> None:
        signal.setitimer(signal.ITIMER_REAL, SOON)
        with Slot(slots) as slot, pytest.raises(Interrupted):
            slot.take(LONG)
        first.release()
        self.assert_one_is_free(slots)

    def test_who_has_none_gives_none_back(self, slots: Slots, first: Slot) -> None:
        Slot(slots).release()
        with pytest.raises(PoolTimeout):
            Slot(slots).take(SOON)
        first.release()
        first.release()
        self.assert_one_is_free(slots)

    def test_under_load_none_is_lost(self) -> None:
        slots, most, now = Slots(3), 0, 0
        lock = threading.Lock()

        def work() -> None:
            nonlocal most, now
            for _ in range(200):
                with Slot(slots) as slot:
                    try:
                        slot.take(0.0005)
                    except PoolTimeout:
                        continue
                    with lock:
                        now += 1
                        most = max(most, now)
                    sleep(0.0002)
                    with lock:
                        now -= 1

        with ThreadPoolExecutor(12) as threads:
            for done in [threads.submit(work) for _ in range(12)]:
                done.result()
        assert 1 <= most <= 3
        for _ in range(3):
            Slot(slots).take(SOON)
        with pytest.raises(PoolTimeout):
            Slot(slots).take(SOON)
