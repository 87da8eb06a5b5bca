"""Runs one command after the other, and says what each took; lines of JSON in and out.

It is a program of its own because it must stay small: Linux counts the memory of the process that a program was started
from into that program's peak. It needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def run(argv: list[str], environment: dict[str, str], out: str) -> dict[str, Any]:
    """Run a command to its end; both its outputs go to a file.

    Returns:
        `code`, `wall` and `cpu` (seconds, the latter user and system), `rss` (bytes, the peak).
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    begin = time.perf_counter()
    child = os.posix_spawn(argv[0], argv, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    cpu = usage.ru_utime + usage.ru_stime
    return {"code": os.waitstatus_to_exitcode(status), "wall": wall, "cpu": cpu, "rss": usage.ru_maxrss * 1024}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), flush=True)
