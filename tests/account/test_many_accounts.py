"""Hundreds of accounts share one client: each reads its own rows, no connection carries two users, and few are open."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import API_KEY, API_SECRET
from support.raw_server import Connection, RawServer, reply

from torus_connect import AsyncTorusConnect, Session, TorusConnect
from torus_connect._transport import limits

READS, AT_A_TIME, MOST_IDLE = 3, 40, 100
MOST_OPEN = MOST_IDLE + AT_A_TIME
"""Those that may wait for the next call, and those under way."""


class Broker:
    """A service that replies to each user with a row of theirs, and notes what its connections carried."""

    def __init__(self) -> None:
        self.users: dict[Connection, set[bytes]] = defaultdict(set)
        self.most_open = 0
        self._open = 0
        self._changed = threading.Condition()

    def __call__(self, connection: Connection) -> None:
        with self._changed:
            # One that the client has closed may not have been noticed yet.
            self._changed.wait_for(lambda: self._open < MOST_OPEN, timeout=5)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
        while request := connection.read_request():
            found = re.search(rb"\r\nAuthorization: Bearer of-([0-9]+)\r\n", request)
            assert found
            self.users[connection].add(found[1])
            connection.send(reply(b'{"status": "success", "data": [{"isin_code": "%s"}]}' % found[1]))
        with self._changed:
            self._open -= 1
            self._changed.notify_all()


def sync(torus: TorusConnect, base_url: str, count: int) -> list[list[str | None]]:
    accounts = [torus.account(Session(f"of-{number}", base_url=base_url)) for number in range(count)]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [list(pool.map(lambda me: me.holdings()[0].isin_code, accounts)) for _ in range(READS)]


async def asynchronous(base_url: str, count: int) -> list[list[str | None]]:
    at_a_time = asyncio.Semaphore(AT_A_TIME)

    async def read(me: Any) -> str | None:
        async with at_a_time:
            rows = await me.holdings()
        found: str | None = rows[0].isin_code
        return found

    async with AsyncTorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=base_url) as torus:
        accounts = [await torus.account(Session(f"of-{number}", base_url=base_url)) for number in range(count)]
        return [list(await asyncio.gather(*map(read, accounts))) for _ in range(READS)]


@pytest.mark.parametrize("count", [150, pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.parametrize("face", ["sync", "async"])
def test_each_account_reads_its_own_rows(face: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_IDLE_CONNECTIONS", MOST_IDLE)
    broker = Broker()
    with RawServer(broker) as server:
        if face == "sync":
            with TorusConnect(api_key=API_KEY, api_secret=API_SECRET, base_url=server.base_url) as torus:
                rounds = sync(torus, server.base_url, count)
        else:
            rounds = asyncio.run(asynchronous(server.base_url, count))
    assert rounds == [[str(number) for number in range(count)]] * READS
    assert {len(users) for users in broker.users.values()} == {1}
    assert len(server.requests) == count * READS
    assert broker.most_open <= MOST_OPEN
