"""By hand, with httpx and asyncio."""

from __future__ import annotations

import os

import httpx

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> httpx.AsyncClient:
    """Return a client with httpx's own limits: 100 connections; whoever waits for one may wait."""
    return httpx.AsyncClient(timeout=httpx.Timeout(10, pool=None))


async def login(client: httpx.AsyncClient, request_token: str) -> str:
    """Return the access token."""
    reply = await client.post(
        f"{BASE_URL}/session/generate",
        json={"API_KEY": API_KEY, "API_SECRET": API_SECRET},
        headers={"Token": request_token},
    )
    reply.raise_for_status()
    return str(reply.json()["AccessToken"])
