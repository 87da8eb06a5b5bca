"""The worker of a fleet, on a real Redis: `make redis-test` runs it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from examples.conftest import Start, outcome
from fleet.server import RedisServer

from torus_connect.sandbox import Sandbox

pytestmark = pytest.mark.redis

WORKERS, USERS = 3, 10


def test_a_job_that_reaches_all_workers_is_one_login(sandbox: Sandbox, start: Start, tmp_path: Path) -> None:
    users = [f"user-{number}" for number in range(USERS)]
    jobs = "\n".join(
        json.dumps(
            {"user": user, "redirected_to": f"https://merchant.example/?REQUEST_TOKEN={sandbox.issue_request_token()}"}
        )
        for user in users
    )
    redis = RedisServer(tmp_path).start()
    try:
        store = {"TORUS_SESSION_STORE": redis.url(), "TORUS_STORE_KEY": Fernet.generate_key().decode()}
        workers = [start("fleet_worker.py", **store) for _ in range(WORKERS)]
        with ThreadPoolExecutor(WORKERS) as threads:
            ended = list(threads.map(lambda worker: outcome(worker, jobs), workers))
    finally:
        redis.stop()
    for code, printed in ended:
        assert code == 0, printed
        lines = printed.splitlines()
        assert [line.split(" good until ")[0] for line in lines] == users
    assert sandbox.exchanges == USERS
