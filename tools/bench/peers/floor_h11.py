"""The floor of shared connections: h11 on asyncio's streams by hand, as many as the SDK has, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from typing import Self
from urllib.parse import urlsplit

import h11

URL = urlsplit(f"{os.environ['TORUS_BASE_URL']}/session/generate")
API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("API_KEY", "API_SECRET"))


class Connection:
    """One connection."""

    def __init__(self) -> None:
        self.http = h11.Connection(h11.CLIENT)

    async def open(self, context: ssl.SSLContext) -> None:
        """Connect."""
        tls = context if URL.scheme == "https" else None
        self.reader, self.writer = await asyncio.open_connection(URL.hostname, URL.port, ssl=tls)

    async def post(self, headers: list[tuple[str, str]], content: bytes) -> bytes:
        """Send a request, and return the content of its reply."""
        request = h11.Request(method="POST", target=URL.path, headers=headers)
        for sent in (request, h11.Data(data=content), h11.EndOfMessage()):
            self.writer.write(self.http.send(sent) or b"")
        found = b""
        while (event := self.http.next_event()) != h11.EndOfMessage():
            if event is h11.NEED_DATA:
                self.http.receive_data(await self.reader.read(65536))
            elif isinstance(event, h11.Data):
                found += event.data
        self.http.start_next_cycle()
        return found


class Connections:
    """A hundred connections; the one that was used last is used next."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(100)
        self.idle: list[Connection] = []
        self.context = ssl.create_default_context()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self.idle:
            connection.writer.close()


def connect() -> Connections:
    """Return connections, none of them open yet."""
    return Connections()


async def login(client: Connections, request_token: str) -> str:
    """Return the access token."""
    content = json.dumps({"API_KEY": API_KEY, "API_SECRET": API_SECRET}).encode()
    headers = [
        ("Host", URL.netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "bench"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("Token", request_token),
    ]
    async with client.slots:
        connection = client.idle.pop() if client.idle else Connection()
        if not hasattr(connection, "writer"):
            await connection.open(client.context)
        body = await connection.post(headers, content)
        client.idle.append(connection)
    return str(json.loads(body)["AccessToken"])
