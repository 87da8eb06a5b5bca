"""By hand, with aiohttp."""

from __future__ import annotations

import asyncio
import os

import aiohttp

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=10)


def connect() -> aiohttp.ClientSession:
    """Return a session with aiohttp's own limits: 100 connections; whoever waits for one may wait."""
    return aiohttp.ClientSession(timeout=TIMEOUT)


async def login(session: aiohttp.ClientSession, request_token: str) -> str:
    """Return the access token."""
    async with session.post(
        f"{BASE_URL}/session/generate",
        json={"API_KEY": API_KEY, "API_SECRET": API_SECRET},
        headers={"Token": request_token},
    ) as reply:
        reply.raise_for_status()
        return str((await reply.json())["AccessToken"])


async def main() -> None:
    """Log in once."""
    async with connect() as session:
        print(await login(session, os.environ["TORUS_REQUEST_TOKEN"]))


if __name__ == "__main__":
    asyncio.run(main())
