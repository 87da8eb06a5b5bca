"""A limit of calls a second that all workers of a merchant share, by way of a real Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from account.test_account import at, use
from support.raw_server import RawServer, answer, reply

from torus_connect import Session, StoreError, TooManyCalls
from torus_connect._limiter import Limiter
from torus_connect.secret import conceal

if TYPE_CHECKING:
    from fleet.server import RedisServer

pytestmark = pytest.mark.redis


def worker(server: RedisServer, api_key: str = "demo", rate: float = 0.1) -> Limiter:
    return Limiter(rate, conceal(f"redis://127.0.0.1:{server.port}?timeout=1"), api_key)


def test_workers_share_a_limit_and_merchants_do_not(server: RedisServer) -> None:
    waits = [worker(server).reserve(600) for _ in range(6)]
    assert waits[0] == 0
    assert [round(wait / 10) for wait in waits] == [*range(6)]
    assert worker(server, "another").reserve(60) == 0
    with pytest.raises(TooManyCalls):
        worker(server).reserve(1)


def test_a_redis_that_is_gone_lets_no_call_begin(server: RedisServer, face: str) -> None:
    url = f"redis://127.0.0.1:{server.port}?timeout=1"
    with RawServer(answer(reply(b'{"status": "success", "data": []}'))) as service:
        session = Session("demo", base_url=service.base_url)
        options = at(service, calls_per_second=1000, limit_store=url)
        assert use(face, options, lambda torus: torus.account(session), lambda me: me.holdings()) == []
        server.stop()
        with pytest.raises(StoreError):
            use(face, options, lambda torus: torus.account(session), lambda me: me.holdings())
        assert len(service.requests) == 1
