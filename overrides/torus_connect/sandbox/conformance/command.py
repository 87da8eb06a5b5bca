"""`torus-connect sandbox --conformance`: plays the vectors, and prints the verdicts."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import aclosing
from typing import TYPE_CHECKING

from torus_connect._console import check_output, write
from torus_connect.errors import ConfigurationError

from .library import vectors
from .play import Verdict, play

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .vector import Vector

_MOST_JOBS = 64


def conformance(command: Sequence[str], *, operation: str, only: Sequence[str], jobs: int, json_output: bool) -> int:
    """Play vectors at a client and print a verdict for each on standard output. Call it in the main thread.

    Args:
        command: the client's command and its arguments.
        operation: what the vectors to play call.
        only: the names of the vectors to play instead; all of the operation where there are none.
        jobs: how many to play at once, 1 to 64.
        json_output: print one JSON object at the end instead of a line for each vector.

    Returns:
        The exit code: 0 when all passed, 1 when any failed.

    Raises:
        ConfigurationError: the command cannot be started, there is no such vector, or no such number of jobs.
        KeyboardInterrupt: SIGINT or SIGTERM came; no client is left running.
        OutputClosed, BrokenPipeError: standard output cannot be written.
    """
    check_output()
    if not 1 <= jobs <= _MOST_JOBS:
        raise ConfigurationError(f"--jobs must be 1 to {_MOST_JOBS}")
    if not command:
        raise ConfigurationError("--conformance needs the command of a client: --conformance -- CMD ARGS...")
    try:
        verdicts = asyncio.run(_play(vectors(only, operation), command, jobs, json_output=json_output))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    failed = sum(not verdict.passed for verdict in verdicts)
    if json_output:
        write(json.dumps(_summary(verdicts, failed), indent=2) + "\n")
    else:
        write(f"{len(verdicts) - failed} passed, {failed} failed\n")
    return 1 if failed else 0


async def _play(chosen: Sequence[Vector], command: Sequence[str], jobs: int, *, json_output: bool) -> list[Verdict]:
    task = asyncio.current_task()
    if task is not None:
        # The clients have process groups of their own: what ends this process does not end them.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    verdicts = []
    async with aclosing(play(chosen, command, jobs)) as playing:
        async for verdict in playing:
            verdicts.append(verdict)
            if not json_output:
                write(f"{'pass' if verdict.passed else 'FAIL'}  {verdict.name}{verdict.why and ': '}{verdict.why}\n")
    return verdicts


def _summary(verdicts: Sequence[Verdict], failed: int) -> dict[str, object]:
    return {
        "passed": len(verdicts) - failed,
        "failed": failed,
        "vectors": [
            {"name": verdict.name, "verdict": "pass" if verdict.passed else "fail", "why": verdict.why}
            for verdict in verdicts
        ],
    }
