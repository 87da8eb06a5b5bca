"""The command line in this process, for tests to which the process does not matter: starting one takes longer."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from torus_connect.cli import main


@dataclass(frozen=True)
class Done:
    """What came of a command; `by_argparse` says whether the parser ended it."""

    returncode: int
    stdout: str
    stderr: str
    by_argparse: bool = False


def run_here(argv: Sequence[str], env: Mapping[str, str | bytes] | None = None, stdin: str | bytes = b"") -> Done:
    """Run `torus-connect` with these arguments, variables on top of those that are set, and standard input."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = io.BytesIO(), io.BytesIO()
    by_argparse = False
    with (
        mock.patch.dict(os.environ),
        redirect_stdout(io.TextIOWrapper(out, "utf-8")),
        redirect_stderr(io.TextIOWrapper(err, "utf-8", "backslashreplace")),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8")),
        _loggers_as_they_were(),
    ):
        for name, value in (env or {}).items():
            os.environb[name.encode()] = value.encode() if isinstance(value, str) else value
        try:
            code = main(argv)
        except SystemExit as exc:
            code, by_argparse = int(str(exc.code)), True
        sys.stdout.flush()
        sys.stderr.flush()
        return Done(code, out.getvalue().decode(), err.getvalue().decode(), by_argparse)


@contextmanager
def _loggers_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger("torus_connect"), logging.getLogger("torus_connect.login")]
    before = [(logger.level, list(logger.handlers), list(logger.filters)) for logger in loggers]
    try:
        yield
    finally:
        for logger, (level, handlers, filters) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.filters[:] = filters
