"""What comes of each reply is the same for threads and tasks, and never somebody else's access token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.raw_server import Connection, RawServer
from wire.corpus import corpus, token_of

from torus_connect import AsyncTorusConnect, Session, TorusConnect, TorusError

REPLIES = corpus()
NAMES = {str(number): name for number, name in enumerate(REPLIES)}
AT_A_TIME = 50
SECONDS = 2.0
"""How long a call may take: what is cut, with the connection left open, waits for so long."""


def behave(connection: Connection) -> None:
    """Answer with the reply whose number, and what is to be done to the connection then, the request token says."""
    request = connection.read_request()
    number, _, end = request.partition(b"Token: ")[2].split(b"\r\n")[0].decode().partition("-")
    connection.send(REPLIES[NAMES[number]])
    if end == "open":
        connection.wait_for_end()


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, Any]]:
    with RawServer(behave) as server:
        yield {
            "api_key": "key",
            "api_secret": "secret-not-real",
            "base_url": server.base_url,
            "timeout": SECONDS,
            "max_retries": 0,
        }


def kind(came: Session | TorusError) -> tuple[str, str, int | None]:
    """Return what came of a call: its class, its outcome, and the status of its reply."""
    if isinstance(came, Session):
        return "ok", came.access_token, 200
    return type(came).__name__, came.outcome.value, came.reply.status_code if came.reply else None


def in_threads(options: dict[str, Any], tokens: list[str]) -> list[tuple[str, str, int | None]]:
    def call(token: str) -> tuple[str, str, int | None]:
        try:
            return kind(torus.generate_session(token))
        except TorusError as error:
            return kind(error)

    with TorusConnect(**options) as torus, ThreadPoolExecutor(AT_A_TIME) as threads:
        return list(threads.map(call, tokens))


def in_tasks(options: dict[str, Any], tokens: list[str]) -> list[tuple[str, str, int | None]]:
    async def main() -> list[tuple[str, str, int | None]]:
        limit = asyncio.Semaphore(AT_A_TIME)

        async def call(token: str) -> tuple[str, str, int | None]:
            async with limit:
                try:
                    return kind(await torus.generate_session(token))
                except TorusError as error:
                    return kind(error)

        async with AsyncTorusConnect(**options) as torus:
            return await asyncio.gather(*map(call, tokens))

    return asyncio.run(main())


@pytest.mark.parametrize(("end", "part"), [("closed", 1), ("open", 4), pytest.param("open", 1, marks=pytest.mark.soak)])
def test_every_reply(options: dict[str, Any], end: str, part: int) -> None:
    """Where the connection stays open, a reply that is cut short takes its time: a part of them is enough here."""
    names = list(REPLIES)[::part]
    tokens = [f"{number}-{end}" for number, name in NAMES.items() if name in names]
    threads, tasks = in_threads(options, tokens), in_tasks(options, tokens)
    assert dict(zip(names, threads, strict=True)) == dict(zip(names, tasks, strict=True))
    good = {name: found for name, (came, found, _) in zip(names, threads, strict=True) if came == "ok"}
    assert good == {name: token_of(name) for name in good}
    assert len(good) > 30 / part
    assert len({(came, status) for came, _, status in threads}) > 15 / part


def test_the_corpus() -> None:
    assert len(REPLIES) >= 180
    assert len(set(REPLIES.values())) > 180
    for name, reply in REPLIES.items():
        assert b"<" + b"BODY>" not in reply
        if b"AccessToken" in reply and not name.startswith(("bodies", "around")):
            assert json.dumps(token_of(name)).encode() in reply
