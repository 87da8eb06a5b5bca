"""How many calls are under way at the same time, for threads."""

from __future__ import annotations

from _thread import allocate_lock  # it is `threading.Lock`; to load the rest of `threading` takes 2 ms
from collections import deque
from typing import TYPE_CHECKING

from .failures import NoPlace

if TYPE_CHECKING:
    from threading import Lock


class Places:
    """A number of places; whoever finds none free waits, first come, first served."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._turns: deque[Lock] = deque()
        self._lock = allocate_lock()

    def take(self, seconds: float) -> None:
        """Take a place.

        Raises:
            NoPlace: none came free in time.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = allocate_lock()
            turn.acquire()
            self._turns.append(turn)
        try:
            mine = turn.acquire(timeout=seconds)
        except BaseException:  # what a signal's handler raises
            if not self._leave(turn):
                self.give_back()
            raise
        if not mine and self._leave(turn):
            raise NoPlace

    def _leave(self, turn: Lock) -> bool:
        """Leave the queue; return whether that was before a place came."""
        with self._lock:
            try:
                self._turns.remove(turn)
            except ValueError:
                return False
            return True

    def give_back(self) -> None:
        """Give a place back, to whoever has waited longest."""
        with self._lock:
            if self._turns:
                self._turns.popleft().release()
            else:
                self._free += 1
