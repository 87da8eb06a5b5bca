"""One call of `on_expired` at a time, over threads, tasks and event loops; those who wait share what comes of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from time import monotonic
from types import FrameType

from torus_connect._config.settings import DEFAULT_LOGIN_TIMEOUT
from torus_connect._ownership import SharedClaim
from torus_connect.errors import ConfigurationError

SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.05

_OF_ITSELF = (
    "on_expired made an account call that needs the session it is to get: make it with the auth of another session, or "
    "not in there"
)
_within: ContextVar[tuple[Renewal, ...]] = ContextVar("torus_connect_renewals", default=())
"""The renewals whose hook runs this code; tasks that are begun in one, and `asyncio.to_thread`, inherit it."""


class Renewal(SharedClaim):
    """The right of one thread or task to call the hook.

    Attributes:
        ended: whether the hook returned or raised. One that is interrupted or cancelled does neither.
        renewals: those of the same auth.
        thread: the identity of the thread in which it was asked for.
    """

    def __init__(self, renewals: dict[object, Renewal]) -> None:
        super().__init__(renewals, "renewal")
        self.renewals = renewals
        self.ended = False
        self.thread = threading.get_ident()

    def pauses(self, *, blocking: bool) -> Iterator[float]:
        """Take the right to call the hook, or wait for its holder: yield the seconds to wait for, each time.

        After that, this one has it, or the hook has ended meanwhile.

        Args:
            blocking: whether the pauses are made in this thread, and hold it up.

        Raises:
            ConfigurationError: the hook waits for this thread or task, or for anything else, and does not end.
            Exception: what the hook raised meanwhile.
        """
        end = monotonic() + DEFAULT_LOGIN_TIMEOUT
        pause = SHORTEST_PAUSE
        # In a child process of the hook, too, which has its threads no more than it has those of others.
        if any(each.renewals is self.renewals and each.is_held() for each in _within.get()):
            raise ConfigurationError(_OF_ITSELF)
        while (other := self.take()) is not self:
            if blocking and other.thread == self.thread:
                raise ConfigurationError(
                    "on_expired is at work in this thread, and this account call would wait for it forever: in an "
                    "event loop, use httpx.AsyncClient"
                )
            while other.is_held():
                if pause == LONGEST_PAUSE and _waits_for_this_thread(other.thread):
                    raise ConfigurationError(_OF_ITSELF)
                if monotonic() > end:
                    raise ConfigurationError(
                        f"on_expired has not ended within {DEFAULT_LOGIN_TIMEOUT:g} seconds; if it waits for a thread "
                        "of its own which makes an account call with this auth, it would wait forever"
                    )
                yield pause
                pause = min(LONGEST_PAUSE, pause * 2)
            other.raise_failure()
            if other.ended:
                return

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Mark the hook as running, and when it ends, as ended."""
        # Without those that an interrupt left there.
        before = _within.set((*(each for each in _within.get() if each.is_held()), self))
        try:
            yield
        except Exception as exc:
            self.fail(exc)
            raise
        finally:
            with suppress(ValueError):  # a task that is thrown away ends in another context
                _within.reset(before)
        self.ended = True


def _waits_for_this_thread(other: int) -> bool:
    """Return whether another thread is in `Thread.join` of this one, or in `Future.result` of what this one works on.

    A thread that the hook begins by itself inherits nothing that tells whose it is.
    """
    # ruff: noqa: PLC0415 - hardly any comes here
    from concurrent.futures import Future
    from traceback import walk_stack

    waits = (threading.Thread.join.__code__, Future.result.__code__)
    top = sys._current_frames().get(other)  # noqa: SLF001 - there is no other way to see another thread
    awaited = [_self_of(frame) for frame, _ in (walk_stack(top) if top else ()) if frame.f_code in waits]
    work = [_self_of(frame) for frame, _ in walk_stack(sys._getframe()) if frame.f_code.co_qualname == "_WorkItem.run"]  # noqa: SLF001
    mine = [threading.current_thread(), *(getattr(item, "future", None) for item in work)]
    return any(each is one for each in awaited for one in mine)


def _self_of(frame: FrameType) -> object:
    return frame.f_locals.get("self")
