"""2,000 users, one client, a network that fails: nobody gets another's access token, no token is sent twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from soak.echo import Echo
from soak.inside import POOL
from support.chaos import ASKED_BACK, ChaosProxy
from support.kinds import ORDER, READ

from torus_connect import AsyncTorusConnect, Outcome, Session, TorusConnect, TorusError
from torus_connect.sandbox import Sandbox
from torus_connect_api.client import Operation, Request

USERS = 2_000
THREADS = 64
TASKS = 500
CANCELLED = 0.3
OWNERS, CALLS_EACH, TRIES = 200, 10, 3

Result = Session | TorusError | asyncio.CancelledError


def options(sandbox: Sandbox, chaos: ChaosProxy, *, share: bool) -> dict[str, Any]:
    # A machine that is slow is none of the faults of these tests.
    return {
        "api_key": sandbox.api_key,
        "api_secret": sandbox.api_secret,
        "base_url": f"http://127.0.0.1:{chaos.port}/api/v1",
        "share_connections": share,
        "timeout": 180,
        "connect_timeout": 180,
        "total_timeout": 400,
    }


def issue(sandbox: Sandbox, count: int) -> list[str]:
    return [sandbox.issue_request_token(3600) for _ in range(count)]


def check(sandbox: Sandbox, chaos: ChaosProxy, results: dict[str, Result]) -> Counter[str]:
    """Hold what the callers were told against what the proxy and the sandbox know; return how often each came."""
    told: Counter[str] = Counter()
    for token, result in results.items():
        seen = chaos.seen.get(token, [])
        told[type(result).__name__] += 1
        assert chaos.forwarded(token) <= 1
        assert all(action in ASKED_BACK for action in seen[:-1]), "sent again after it may have been served"
        if isinstance(result, Session):
            assert result.access_token == sandbox.access_token_for(token)
            assert token in chaos.served
        elif isinstance(result, TorusError) and result.outcome is not Outcome.UNKNOWN:
            assert token not in chaos.served, "said not to be spent, and is"
            assert chaos.forwarded(token) == 0
            assert result.outcome is Outcome.NOT_SENT or set(seen[-1:]) & set(ASKED_BACK)
    assert chaos.seen.keys() <= results.keys()
    assert sandbox.exchanges == len(chaos.served)
    # The storm was one, and most came through it.
    assert told["Session"] > len(results) * 0.4
    assert told["ReplyLost"] > 0
    assert told["ServerError"] > 0
    assert {action for actions in chaos.seen.values() for action in actions} >= {
        *("pass", "delay", "429", "503", "500", "unread", "lost", "cut", "close")
    }
    return told


@pytest.mark.parametrize("share", [False, True])
def test_threads(sandbox: Sandbox, chaos: ChaosProxy, *, share: bool) -> None:
    with TorusConnect(**options(sandbox, chaos, share=share)) as torus:

        def trade(token: str) -> Result:
            try:
                return torus.generate_session(token)
            except TorusError as error:
                return error

        tokens = issue(sandbox, USERS)
        with ThreadPoolExecutor(THREADS) as threads:
            results = dict(zip(tokens, threads.map(trade, tokens), strict=True))
        assert check(sandbox, chaos, results).total() == USERS

        chaos.calm_down()
        tokens = issue(sandbox, POOL)
        with ThreadPoolExecutor(POOL) as threads:
            sessions = list(threads.map(torus.generate_session, tokens))
        assert [session.access_token for session in sessions] == list(map(sandbox.access_token_for, tokens))
        assert chaos.open_connections <= POOL
    assert chaos.wait_until_alone()


async def storm(torus: AsyncTorusConnect, tokens: list[str]) -> dict[str, Result]:
    """Trade all of them, so many at a time, and cancel some: queued, connecting, writing or reading."""
    chance = random.Random(20_240_611)
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(TASKS)
    results: dict[str, Result] = {}

    async def trade(token: str) -> None:
        async with gate:
            call = asyncio.ensure_future(torus.generate_session(token))
            if chance.random() < CANCELLED:
                # Some before they have begun, many while they wait for a connection, and some in the midst of it.
                loop.call_later(chance.choice([0.0, chance.expovariate(20), chance.expovariate(2)]), call.cancel)
            try:
                results[token] = await call
            except (TorusError, asyncio.CancelledError) as error:
                results[token] = error

    async with asyncio.TaskGroup() as group:
        for token in tokens:
            group.create_task(trade(token))
    return results


@pytest.mark.parametrize("share", [False, True])
def test_tasks(sandbox: Sandbox, chaos: ChaosProxy, *, share: bool) -> None:
    async def main() -> None:
        async with AsyncTorusConnect(**options(sandbox, chaos, share=share)) as torus:
            told = check(sandbox, chaos, await storm(torus, issue(sandbox, USERS)))
            assert told.total() == USERS
            assert told["CancelledError"] > USERS * CANCELLED / 10

            chaos.calm_down()
            tokens = issue(sandbox, POOL)
            sessions = await asyncio.gather(*map(torus.generate_session, tokens))
            assert [session.access_token for session in sessions] == list(map(sandbox.access_token_for, tokens))
            assert chaos.open_connections <= POOL
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert await asyncio.to_thread(chaos.wait_until_alone)

    asyncio.run(main())


class TestAccountCalls:
    """200 users with ten calls each, all at the same time: a connection carries the access token of one of them."""

    @pytest.fixture
    def storm(self, echo: Echo) -> Iterator[ChaosProxy]:
        with ChaosProxy(echo.port, seed=20_240_611, together=1) as proxy:
            yield proxy

    def options(self, echo: Echo, storm: ChaosProxy) -> dict[str, Any]:
        base_url = f"http://127.0.0.1:{storm.port}/api/v1"
        times = {"timeout": 180, "connect_timeout": 180, "total_timeout": 400}
        return {**echo.credentials, **times, "base_url": base_url, "share_connections": False}

    def users(self, options: dict[str, Any]) -> list[Session]:
        calls = [
            Session(f"user-{number % OWNERS}", base_url=options["base_url"]) for number in range(OWNERS * CALLS_EACH)
        ]
        random.Random(20_240_611).shuffle(calls)
        return calls

    def request(self, operation: Operation) -> Request[str]:
        return Request(operation, operation.path, json={}, parse=lambda data: str(data["AccessToken"]))  # type: ignore[index]

    def check(self, storm: ChaosProxy, operation: Operation, results: list[tuple[Session, str | TorusError]]) -> None:
        assert {len(tokens) for tokens in storm.carried.values()} == {1}
        assert len(storm.carried) < len(results), "some connections were used again"
        told: Counter[str] = Counter()
        for session, result in results:
            told[type(result).__name__] += 1
            assert isinstance(result, TorusError) or result == f"of-{session.access_token}"
        tries = TRIES if operation.idempotent else 1
        assert all(len(actions) <= CALLS_EACH * tries for actions in storm.seen.values())
        assert told["str"] > len(results) * (0.9 if operation.idempotent else 0.4)
        if not operation.idempotent:
            assert told["ReplyLost"] > 0
            assert told["RateLimited"] > 0

    @pytest.mark.parametrize("operation", [READ, ORDER], ids=lambda operation: operation.id)
    def test_threads(self, echo: Echo, storm: ChaosProxy, operation: Operation) -> None:
        options = self.options(echo, storm)
        with TorusConnect(**options) as torus:

            def call(session: Session) -> tuple[Session, str | TorusError]:
                try:
                    return session, torus.with_credentials(AccessToken=session).send(self.request(operation))
                except TorusError as error:
                    return session, error

            with ThreadPoolExecutor(THREADS) as threads:
                results = list(threads.map(call, self.users(options)))
        self.check(storm, operation, results)

    @pytest.mark.parametrize("operation", [READ, ORDER], ids=lambda operation: operation.id)
    def test_tasks(self, echo: Echo, storm: ChaosProxy, operation: Operation) -> None:
        options = self.options(echo, storm)

        async def main() -> list[tuple[Session, str | TorusError]]:
            gate = asyncio.Semaphore(THREADS)

            async def call(session: Session) -> tuple[Session, str | TorusError]:
                async with gate:
                    try:
                        return session, await torus.with_credentials(AccessToken=session).send(self.request(operation))
                    except TorusError as error:
                        return session, error

            async with AsyncTorusConnect(**options) as torus:
                return await asyncio.gather(*map(call, self.users(options)))

        self.check(storm, operation, asyncio.run(main()))
