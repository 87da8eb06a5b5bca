"""A command on a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self


class Terminal:
    """A terminal with a command on it.

    Attributes:
        shown: what it showed so far.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.shown = ""
        self._child, self._terminal = pty.fork()
        if not self._child:
            os.execve(command[0], list(command), env)

    def read_until(self, words: str) -> None:
        end = time.monotonic() + 20
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            assert self._read(), self.shown

    def enter(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def press_ctrl_c(self) -> int:
        """Press Ctrl-C until it ends: Python does not see one that comes just before it begins to read."""
        deadline = time.monotonic() + 20
        self.enter("\x03")
        while time.monotonic() < deadline:
            if not select.select([self._terminal], [], [], 2)[0]:  # the terminal itself shows a ^C
                self.enter("\x03")
            elif not self._read():
                break
        return self.end()

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        child, self._child = self._child, 0
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._child:
            os.kill(self._child, 9)
            os.waitpid(self._child, 0)
        os.close(self._terminal)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 20)
        assert ready, self.shown
        with suppress(OSError):  # Linux says so when the other end of a terminal is gone
            chunk = os.read(self._terminal, 4096)
            self.shown += chunk.decode()
            return bool(chunk)
        return False
