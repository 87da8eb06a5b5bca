"""What is shown while a login is under way: on a terminal the time left, elsewhere one plain line."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from torus_connect._console import say

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_FRAMES = "|/-\\"
_TICK = 0.1
_ERASED = "\r\x1b[K"


class Countdown:
    """Shows, from `start` to the end of its `with`, that something is waited for.

    Args:
        seconds: how long that will be at the most.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, name="torus-countdown", daemon=True)

    def start(self) -> None:
        """Begin to show it."""
        if _is_terminal():
            self._thread.start()
        else:
            say(f"Waiting for the login, for {self._seconds:g} seconds at the most.")

    def say(self, text: str) -> None:
        """Say something meanwhile, on a line of its own."""
        if self._thread.is_alive():
            _draw(_ERASED)
        say(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _show(self) -> None:
        end = time.monotonic() + self._seconds
        frame = 0
        while not self._over.is_set():
            minutes, seconds = divmod(max(0, round(end - time.monotonic())), 60)
            _draw(f"\r{_FRAMES[frame % len(_FRAMES)]} Waiting for the login, {minutes}:{seconds:02} left ")
            frame += 1
            self._over.wait(_TICK)
        _draw(_ERASED)


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _draw(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
