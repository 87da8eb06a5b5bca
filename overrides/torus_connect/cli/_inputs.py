"""Secrets from standard input: from a pipe, or from a hidden prompt on a terminal."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from torus_connect.errors import ConfigurationError

_FOR_TOTP = ("totp_secret_file", "totp_keyring", "totp_digits", "totp_period", "totp_digest")
_LIMIT = 64 * 1024
# A line that is longer is cut by the terminal, without a word.
_TERMINAL_LINE = 4095


def check_totp(options: argparse.Namespace) -> None:
    """Refuse what is for `--totp` only, where that is not given.

    Raises:
        ConfigurationError: an option is.
    """
    alone = [name for name in _FOR_TOTP if getattr(options, name) is not None]
    if alone and options.totp is None:
        raise ConfigurationError(f"--{alone[0].replace('_', '-')} is for --totp only")


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
        text = getpass(f"{prompt} (not shown): ")
    if len(text) >= _TERMINAL_LINE:
        raise ConfigurationError(f"{name} is longer than a terminal takes: {instead}")
    if not text:
        raise ConfigurationError(f"{name} is missing: nothing was typed, or nothing that is text")
    return text
