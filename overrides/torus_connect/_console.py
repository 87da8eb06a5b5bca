"""What the commands print, and where; either stream may be closed, full, or for ASCII only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


class OutputClosed(Exception):
    """Standard output cannot be written; the text says why."""


class ReaderGone(OutputClosed):
    """The reader of standard output stopped reading."""


def write(text: str) -> None:
    """Write to standard output, at once; what its encoding does not have is escaped.

    Raises:
        ReaderGone: its reader stopped reading.
        OutputClosed: it is closed, or cannot be written for another reason.
    """
    check_output()
    with _writing():
        _put(sys.stdout, text)


def write_path(path: str) -> None:
    """Write a path and a line end to standard output, in the bytes that the system knows it by.

    Raises:
        ReaderGone, OutputClosed: see `write`.
    """
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        write(f"{path}\n")
        return
    with _writing():
        raw.write(os.fsencode(path) + b"\n")
        raw.flush()


def check_output() -> None:
    """See to it that there is a standard output, before anything is done that cannot be undone.

    Raises:
        OutputClosed: there is none.
    """
    if sys.stdout is None:
        raise OutputClosed("standard output is closed")


def say(text: str) -> None:
    """Write a line to standard error, where there is one."""
    write_error(f"torus-connect: {printable(text)}\n")


def write_error(text: str) -> None:
    """Write to standard error, where there is one."""
    try:
        _put(sys.stderr, text)
    except (AttributeError, ValueError):  # there is none, or it was closed
        pass
    except OSError:
        _drop(sys.stderr)


def printable(text: str) -> str:
    """Return a text whose control characters are escaped, but for line ends."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)


def _put(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _drop(sys.stdout)
        raise ReaderGone("nobody reads standard output any more") from None
    except OSError as exc:
        _drop(sys.stdout)
        raise OutputClosed(f"standard output cannot be written: {exc.strerror}") from None


def _drop(stream: TextIO) -> None:
    # Python flushes it once more when it ends, and would complain.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
