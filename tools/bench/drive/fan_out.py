"""Many users at once: `python fan_out.py PEER USERS IN_FLIGHT SECONDS shared|each`.

Prints a JSON object: `logins` done, in how many `seconds`, with how much `cpu` (seconds). No login is begun after the
given seconds. An async peer is driven by tasks, any other by threads: with one client for all, or one for each thread.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from peer import call_of, close, is_async, loaded, run, token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def users(count: int, seconds: float) -> Iterator[str]:
    """Yield request tokens until there are enough, or it has taken long enough."""
    end = perf_counter() + seconds
    for user in range(count):
        if perf_counter() > end:
            return
        yield token(user)


async def in_tasks(peer: ModuleType, tokens: Iterator[str], in_flight: int) -> int:
    """Return how many logged in."""
    made = call_of(peer)

    async def one_after_the_other() -> int:
        done = 0
        for request_token in tokens:
            await made(client, request_token)
            done += 1
        return done

    async with peer.connect() as client:
        return sum(await asyncio.gather(*(one_after_the_other() for _ in range(in_flight))))


def in_threads(peer: ModuleType, tokens: Iterator[str], in_flight: int, *, shared: bool) -> int:
    """Return how many logged in."""
    common = peer.connect() if shared else None
    made, source = call_of(peer), Locked(tokens)

    def one_after_the_other() -> int:
        client, done = common or peer.connect(), 0
        for request_token in source:
            made(client, request_token)
            done += 1
        if not shared:
            close(client)
        return done

    with ThreadPoolExecutor(in_flight) as pool:
        done = sum(thread.result() for thread in [pool.submit(one_after_the_other) for _ in range(in_flight)])
    if shared:
        close(common)
    return done


class Locked:
    """An iterator that threads may share."""

    def __init__(self, tokens: Iterator[str]) -> None:
        from threading import Lock  # noqa: PLC0415 - tasks need none

        self._tokens, self._lock = tokens, Lock()

    def __iter__(self) -> Locked:
        return self

    def __next__(self) -> str:
        with self._lock:
            return next(self._tokens)


def main() -> None:
    """Run it."""
    name, count, in_flight, seconds, kind = sys.argv[1:]
    peer = loaded(name)
    begin, cpu = perf_counter(), process_time()
    tokens = users(int(count), float(seconds))
    if is_async(peer):
        done = run(in_tasks(peer, tokens, int(in_flight)))
    else:
        done = in_threads(peer, tokens, int(in_flight), shared=kind == "shared")
    print(json.dumps({"logins": done, "seconds": perf_counter() - begin, "cpu": process_time() - cpu}))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # pyreqwest 0.15.1 may abort while the interpreter ends, and all has been said
