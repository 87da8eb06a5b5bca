"""Drives one row, and looks at all that came of it."""

from __future__ import annotations

from canary.detector import Detector
from canary.wire import look_at_wire
from faults.drive import Result, drive
from faults.kinds import SESSION, Client, Kind
from faults.row import Row

from torus_connect import TorusError


def examine(row: Row, detector: Detector, kind: Kind = SESSION, *, face: str) -> Result:
    """Make the calls of a row, of a kind; look at the client in every state."""

    def observe(client: Client) -> None:
        detector.thing(type(client).__name__, client)
        detector.reach(type(client).__name__, client)

    return drive(row, kind, face=face, observe=observe)


def look_at_result(detector: Detector, result: Result, kind: Kind = SESSION) -> None:
    """Look at the error or the value that came of it, and at what was sent."""
    if result.error:
        detector.error(result.error)
    if isinstance(result.error, TorusError) and result.error.reply:
        detector.thing("reply", result.error.reply)
    if result.value is not None:
        for name, shown in kind.shown(result.value).items():
            detector.thing(name, shown)
    look_at_wire(detector, result.place, kind)
