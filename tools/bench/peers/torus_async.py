"""This SDK, with asyncio."""

from __future__ import annotations

from torus_connect import AsyncTorusConnect


def connect() -> AsyncTorusConnect:
    """Return a client in which each of very many calls may wait for its turn."""
    return AsyncTorusConnect(timeout=600, total_timeout=600)


async def login(client: AsyncTorusConnect, request_token: str) -> str:
    """Return the access token."""
    return (await client.generate_session(request_token)).access_token
