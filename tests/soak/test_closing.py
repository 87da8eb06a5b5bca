"""A client that is closed while calls run: those are finished, all others are refused, and no connection remains."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from soak.echo import Echo
from soak.inside import descriptors, wait_for_descriptors

from torus_connect import AsyncTorusConnect, ClientClosed, Outcome, TorusConnect

THREADS = 32
TASKS = 200
ROUNDS = 5
CALLS_BEFORE = 200
SECONDS = 60
DELAY = 0.01
"""Seconds from a request to its reply, so that calls are under way when the client is closed."""


class Caller:
    """Whoever calls until he is refused.

    Attributes:
        served: the request tokens that he got an access token for.
        refused: the one that he was refused with; `None` as long as he was not.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.served: set[str] = set()
        self.refused: str | None = None

    def in_thread(self, torus: TorusConnect) -> None:
        for number in count():
            token = f"{self.name}-{number}"
            try:
                assert torus.generate_session(token).access_token == f"of-{token}"
            except ClientClosed as error:
                self._end(token, error)
                return
            self.served.add(token)

    async def in_task(self, torus: AsyncTorusConnect) -> None:
        for number in count():
            token = f"{self.name}-{number}"
            try:
                assert (await torus.generate_session(token)).access_token == f"of-{token}"
            except ClientClosed as error:
                self._end(token, error)
                return
            self.served.add(token)

    def _end(self, token: str, error: ClientClosed) -> None:
        assert error.outcome is Outcome.NOT_SENT
        self.refused = token


def assert_told_the_truth(echo: Echo, earlier: int, callers: list[Caller]) -> None:
    sent = [token for _, token in echo.seen[earlier:]]
    assert len(sent) == len(set(sent)), "a request token was sent twice"
    # Whatever was sent belongs to a call that was finished, and whoever was refused sent nothing.
    assert set(sent) == set[str]().union(*(caller.served for caller in callers))
    assert not {caller.refused for caller in callers} & {None, *sent}


def test_threads(echo: Echo) -> None:
    echo.delay = DELAY
    before = descriptors()
    for number in range(ROUNDS):
        torus = TorusConnect(**echo.credentials)
        callers = [Caller(f"{number}-{caller}") for caller in range(THREADS)]
        earlier = len(echo.seen)
        with ThreadPoolExecutor(THREADS) as threads:
            calls = [threads.submit(caller.in_thread, torus) for caller in callers]
            assert echo.wait_for_requests(earlier + CALLS_BEFORE)
            closers = [threading.Thread(target=torus.close) for _ in range(3)]
            for closer in closers:
                closer.start()
            for thread in closers:
                thread.join(SECONDS)
                assert not thread.is_alive()
            for call in calls:
                call.result(SECONDS)
        assert_told_the_truth(echo, earlier, callers)
        assert echo.wait_until_alone()
    assert wait_for_descriptors(before)


def test_tasks(echo: Echo) -> None:
    async def main() -> None:
        for number in range(ROUNDS):
            torus = AsyncTorusConnect(**echo.credentials)
            callers = [Caller(f"{number}-{caller}") for caller in range(TASKS)]
            earlier = len(echo.seen)
            async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
                for caller in callers:
                    group.create_task(caller.in_task(torus))
                assert await asyncio.to_thread(echo.wait_for_requests, earlier + CALLS_BEFORE)
                await asyncio.gather(torus.aclose(), torus.aclose(), torus.aclose())
            assert_told_the_truth(echo, earlier, callers)
            assert await asyncio.to_thread(echo.wait_until_alone)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    echo.delay = DELAY
    before = descriptors()
    asyncio.run(main())
    assert wait_for_descriptors(before)
