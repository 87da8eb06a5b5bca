"""Starts writers of sessions, one after the other: `writer.py FOLDER`.

For each number on standard input it forks one, which takes no time, waits until it is killed, and writes its status. A
writer writes its process id when it has kept its first session, that of the number; it goes on until it is killed.
"""

from __future__ import annotations

import itertools
import os
import sys

from torus_connect import Session
from torus_connect.stores import SessionKey, SessionStore, open_store

BASE_URL = "https://host.example/api/v1"
KEY = SessionKey(BASE_URL, "demo-api-key", "a-user")


def session_of(number: int) -> Session:
    """Return a session that shows when a part of it is another's: its number, over several pages of a file."""
    return Session(f"demo-{number}-" * 2000, base_url=BASE_URL)


def write(store: SessionStore, first: int) -> None:
    lease = store.lease(KEY)
    assert lease.acquire(), "the lock of a killed process is free"
    for number in itertools.count(first):
        lease.begin()
        lease.save(session_of(number))
        if number == first:
            tell(os.getpid())


def tell(number: int) -> None:
    os.write(1, f"{number}\n".encode())


def main() -> None:
    store = open_store(f"file:{sys.argv[1]}")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                write(store, int(line))
            finally:
                os._exit(1)
        tell(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
