"""A thread that waits in the place of the main one.

Python runs what answers to a signal, Ctrl-C above all, in the main thread, and between two of its own steps. While the
main thread waits inside a library that is not Python, there are none.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect.reply import Reply

    Outcome = Reply | BaseException
    Work = tuple[Callable[[], Outcome], SimpleQueue[Outcome]]


class Aside:
    """Does one piece of work after the other in a thread of its own, which is started at once."""

    __slots__ = ("_work",)

    def __init__(self) -> None:
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        threading.Thread(target=_do, args=(self._work,), name="torus-connect", daemon=True).start()

    def begin(self, work: Callable[[], Outcome]) -> SimpleQueue[Outcome]:
        """Begin a piece of work; return where its result will be, or the exception that ended it."""
        done: SimpleQueue[Outcome] = SimpleQueue()
        self._work.put((work, done))
        return done

    def end(self) -> None:
        """End the thread when its work is done."""
        self._work.put(None)


def _do(queue: SimpleQueue[Work | None]) -> None:
    while item := queue.get():
        work, done = item
        try:
            done.put(work())
        except BaseException as exc:  # noqa: BLE001 - it goes to whoever waits
            done.put(exc)
        del item, work, done
