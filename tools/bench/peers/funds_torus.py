"""This SDK, with asyncio: one user reads their funds ten times."""

from __future__ import annotations

import os

from torus_async import connect

from torus_connect import AsyncTorusConnect, Session

__all__ = ["call", "connect"]


async def call(client: AsyncTorusConnect, user: str) -> None:
    """Read the funds ten times, with a token of their own."""
    account = await client.account(Session(user, base_url=os.environ["TORUS_BASE_URL"]))
    for _ in range(10):
        assert (await account.funds())[0].available_balance  # noqa: S101 - and it is read
