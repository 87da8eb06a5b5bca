"""How far one attempt has come, and how long it may still take; shared with the wire that it goes over."""

from __future__ import annotations

from time import monotonic


class Progress:
    """The way of one attempt to the service; it holds nothing of what is sent.

    Args:
        seconds: how long the attempt may take.
        connect_seconds: how long it may take to connect; they count from the first step of that on.

    Attributes:
        ends: when it must be done, in seconds of `time.monotonic`.
        sent: whether something of the request may have left this machine.
    """

    __slots__ = ("_connect_seconds", "_connected_by", "ends", "sent")

    def __init__(self, seconds: float, connect_seconds: float) -> None:
        self.ends = monotonic() + seconds
        self.sent = False
        self._connect_seconds = connect_seconds
        self._connected_by: float | None = None

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: there are none.
        """
        return _positive(self.ends - monotonic())

    def left_to_connect(self) -> float:
        """Return the seconds that are left to connect.

        Raises:
            TimeoutError: there are none.
        """
        now = monotonic()
        if self._connected_by is None:
            self._connected_by = min(now + self._connect_seconds, self.ends)
        return _positive(self._connected_by - now)


def _positive(seconds: float) -> float:
    if seconds <= 0:
        raise TimeoutError
    return seconds
