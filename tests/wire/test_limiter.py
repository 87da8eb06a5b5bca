"""A limit of calls a second: they begin evenly, and one that would wait for too long is not made."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from account.test_account import at, use
from support.raw_server import RawServer, answer, reply

from torus_connect import ConfigurationError, Outcome, Session, TooManyCalls, TorusConnect
from torus_connect._limiter import Limiter

ROWS = reply(b'{"status": "success", "data": []}')


def read(face: str, server: RawServer, times: int, **options: Any) -> None:
    session = Session("demo", base_url=server.base_url)

    async def in_loop(me: Any) -> None:
        for _ in range(times):
            await me.holdings()

    def in_thread(me: Any) -> None:
        for _ in range(times):
            me.holdings()

    call = in_loop if face == "async" else in_thread
    use(face, at(server, **options), lambda torus: torus.account(session), call)


def test_calls_begin_evenly(face: str) -> None:
    with RawServer(answer(ROWS)) as server:
        began = time.monotonic()
        read(face, server, 4, calls_per_second=20)
        assert time.monotonic() - began >= 3 / 20
        assert len(server.requests) == 4


def test_retries_count(face: str) -> None:
    unavailable = reply(b"", status="503 Unavailable", headers=("Retry-After: 0",))
    with RawServer(answer(unavailable, ROWS)) as server:
        began = time.monotonic()
        read(face, server, 1, calls_per_second=10)
        assert time.monotonic() - began >= 1 / 10


def test_a_call_that_would_wait_for_too_long_is_not_made(face: str) -> None:
    with RawServer(answer(ROWS)) as server, pytest.raises(TooManyCalls) as caught:
        read(face, server, 2, calls_per_second=0.01, total_timeout=1)
    assert (caught.value.outcome, caught.value.operation) == (Outcome.NOT_SENT, "holdings")
    assert len(server.requests) == 1


def test_no_two_threads_get_one_moment_and_none_is_lost_to_a_call_that_gave_up() -> None:
    limiter, waits = Limiter(0.1), []

    def reserve() -> None:
        waits.append(round(limiter.reserve(600) / 10))

    threads = [threading.Thread(target=reserve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [*range(8)]
    with pytest.raises(TooManyCalls):
        limiter.reserve(1)
    assert round(limiter.reserve(600) / 10) == 8


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"calls_per_second": 0}, "calls_per_second must be above 0"),
        ({"calls_per_second": float("nan")}, "calls_per_second must be above 0"),
        ({"calls_per_second": True}, "calls_per_second must be a number"),
        ({"limit_store": "redis://127.0.0.1"}, "calls_per_second must be a number of calls, not NoneType"),
        ({"calls_per_second": 1, "limit_store": "file:"}, "limit_store is none of redis://HOST or rediss://HOST"),
        ({"calls_per_second": 1, "limit_store": 7}, "limit_store must be a str, not int"),
    ],
)
def test_what_is_no_limit(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        TorusConnect(api_key="demo", **options)
