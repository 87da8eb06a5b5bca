"""What the commands print, and where; either stream may be closed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


class OutputClosed(Exception):
    """Standard output cannot be written; the text says why."""


def write(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        BrokenPipeError: whoever read it stopped reading.
        OutputClosed: it is closed, or cannot be written for another reason.
    """
    check_output()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        raise
    except OSError as exc:
        _drop_output()
        raise OutputClosed(f"standard output cannot be written: {exc.strerror}") from None


def check_output() -> None:
    """See to it that there is a standard output, before anything is done that cannot be undone.

    Raises:
        OutputClosed: there is none.
    """
    if sys.stdout is None:
        raise OutputClosed("standard output is closed")


def say(text: str) -> None:
    """Write a line to standard error, where there is one."""
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"torus-connect: {text}\n")
        sys.stderr.flush()


def _drop_output() -> None:
    # Python flushes standard output once more when it ends, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
