"""Watches what goes out of the process while something runs: log, warnings, files, processes, names, streams."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import stat
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from canary.detector import Detector

LOGGERS = ("httpx", "httpcore", "torus_connect", "asyncio", "anyio")

_AUDITED = {
    "subprocess.Popen": "processes",
    "os.exec": "processes",
    "os.posix_spawn": "processes",
    "os.system": "processes",
    "os.putenv": "environment",
    "socket.getaddrinfo": "names looked up",
    "socket.gethostbyname": "names looked up",
    "urllib.Request": "URLs",
    "syslog.syslog": "logging",
}
"""Events that Python itself tells of (PEP 578), and the channel that each belongs to."""

_OF_EVERY_RECORD = set(vars(logging.makeLogRecord({}))) - {"msg", "args"}


class _Auditor:
    """Python takes hooks for good, so that there is one, which can be switched on and off."""

    def __init__(self) -> None:
        self.on = False
        self.events: list[tuple[str, tuple[Any, ...]]] = []
        self.written: set[str] = set()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in _AUDITED:
            self.events.append((event, args))
        elif event == "open" and isinstance(args[0], str) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.written.add(os.path.abspath(args[0]))  # noqa: PTH100 - a Path would open doors of its own


@functools.cache
def _auditor() -> _Auditor:
    return _Auditor()


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def watched(
    detector: Detector,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    *,
    result: str = "",
) -> Iterator[None]:
    """Watch what is done inside; what is found is with the detector afterwards.

    Args:
        detector: what to look with.
        folder: for a working directory, a home, and a place for temporary files; what is put there is removed.
        monkeypatch: undoes it all.
        capture: of standard output and standard error.
        result: what is to be printed to standard output, once.
    """
    for name, variables in {"work": (), "home": ("HOME", "XDG_STATE_HOME"), "tmp": ("TMPDIR", "TMP", "TEMP")}.items():
        (folder / name).mkdir(exist_ok=True)
        for variable in variables:
            monkeypatch.setenv(variable, str(folder / name))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)  # what is kept is kept in the home
    monkeypatch.chdir(folder / "work")
    monkeypatch.setattr(tempfile, "tempdir", None)
    environment = dict(os.environ)
    auditor, records = _auditor(), _Records()
    auditor.events.clear()
    auditor.written.clear()
    capture.readouterr()
    with warnings.catch_warnings(record=True) as warned, _everything_logged(records):
        warnings.simplefilter("always")
        auditor.on = True
        try:
            yield
        finally:
            auditor.on = False
    for record in records.records:
        _look_at_record(detector, record)
    for warning in warned:
        detector.look("warnings", warning.category.__name__, f"{warning.message} {warning.source!r}")
    _look_at_streams(detector, capture, result)
    _look_at_events(detector, auditor.events, environment)
    _look_at_files(detector, folder, auditor.written)
    for left in (path for area in folder.iterdir() for path in area.iterdir()):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _look_at_streams(detector: Detector, capture: pytest.CaptureFixture[str], result: str) -> None:
    printed = capture.readouterr()
    detector.look("stdout", "standard output", printed.out.replace(result, "", 1))
    detector.look("stderr", "standard error", printed.err)


def _look_at_events(
    detector: Detector, events: list[tuple[str, tuple[Any, ...]]], environment: Mapping[str, str]
) -> None:
    for event, args in events:
        detector.look(_AUDITED[event], event, repr(args))
    for name, value in os.environ.items():
        if environment.get(name) != value:
            detector.look("environment", name, value)


def _look_at_files(detector: Detector, folder: Path, written: set[str]) -> None:
    for path in sorted({*folder.rglob("*"), *map(Path, written)}):
        detector.look("files", "a file's name", str(path))
        if path.is_file() and path.parts[1] not in ("dev", "proc"):
            detector.look("files", str(path), path.read_bytes())
            if path.is_relative_to(folder) and stat.S_IMODE(path.stat().st_mode) & 0o077:
                detector.report("file modes", str(path), "others may read it")


@contextmanager
def _everything_logged(handler: logging.Handler) -> Iterator[None]:
    loggers = [logging.getLogger(), *map(logging.getLogger, LOGGERS)]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    try:
        yield
    finally:
        loggers[0].removeHandler(handler)
        for logger, level in before:
            logger.setLevel(level)


def _look_at_record(detector: Detector, record: logging.LogRecord) -> None:
    detector.look("logging", record.name, record.getMessage())
    held = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
    detector.look("logging", f"{record.name}: what the record holds", repr(held))
    if record.exc_info and record.exc_info[1]:
        detector.look("logging", f"{record.name}: exception", logging.Formatter().formatException(record.exc_info))
