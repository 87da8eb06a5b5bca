"""A worker of a fleet: takes jobs from a queue, a line of JSON each, eight at a time.

    {"user": "a-user", "redirected_to": "https://merchant.example/?REQUEST_TOKEN=..."}

The same job may reach several workers: by TORUS_SESSION_STORE, a Redis, its request token is exchanged once.
TORUS_STORE_KEY encrypts what is kept there.
"""

from __future__ import annotations

import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from torus_connect import SessionNotKept, TorusConnect, TorusError


def work(torus: TorusConnect, line: str) -> str:
    """Return a line for the log: it holds no token."""
    job = json.loads(line)
    try:
        session = torus.session(job["user"], login=lambda: job["redirected_to"], timeout=30)
    except TorusError as error:
        if not (isinstance(error, SessionNotKept) and error.session):
            return f"{job['user']} {type(error).__name__} {error.outcome.name}"
        session = error.session  # good all the same, for this worker
    return f"{job['user']} good until {session.expires_at.isoformat()}"


def main() -> None:
    """Work until the queue ends."""
    logging.basicConfig(level=logging.WARNING)  # tells of logins that were cut off with their worker
    with TorusConnect() as torus, ThreadPoolExecutor(8) as threads:
        for line in threads.map(lambda job: work(torus, job), sys.stdin):
            print(line, flush=True)


if __name__ == "__main__":
    main()
