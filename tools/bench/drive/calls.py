"""A number of calls on one client and nothing else, to be counted from outside: `python calls.py PEER COUNT`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from peer import call_of, close, is_async, loaded, run, token

if TYPE_CHECKING:
    from types import ModuleType


async def call_async(peer: ModuleType, count: int) -> None:
    """Log in so many users, one after the other."""
    made = call_of(peer)
    async with peer.connect() as client:
        for user in range(count):
            await made(client, token(user))


def call(peer: ModuleType, count: int) -> None:
    """Log in so many users, one after the other."""
    made, client = call_of(peer), peer.connect()
    for user in range(count):
        made(client, token(user))
    close(client)


if __name__ == "__main__":
    chosen = loaded(sys.argv[1])
    if is_async(chosen):
        run(call_async(chosen, int(sys.argv[2])))
    else:
        call(chosen, int(sys.argv[2]))
