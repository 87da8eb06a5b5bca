"""What the commands print, and what they read: secrets from a pipe, or from a hidden prompt on a terminal.

Any of the streams may be closed, and those that are written full, or for ASCII only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from .errors import ConfigurationError

_LIMIT = 64 * 1024
# A line that is longer is cut by the terminal, without a word.
_TERMINAL_LINE = 4095


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


def has_terminal() -> bool:
    """Return whether standard input is a terminal, so that somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def piped(name: str) -> str:
    """Return all of standard input.

    Args:
        name: what it is, for the message.

    Raises:
        ConfigurationError: it is closed.
    """
    with suppress(OSError, AttributeError):
        return sys.stdin.buffer.read(_LIMIT).decode("utf-8", "replace")
    raise ConfigurationError(f"{name} is missing: standard input is closed")


def typed(name: str, prompt: str, instead: str) -> str:
    """Return what somebody types, without showing it.

    Args:
        name: what it is, for the message.
        prompt: what they are asked for.
        instead: another way to give it, where there is no terminal, or it is longer than a line of one.

    Raises:
        ConfigurationError: there is no terminal, or nothing was typed, or nothing that can be read.
    """
    if not has_terminal():
        raise ConfigurationError(f"{name} is missing: {instead}")
    from getpass import getpass  # noqa: PLC0415 - a pipe does without

    text = ""
    with suppress(EOFError, UnicodeError):
        text = getpass(hidden_prompt(prompt))
    if len(text) >= _TERMINAL_LINE:
        raise ConfigurationError(f"{name} is longer than a terminal takes: {instead}")
    if not text:
        raise ConfigurationError(f"{name} is missing: nothing was typed, or nothing that is text")
    return text


def hidden_prompt(prompt: str) -> str:
    """Return what `typed` shows to ask for something."""
    return f"{prompt} (not shown): "


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
    except OSError as exc:
        _drop(sys.stdout)
        if isinstance(exc, BrokenPipeError):
            raise ReaderGone("nobody reads standard output any more") from None
        raise OutputClosed(f"standard output cannot be written: {exc.strerror}") from None


def _drop(stream: TextIO) -> None:
    # Python flushes it once more when it ends, and would complain.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
