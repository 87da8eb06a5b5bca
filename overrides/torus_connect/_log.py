"""The logger `torus_connect`, for what every call logs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

_DEBUG, INFO = 10, 20
"""Levels, as `logging` has them."""


def logger(level: int) -> Logger | None:
    """Return the logger where it logs at this level.

    Who listens has loaded `logging`. With nobody, a start need not load it: half a megabyte, and 4 ms of 80.
    """
    if "logging" not in sys.modules:
        return None
    import logging  # noqa: PLC0415 - see above

    log = logging.getLogger("torus_connect")
    return log if log.isEnabledFor(level) else None


def debug(message: str, *values: object) -> None:
    """Log a message, at the level DEBUG."""
    if log := logger(_DEBUG):
        log.debug(message, *values, stacklevel=2)
