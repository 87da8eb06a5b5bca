"""Vectors, played at a client: each with two listeners of its own, so that none has to do with another."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .client import run_client
from .judge import fault_of
from .server import ScriptedServer
from .vector import ScriptedReply

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from .vector import Vector

_BASE_PATH = "/api/v1"
_ANOTHER_HOST = "127.0.0.2"
# What the other place answers looks like a success, so that whoever goes there believes in it.
_ELSEWHERE = ScriptedReply(
    status_line="HTTP/1.1 200 OK",
    headers=(("Content-Type", "application/json"),),
    body=b'{"AccessToken": "demo-access-token-from-elsewhere-not-real"}',
    framing="length",
    before=(),
    fault=None,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one vector: `why` says in one line what is wrong, and is empty where it passed."""

    name: str
    why: str

    @property
    def passed(self) -> bool:
        """Whether the client did all that the vector expects."""
        return not self.why


async def play(vectors: Sequence[Vector], command: Sequence[str], jobs: int) -> AsyncGenerator[Verdict, None]:
    """Play the vectors, some at once, and yield their verdicts in the order of the vectors.

    Args:
        vectors: the vectors.
        command: the client's command and its arguments.
        jobs: how many may be played at once.

    Raises:
        ConfigurationError: the command cannot be started.
        OSError: no port can be bound.
    """
    turns = asyncio.Semaphore(jobs)

    async def in_turn(vector: Vector) -> Verdict:
        async with turns:
            return await _play(vector, command)

    tasks = [asyncio.create_task(in_turn(vector)) for vector in vectors]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _play(vector: Vector, command: Sequence[str]) -> Verdict:
    async with ScriptedServer(vector.replies) as here, _elsewhere() as elsewhere:
        here.places = {"here": here.place, "elsewhere": elsewhere.place}
        ended = await run_client(command, vector.given, f"http://{here.place}{_BASE_PATH}")
        await here.settle()
        await elsewhere.settle()
        return Verdict(vector.name, fault_of(vector, ended, here, elsewhere) or "")


def _elsewhere() -> ScriptedServer:
    # Another host, where the system has one; on some, 127.0.0.1 is the only address, and it is another port.
    with suppress(OSError):
        return ScriptedServer([_ELSEWHERE], _ANOTHER_HOST)
    return ScriptedServer([_ELSEWHERE])
