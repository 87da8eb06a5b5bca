"""A fleet logs each user in once, and nobody twice without a word, whoever is killed or stalls."""

from __future__ import annotations

import logging
import random
import signal
import time

import pytest
from fleet.fleet import Fleet
from fleet.server import RedisServer

from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, open_store

pytestmark = pytest.mark.redis

PROCESSES, USERS = 16, 200
KILLS = 24
SECONDS = 240
"""After so long it hangs; on two idle cores it takes a small part of it."""


@pytest.fixture
def users() -> list[str]:
    return [f"user-{number}" for number in range(USERS)]


def kept(server: RedisServer, sandbox: Sandbox, users: list[str]) -> dict[str, str]:
    """Return the access tokens in the store, of the users who have a good one."""
    store = open_store(server.url())
    found = {user: store.load(SessionKey(sandbox.base_url, sandbox.api_key, user)) for user in users}
    store.close()
    return {user: session.access_token for user, session in found.items() if session and not session.is_expired()}


def test_each_user_is_logged_in_once(server: RedisServer, sandbox: Sandbox, store_key: str, users: list[str]) -> None:
    end = time.monotonic() + SECONDS
    with Fleet(sandbox, server.url(connections=1, timeout=30), store_key, users) as fleet:
        at_work = {fleet.start() for _ in range(PROCESSES)}
        while at_work:
            worker, words = fleet.hear(end - time.monotonic())
            if not words:
                at_work.remove(worker)
    assert not fleet.failed
    assert sandbox.exchanges == USERS
    assert fleet.said["session"] == dict.fromkeys(users, 2 * PROCESSES)
    assert {user: {token} for user, token in kept(server, sandbox, users).items()} == fleet.tokens
    assert not fleet.said["unfinished"]
    assert not fleet.said["unknown"]


def test_workers_are_killed(server: RedisServer, sandbox: Sandbox, store_key: str, users: list[str]) -> None:
    end = time.monotonic() + SECONDS
    kills = 0
    with Fleet(sandbox, server.url(connections=1, timeout=30, lock_ttl=3), store_key, users) as fleet:
        at_work = {fleet.start() for _ in range(PROCESSES)}
        while at_work:
            worker, words = fleet.hear(end - time.monotonic())
            if not words:
                at_work.remove(worker)
            elif words[0] in ("login", "begun") and kills < KILLS and random.random() < 0.2:
                time.sleep(random.uniform(0, 0.005))
                worker.signal(signal.SIGKILL)
                kills += 1
                at_work.add(fleet.start())
    assert not fleet.failed
    assert kills == KILLS
    assert set(kept(server, sandbox, users)) == set(users), "no user is lost"
    said = fleet.said
    told = said["unfinished"] + said["unknown"]
    twice = {user: times - 1 for user, times in said["begun"].items() if times > 1}
    untold = {user: times for user, times in twice.items() if times > told[user]}
    assert not untold, "nobody is logged in twice without a word"
    assert USERS <= sandbox.exchanges <= USERS + told.total()
    assert said["unfinished"], "some were killed in between, or this test shows nothing"
    print(f"{kills} killed, {sandbox.exchanges} exchanges, {told.total()} reported")  # noqa: T201


@pytest.mark.parametrize("kind", ["s", "a"])
class TestAWorkerStalls:
    """For longer than its lock is good: it is stopped, another one takes over, and it goes on."""

    def test_before_its_exchange(
        self, server: RedisServer, sandbox: Sandbox, store_key: str, caplog: pytest.LogCaptureFixture, kind: str
    ) -> None:
        url = server.url(lock_ttl=0.5)
        with (
            Fleet(sandbox, url, store_key, ["a-user"], f"{kind}z") as fleet,
            TorusConnect(**sandbox.credentials, store=url) as torus,
        ):
            worker = fleet.start()
            worker.await_stop()
            session = torus.session("a-user", login=sandbox.issue_request_token)
            worker.signal(signal.SIGCONT)
            fleet.hear_until("session")
        assert fleet.tokens == {"a-user": {session.access_token}}
        assert sandbox.exchanges == 1
        assert "came to no session" not in caplog.text

    def test_in_its_exchange(
        self, server: RedisServer, sandbox: Sandbox, store_key: str, caplog: pytest.LogCaptureFixture, kind: str
    ) -> None:
        url = server.url(lock_ttl=0.5)
        with (
            Fleet(sandbox, url, store_key, ["a-user"], kind) as fleet,
            TorusConnect(**sandbox.credentials, store=url) as torus,
            caplog.at_level(logging.WARNING),
        ):
            worker = fleet.start()
            assert fleet.hear_until("begun") is worker
            worker.signal(signal.SIGSTOP)
            session = torus.session("a-user", login=sandbox.issue_request_token)
            assert "came to no session" in caplog.text
            worker.signal(signal.SIGCONT)
            fleet.hear_until("unknown")
            assert torus.session("a-user").access_token == session.access_token
        assert sandbox.exchanges == 2
