"""Drives one row of the matrix with one client, and says what came of it."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from faults.kinds import SESSION, Client, Kind
from faults.places import Place
from faults.planted import API_KEY, API_SECRET
from faults.row import Row

from torus_connect import AsyncTorusConnect, TorusConnect, TorusError

Observer = Callable[[Client], None]


@dataclass
class Result:
    """What came of the last call of a row, and where it went.

    Attributes:
        value: what the call returned.
        attempts: how often the client tried.
        left_open: the sockets that are open when the client is closed.
    """

    place: Place
    value: Any = None
    error: Exception | None = None
    seconds: float = 0.0
    attempts: int = 0
    left_open: frozenset[str] = frozenset()


def drive(row: Row, kind: Kind = SESSION, *, face: str, observe: Observer = lambda _client: None) -> Result:
    """Make the calls of a row.

    Args:
        row: the row.
        kind: what is called.
        face: one of `FACES`.
        observe: is shown the client when it is new, after its calls, and when it is closed.
    """
    before = _sockets()
    with row.place() as place, _attempts() as attempts:
        options = {
            "api_key": API_KEY,
            "api_secret": API_SECRET,
            "base_url": place.base_url,
            **place.options,
            **row.options,
        }
        result = Result(place)
        started = monotonic()
        try:
            calls = Calls(row.calls, kind, place.between, attempts.clear, observe)
            result.value = calls.sync(options) if face == "sync" else asyncio.run(calls.asynchronous(options))
        except Exception as exc:  # noqa: BLE001 - whatever it is, the row says what it must be
            result.error = exc
        result.seconds = monotonic() - started
        result.attempts = attempts[-1] if attempts else 0
    result.left_open = _sockets() - before
    if result.left_open:
        gc.collect()  # so that Python's warning of it comes here, and not in a later test
    return result


def _sockets() -> frozenset[str]:
    """Return the sockets that this process has open."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the folder itself was open for a moment
            found.add(str(link.readlink()))
    return frozenset(name for name in found if name.startswith("socket:"))


@dataclass
class Calls:
    """So many calls of one kind with one client, each of another user; the last one counts."""

    number: int
    kind: Kind
    between: Callable[[], None]
    forget: Callable[[], None]
    observe: Observer

    def sync(self, options: dict[str, Any]) -> object:
        with TorusConnect(**options) as torus:
            self.observe(torus)
            for number in range(1, self.number):
                with suppress(TorusError):
                    self.kind.call(torus, f"secret-of-user-{number}")
                self.between()
            self.forget()
            try:
                value: object = self.kind.call(torus, self.kind.secret)
            finally:
                self.observe(torus)
        self.observe(torus)
        return value

    async def asynchronous(self, options: dict[str, Any]) -> object:
        async with AsyncTorusConnect(**options) as torus:
            self.observe(torus)
            for number in range(1, self.number):
                with suppress(TorusError):
                    await self.kind.call(torus, f"secret-of-user-{number}")
                self.between()
            self.forget()
            try:
                value: object = await self.kind.call(torus, self.kind.secret)
            finally:
                self.observe(torus)
        self.observe(torus)
        return value


@contextmanager
def _attempts() -> Iterator[list[int]]:
    """Collect the numbers of the attempts as the client itself tells its log of them."""
    logger = logging.getLogger("torus_connect")
    numbers: list[int] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told = re.search(r"\battempt=(\d+)", record.getMessage())
            if told:
                numbers.append(int(told[1]))

    handler, level = Collect(), logger.level
    logger.addHandler(handler)
    logger.setLevel(min(level or logging.INFO, logging.INFO))
    try:
        yield numbers
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
