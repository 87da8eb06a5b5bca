"""Calls on a warm client, in blocks as they are asked for: `python warm.py PEER`, then lines `COUNT same|new`.

The reply to a line is a JSON list: how long each call took, in nanoseconds. `new` is a new user with each call.
"""

from __future__ import annotations

import gc
import json
import sys
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from peer import call_of, close, is_async, loaded, run, token

if TYPE_CHECKING:
    from types import ModuleType


def serve(peer: ModuleType) -> None:
    """Answer the lines of standard input."""
    made, client, user = call_of(peer), peer.connect(), 0
    for line in sys.stdin:
        count, kind = line.split()
        took = []
        gc.collect()
        made(client, token(user))  # not counted: the connection may have been idle for too long
        for _ in range(int(count)):
            user += kind == "new"
            request_token = token(user)
            begin = perf_counter_ns()
            made(client, request_token)
            took.append(perf_counter_ns() - begin)
        print(json.dumps(took), flush=True)
    close(client)


async def serve_async(peer: ModuleType) -> None:
    """Answer the lines of standard input; between them nothing else is to be done, and the loop may stand still."""
    made, user = call_of(peer), 0
    async with peer.connect() as client:
        for line in sys.stdin:
            count, kind = line.split()
            took: list[Any] = []
            gc.collect()
            await made(client, token(user))
            for _ in range(int(count)):
                user += kind == "new"
                request_token = token(user)
                begin = perf_counter_ns()
                await made(client, request_token)
                took.append(perf_counter_ns() - begin)
            print(json.dumps(took), flush=True)


if __name__ == "__main__":
    chosen = loaded(sys.argv[1])
    if is_async(chosen):
        run(serve_async(chosen))
    else:
        serve(chosen)
