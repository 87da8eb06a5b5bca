"""By hand, with pyreqwest and asyncio."""

from __future__ import annotations

import os
from datetime import timedelta

from pyreqwest.client import Client, ClientBuilder

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> Client:
    """Return a client with pyreqwest's own limits: as many connections as there are calls in flight."""
    return ClientBuilder().timeout(timedelta(seconds=10)).error_for_status(enable=True).build()


async def login(client: Client, request_token: str) -> str:
    """Return the access token."""
    request = client.post(f"{BASE_URL}/session/generate").header("Token", request_token)
    reply = await request.body_json({"API_KEY": API_KEY, "API_SECRET": API_SECRET}).build().send()
    return str((await reply.json())["AccessToken"])
