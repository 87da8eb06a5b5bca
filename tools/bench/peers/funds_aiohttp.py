"""By hand, with aiohttp and a session for each account: one user reads their funds ten times."""

from __future__ import annotations

from contextlib import nullcontext

import aiohttp
from aiohttp_ import BASE_URL, TIMEOUT


def connect() -> nullcontext[None]:
    """Return what all accounts share: nothing."""
    return nullcontext()


async def call(shared: None, user: str) -> None:  # noqa: ARG001 - as of any peer
    """Read the funds ten times, with a token of their own."""
    headers = {"Authorization": f"Bearer {user}"}
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session:
        for _ in range(10):
            async with session.post(f"{BASE_URL}/funds/", json={"source": "N"}) as reply:
                reply.raise_for_status()
                assert (await reply.json())["data"][0]["available_balance"]  # noqa: S101 - and it is read
