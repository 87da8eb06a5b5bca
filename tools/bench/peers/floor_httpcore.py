"""The floor of shared connections: httpcore's connections by hand, as many as the SDK has, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from typing import Self

import httpcore

URL = httpcore.URL(f"{os.environ['TORUS_BASE_URL']}/session/generate")
API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("API_KEY", "API_SECRET"))


class Connections:
    """A hundred connections; the one that was used last is used next."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(100)
        self.idle: list[httpcore.AsyncHTTPConnection] = []
        self.context = ssl.create_default_context()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self.idle:
            await connection.aclose()


def connect() -> Connections:
    """Return connections, none of them open yet."""
    return Connections()


async def login(client: Connections, request_token: str) -> str:
    """Return the access token."""
    content = json.dumps({"API_KEY": API_KEY, "API_SECRET": API_SECRET}).encode()
    headers = [
        ("Host", f"{URL.host.decode()}:{URL.port}"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "bench"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("Token", request_token),
    ]
    request = httpcore.Request("POST", URL, headers=headers, content=content)
    async with client.slots:
        connection = client.idle.pop() if client.idle else httpcore.AsyncHTTPConnection(URL.origin, client.context)
        reply = await connection.handle_async_request(request)
        body = await reply.aread()
        await reply.aclose()
        client.idle.append(connection)
    return str(json.loads(body)["AccessToken"])
