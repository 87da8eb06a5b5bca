"""How many calls are under way at the same time, for threads."""

from __future__ import annotations

from _thread import RLock, allocate_lock  # they are those of `threading`; to load the rest of it takes 2 ms
from typing import TYPE_CHECKING

from torus_connect._ownership import Owner

from .failures import NoPlace

if TYPE_CHECKING:
    from threading import Lock


class Places:
    """A number of places; whoever finds none free waits, first come, first served.

    A signal may interrupt at any step. So who has a place, and who waits, is written down by name, and to give back
    what one does not have does nothing.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._taken: set[object] = set()
        self._turns: dict[object, Lock] = {}
        self._lock = RLock()  # what answers to a signal may call, too

    def take(self, owner: object, seconds: float) -> None:
        """Take a place; whatever comes of it, `give_back` is to be called.

        Raises:
            NoPlace: none came free in time.
        """
        with self._lock:
            if len(self._taken) < self._number:
                self._taken.add(owner)
                return
            turn = allocate_lock()
            turn.acquire()
            self._turns[owner] = turn
        # What answers to a signal may have come while this thread is at a step in here, which would have to end first.
        if self._lock._is_owned():  # type: ignore[attr-defined]  # noqa: SLF001
            raise NoPlace
        if turn.acquire(timeout=seconds):
            return
        with self._lock:
            if owner not in self._taken:  # it may have come just then
                raise NoPlace

    def give_back(self, owner: object) -> None:
        """Give a place back, to whoever has waited longest; or leave the queue."""
        with self._lock:
            self._taken.discard(owner)
            self._turns.pop(owner, None)
            while len(self._taken) < self._number and (following := next(iter(self._turns), None)) is not None:
                turn = self._turns.pop(following, None)
                if turn is not None:
                    self._taken.add(following)
                    turn.release()


class Place(Owner):
    """One of these places, which is its own name there; see `Owner`."""

    __slots__ = ("_places",)

    def __init__(self, places: Places) -> None:
        self._places = places

    def take(self, seconds: float) -> None:
        """See `Places.take`."""
        self._places.take(self, seconds)

    def release(self) -> None:
        """See `Owner`."""
        self._places.give_back(self)
