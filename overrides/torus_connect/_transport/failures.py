"""What can go wrong, in words of our own, which can be shown: they hold nothing of what was sent, or came back."""

from __future__ import annotations


class Told(Exception):
    """A failure that says what it is."""


class NoPlace(Told):
    """So many calls were under way that none of them ended in time."""

    def __init__(self) -> None:
        super().__init__("no connection of the pool came free in time")


class Unasked(Told):
    """Something arrived before a request was sent: whatever it is, it is no answer to that request."""

    def __init__(self) -> None:
        super().__init__("the connection was closed, or used by the other side, before there was a request")
