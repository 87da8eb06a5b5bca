"""How the examples are run: as they are, as programs, against a sandbox of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from torus_connect import Account, TorusConnect, Trading
from torus_connect.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
IDEA, SHIVAM = "14366", "13756"
DEVICE = {"ip": "192.0.2.1", "uu_id": "demo-installation", "app_id": "demo-app"}

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Yield one of its own: what it counts is what this test does."""
    with Sandbox() as running:
        yield running


@contextmanager
def started(sandbox: Sandbox, folder: Path) -> Iterator[Start]:
    """Yield what starts Python in the folder of the examples, with sessions in `folder`, and ends it."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", *arguments],
            cwd=EXAMPLES,
            env={
                **os.environ,
                "PYTHONPATH": str(EXAMPLES),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TORUS_API_KEY": sandbox.api_key,
                "TORUS_API_SECRET": sandbox.api_secret,
                "TORUS_BASE_URL": sandbox.base_url,
                "TORUS_SESSION_STORE": f"file:{folder / 'sessions'}",
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processes.append(process)
        return process

    try:
        yield start
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.fixture
def start(sandbox: Sandbox, tmp_path: Path) -> Iterator[Start]:
    with started(sandbox, tmp_path) as start:
        yield start


@pytest.fixture
def me(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Yield the account of a user who has logged in, also for the programs that are run as they are."""
    settings = {
        "TORUS_API_KEY": sandbox.api_key,
        "TORUS_API_SECRET": sandbox.api_secret,
        "TORUS_BASE_URL": sandbox.base_url,
        "TORUS_SESSION_STORE": f"file:{tmp_path / 'sessions'}",
        "TRADING_JOURNAL": f"file:{tmp_path / 'journal'}",
        "PAUSE": "0.05",
        **{f"TRADING_{name.upper()}": value for name, value in DEVICE.items()},
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with TorusConnect() as torus:
        session = torus.session(login=sandbox.issue_request_token)
        yield torus.account(session, trading=Trading(**DEVICE, journal=settings["TRADING_JOURNAL"]))


def outcome(process: subprocess.Popen[str], given: str = "") -> tuple[int, str]:
    """Return the exit code of a program and what it printed."""
    printed, _ = process.communicate(given, timeout=60)
    return process.returncode, printed
