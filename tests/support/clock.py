"""A clock that stands still, of the tests."""

from __future__ import annotations


class Clock:
    """Shows what it was set to, until it is set anew.

    Args:
        now: seconds, whatever they are counted from.
    """

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
