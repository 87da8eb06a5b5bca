"""When a call is tried again: decided by what an error means for the request token, and by nothing else."""

from __future__ import annotations

from time import monotonic

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from .errors import TorusError
    from .settings import Settings

BASE_SECONDS = 0.5
"""The longest wait before the first retry; it doubles with each further one."""
MAX_BACKOFF_SECONDS = 8.0


class Retries:
    """The attempts of one call, within one budget of time.

    An error whose class says `retried` is tried again: nothing was sent, or the service asked to come back. The wait is
    what the service asked for (`Retry-After`), else exponential backoff with full jitter. A wait that does not fit
    into the budget is not begun.
    """

    __slots__ = ("_end", "_settings", "attempts")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._end = monotonic() + settings.total_timeout
        self.attempts = 0

    def begin(self) -> float:
        """Begin an attempt; return how many seconds it may take."""
        self.attempts += 1
        return min(self._settings.timeout, self._end - monotonic())

    def wait_after(self, error: TorusError) -> float | None:
        """Return how many seconds to wait before the next attempt, or `None` where there is to be none."""
        if not error.retried or self.attempts > self._settings.max_retries:
            return None
        asked = error.retry_after
        seconds = self._backoff() if asked is None else asked
        return seconds if seconds < self._end - monotonic() else None

    def _backoff(self) -> float:
        import random  # noqa: PLC0415 - it takes longer to load than all the rest of a call, and a retry is an exception

        ceiling = min(MAX_BACKOFF_SECONDS, BASE_SECONDS * 2 ** (self.attempts - 1))
        return random.uniform(0, ceiling)  # noqa: S311 - it spreads load, it guards nothing
