"""The lines about what comes after the login: rows, orders, and the sessions of a fleet."""

from __future__ import annotations

import base64
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from .line_warm import Blocks, warm_calls
from .roster import (
    FIND,
    FIND_HTTPX,
    FLEET,
    FLEET_HTTPX,
    PLACE,
    PLACE_FILE,
    PLACE_HTTPX,
    WARM_HOLDINGS,
)
from .server import ADDRESS, START_LIMIT, BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .server import Place

NOT_MEASURED = {"not measured": "needs redis-server"}


def holdings(place: Place, rounds: int) -> Blocks:
    """Read 1,000 holdings on a warm client, each field once."""
    return warm_calls(place, "https", rounds, WARM_HOLDINGS, kinds={"same": 10})


def find_orders(place: Place, rounds: int) -> Blocks:
    """Find ten orders in a book of 5,000."""
    return warm_calls(place, "https", rounds, (FIND, FIND_HTTPX), kinds={"new": 3})


def place_orders(place: Place, rounds: int) -> Blocks:
    """Place orders, one after the other."""
    return warm_calls(place, "https", rounds, (PLACE, PLACE_FILE, PLACE_HTTPX), kinds={"new": 50})


def fleet(place: Place, rounds: int) -> Blocks | dict[str, str]:
    """Get the session of a user from a Redis, `same`, or log a new one in, `new`; or say that there is no Redis."""
    with redis_server() as url:
        if url is None:
            return NOT_MEASURED
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        more = {"TORUS_SESSION_STORE": url, "TORUS_STORE_KEY": key}
        return warm_calls(place, "https", rounds, (FLEET, FLEET_HTTPX), kinds={"new": 50, "same": 100}, more=more)


@contextmanager
def redis_server() -> Iterator[str | None]:
    """Run a Redis until the end of the block, and yield its URL; or yield `None` where there is none to run.

    Raises:
        BenchError: it does not start.
    """
    program = shutil.which("redis-server")
    if not program:
        yield None
        return
    with closing(socket.create_server((ADDRESS, 0))) as free:
        port = free.getsockname()[1]
    command = [program, "--bind", ADDRESS, "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            _await(port, process)
            yield f"redis://{ADDRESS}:{port}/0"
        finally:
            process.terminate()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < end:
        with suppress(ConnectionError), socket.create_connection((ADDRESS, port)):
            return
        time.sleep(0.02)
    raise BenchError("redis-server does not start")
