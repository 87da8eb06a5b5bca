"""The codes of the sandbox's one authenticator app: each is good once."""

from __future__ import annotations

import base64
import time
from threading import Lock
from typing import TYPE_CHECKING

from torus_connect.totp import DEFAULT_PERIOD, totp_code

from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

TOTP_SECRET = base64.b32encode(b"sandbox-not-a-secret").decode()
"""The secret of the authenticator; plainly fake, and the same for everybody."""
_TOLERATED = 1  # steps by which two clocks may differ; assumed: not documented
_MOST_SHOWN = 10_000


class Codes:
    """Safe to share between threads: each step is atomic.

    Args:
        clock: seconds since the epoch; another one lets a test travel in time.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last = 0
        self._shown: dict[str, int] = {}  # code: its step
        self._used: set[int] = set()

    def show(self) -> str:
        """Return a code that has been neither shown nor used, and is good: one of later, if need be.

        It is as if the clock of the app were ahead; so nobody has to wait for the next code.
        """
        with self._lock:
            now = self._forget()
            step = max(now, self._last + 1)
            while step in self._used or (code := _code(step)) in self._shown:
                step += 1
            self._last = step
            self._shown[code] = step
            if len(self._shown) > _MOST_SHOWN:
                del self._shown[next(iter(self._shown))]
        return code

    def use(self, totp: str) -> None:
        """Use a code up: one that was shown here, or that an app with this secret shows about now.

        Raises:
            Refused: it is no such code, or was used before.
        """
        with self._lock:
            now = self._forget()
            good = {_code(step): step for step in range(now - _TOLERATED, now + _TOLERATED + 1)} | self._shown
            if totp not in good:
                raise Refused(Refusal.TOTP_WRONG)
            if good[totp] in self._used:
                raise Refused(Refusal.TOTP_USED)
            self._used.add(good[totp])

    def _forget(self) -> int:
        now = int(self._clock()) // DEFAULT_PERIOD
        oldest = now - _TOLERATED
        self._used = {step for step in self._used if step >= oldest}
        self._shown = {code: step for code, step in self._shown.items() if step >= oldest}
        return now


def _code(step: int) -> str:
    return str(totp_code(TOTP_SECRET, at=step * DEFAULT_PERIOD))
