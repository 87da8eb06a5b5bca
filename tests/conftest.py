"""Fixtures for all tests."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from torus_connect import AsyncTorusConnect, Session, TorusConnect

pytest_plugins = ["pytester", "support.state_folder"]

API_KEY = "demo-api-key"
API_SECRET = "demo-api-secret-not-real"

GenerateSession = Callable[..., Session]

# To measure the coverage of a program takes longer than most programs run: see `measured`.
COVERAGE = os.environ.pop("COVERAGE_PROCESS_CONFIG", None) if "PYTEST_XDIST_WORKER" in os.environ else None
# Whoever starts the tests in the background of a shell has Ctrl-C ignored, and so would every program that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Garbage:
    """The collector of cycles, which many tests call. It need not look at what lives as long as the run.

    That is what pytest collects, and what is left when a module's tests have ended.
    """

    def __init__(self) -> None:
        self._module = Path()
        gc.disable()

    def pytest_collection_finish(self) -> None:
        gc.enable()

    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        if item.path != self._module:
            self._module = item.path
            if gc.get_freeze_count():
                gc.collect()
            gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Garbage())


def pytest_runtest_teardown() -> None:
    """Let no command that a test ran in this process, by `main`, say what later logins log."""
    logging.getLogger("torus_connect.login").filters.clear()


LONGEST = frozenset({
    "test_every_command_on_every_machine", "test_every_output_has_them", "test_page", "test_random_instants",
    "test_small", "test_the_command_passes",
})  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes long first: at the end, the other workers would wait for it."""
    items.sort(key=lambda item: item.name.partition("[")[0] not in LONGEST)


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no retry wait, unless the service asks for it."""
    monkeypatch.setattr("torus_connect._calls.retry.BASE_SECONDS", 0.001)


@pytest.fixture
def repository() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, state_home: Path) -> None:
    """No test sees what the machine happens to be set to."""
    for name in list(os.environ):
        if name.startswith(("TORUS_", "SSL_CERT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(state_home))  # what a command keeps of a failure goes there


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the coverage of the programs, too, that the test starts."""
    if COVERAGE:
        monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", COVERAGE)


@pytest.fixture(params=["sync", "async"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sync", "async"])
def generate_session(request: pytest.FixtureRequest) -> GenerateSession:
    """Trade one request token with a client of its own; each test that asks for it runs sync and async."""

    def sync(request_token: Any = "demo-request-token", **options: Any) -> Session:
        with TorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, **options}) as torus:
            return torus.generate_session(request_token)

    async def in_loop(request_token: Any = "demo-request-token", **options: Any) -> Session:
        async with AsyncTorusConnect(**{"api_key": API_KEY, "api_secret": API_SECRET, **options}) as torus:
            return await torus.generate_session(request_token)

    def asynchronous(*args: Any, **options: Any) -> Session:
        return asyncio.run(in_loop(*args, **options))

    return sync if request.param == "sync" else asynchronous
