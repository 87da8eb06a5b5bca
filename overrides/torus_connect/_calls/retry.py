"""When a call is tried again: decided by what became of the last attempt, and by what the operation does."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING

from torus_connect.errors import Outcome

from .response import acts_on_money

if TYPE_CHECKING:
    from torus_connect._config.settings import Settings
    from torus_connect.errors import TorusError
    from torus_connect_api.client import Operation

BASE_SECONDS = 0.5
"""The longest wait before the first retry; it doubles with each further one."""
MAX_BACKOFF_SECONDS = 8.0


def is_retried(error: TorusError, operation: Operation) -> bool:
    """Return whether the client itself may try again after an error.

    A request that did not reach the service: always. One that the service refused for now (429, 503 with
    `Retry-After`): unless the operation acts on the user's money, as an order does. One whose answer is lost: only
    where the operation changes nothing.
    """
    allowed = {
        Outcome.NOT_SENT: True,
        Outcome.REFUSED: not acts_on_money(operation),
        Outcome.UNKNOWN: operation.idempotent,
    }
    return error.retried and allowed[error.outcome]


class Retries:
    """The attempts of one call, within one budget of time.

    The wait is what the service asked for (`Retry-After`), else exponential backoff with full jitter. A wait that does
    not fit into the budget is not begun.
    """

    def __init__(self, settings: Settings, operation: Operation) -> None:
        self._settings = settings
        self._operation = operation
        self._left = settings.total_timeout
        self._end = math.inf
        self._is_sent = False
        self.attempts = 0

    def begin(self) -> float:
        """Begin an attempt; return how many seconds it may take."""
        self.attempts += 1
        now = monotonic()
        self._end = min(self._end, now + self._left)
        return min(self._settings.timeout, self._end - now)

    def pause(self) -> None:
        """Stop the clock until the next attempt: a user may log in meanwhile."""
        self._left, self._end = self._end - monotonic(), math.inf

    def wait_after(self, error: TorusError) -> float | None:
        """Return how many seconds to wait before the next attempt, or `None` where there is to be none."""
        self.count_all(error)
        self._is_sent = self._is_sent or error.outcome is Outcome.UNKNOWN
        if self.attempts > self._settings.max_retries or not is_retried(error, self._operation):
            return None
        asked = error.retry_after
        seconds = self._backoff() if asked is None else asked
        return seconds if seconds < self._end - monotonic() else None

    def count_all(self, error: TorusError) -> None:
        """After an attempt that may have been served, let no error say that nothing was sent."""
        if self._is_sent and error.outcome is Outcome.NOT_SENT:
            error.outcome = Outcome.UNKNOWN

    def _backoff(self) -> float:
        ceiling = min(MAX_BACKOFF_SECONDS, BASE_SECONDS * 2 ** (self.attempts - 1))
        import random  # noqa: PLC0415 - most calls are not tried again

        return random.uniform(0, ceiling)  # noqa: S311 - it spreads load, it guards nothing
