"""What the peers on httpx share: a client whose user has logged in."""

from __future__ import annotations

import os
from typing import Any

import httpx
from httpx_ import BASE_URL, login


def connect() -> httpx.Client:
    """Return the client."""
    client = httpx.Client(timeout=10)
    client.headers["Authorization"] = f"Bearer {login(client, os.environ['TORUS_REQUEST_TOKEN'])}"
    return client


def posted(client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response:
    """Return the reply to a call, if it is a good one."""
    reply = client.post(f"{BASE_URL}{path}", json=body)
    reply.raise_for_status()
    return reply
