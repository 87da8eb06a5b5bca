"""A call may be cancelled at any moment; what is left is a client that works, and no connection that nobody holds."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from soak.echo import Echo
from soak.inside import POOL, descriptors, wait_for_descriptors

from torus_connect import AsyncTorusConnect

STEPS = 60
"""How many turns of the event loop a call is given at the most; a whole one takes fewer."""
STEPS_OF_A_CLIENT = 5
ROUNDS = 10


def client(echo: Echo, **options: Any) -> AsyncTorusConnect:
    return AsyncTorusConnect(**echo.credentials, max_retries=0, **options)


async def assert_every_place_is_free(torus: AsyncTorusConnect, echo: Echo, name: object) -> None:
    """Fail unless as many calls as the pool has places for are under way at the same time."""
    echo.delay, echo.close_after_reply, echo.together = 0.0, False, POOL
    results = await asyncio.gather(
        *(torus.generate_session(f"after-{name}-{number}") for number in range(POOL)), return_exceptions=True
    )
    echo.together = 1
    lost = [type(result).__name__ for result in results if isinstance(result, BaseException)]
    assert not lost, f"{name}: of {POOL} calls at the same time {len(lost)} failed: {set(lost)}"
    assert len(echo.open) <= POOL


async def cancel_at(step: int, torus: AsyncTorusConnect) -> None:
    for number in range(ROUNDS):
        call = asyncio.create_task(torus.generate_session(f"{step}-{number}"))
        for _ in range(step):
            await asyncio.sleep(0)
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            assert (await call).access_token == f"of-{step}-{number}"


def test_at_every_step(echo: Echo) -> None:
    async def main() -> None:
        for first in range(0, STEPS, STEPS_OF_A_CLIENT):
            async with client(echo, timeout=60) as torus:
                for step in range(first, first + STEPS_OF_A_CLIENT):
                    await cancel_at(step, torus)
                await assert_every_place_is_free(torus, echo, f"cancelled at step {first} or soon after")
            assert await asyncio.to_thread(echo.wait_until_alone, 5), f"a connection was left behind after step {first}"

    before = descriptors()
    asyncio.run(main())
    assert wait_for_descriptors(before)
    assert len(echo.seen) == len(set(echo.seen)), "a request token was sent twice"


def test_while_queued(echo: Echo) -> None:
    """Whoever goes away just as he is given a connection takes none of the places in the pool with him."""

    async def main() -> None:
        async with client(echo, timeout=30) as torus:
            echo.together, echo.close_after_reply = POOL, True
            first = [asyncio.create_task(torus.generate_session(f"after-{number}")) for number in range(POOL - 1)]
            assert await asyncio.to_thread(echo.wait_for_requests, POOL - 1)
            # The last place in the pool, and two hundred who wait for any. The hundred are answered at once; each hands
            # its place on, and the next in the queue goes away before he can take it.
            first.append(asyncio.create_task(torus.generate_session(f"after-{POOL}")))
            queued = [asyncio.create_task(torus.generate_session(f"queued-{number}")) for number in range(2 * POOL)]
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            for call in queued:
                call.cancel()
            await asyncio.gather(*first, *queued, return_exceptions=True)
            await assert_every_place_is_free(torus, echo, "cancelled while queued")

    asyncio.run(main())
