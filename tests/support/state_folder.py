"""A plugin: a run of the tests has a state folder of its own, and fails where the real one has a new file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from torus_connect.stores._folder import state_folder


class StateFolder:
    """The folders of this process: programs that it starts inherit the one of the run, and so do its workers."""

    def __init__(self) -> None:
        self._real = state_folder()
        self._before = self._files()
        self._of_the_run = TemporaryDirectory(prefix="torus-connect-state-")
        os.environ["XDG_STATE_HOME"] = self._of_the_run.name

    def _files(self) -> set[Path]:
        return set(self._real.rglob("*"))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._files() - self._before:
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if new := sorted(path.name for path in self._files() - self._before):
            terminalreporter.write_line(
                f"{self._real}: {', '.join(new)}: new, by a test, or by another program meanwhile"
            )

    def pytest_unconfigure(self) -> None:
        self._of_the_run.cleanup()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(StateFolder())
