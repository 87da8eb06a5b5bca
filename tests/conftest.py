"""Fixtures for all tests."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from torus_connect import AsyncTorusConnect, Session, TorusConnect

pytest_plugins = ["pytester"]

API_KEY = "demo-api-key"
API_SECRET = "demo-api-secret-not-real"

GenerateSession = Callable[..., Session]

# To measure the coverage of a program takes longer than most programs run: see `measured`.
COVERAGE = os.environ.pop("COVERAGE_PROCESS_CONFIG", None) if "PYTEST_XDIST_WORKER" in os.environ else None
# Whoever starts the tests in the background of a shell has Ctrl-C ignored, and so would every program that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Measurement:
    """The coverage of this process. To trace lines makes all that runs half as dear again.

    So it is done where tests are about the package, and not while they are collected. Modules of many cases that run
    what others run, too, are left out: without them, coverage is the same to a few lines in ten thousand.
    """

    ABOUT = frozenset({
        "account", "cli", "conformance", "contract", "faults", "fleet", "login", "orders", "stores", "unit", "wire",
    })  # fmt: skip
    LIKE_OTHERS = frozenset({
        "test_agreement", "test_apart", "test_clients", "test_corpus", "test_derived_forms", "test_early",
        "test_edition31", "test_every_operation", "test_interrupts", "test_many_accounts", "test_matrix",
        "test_one_user", "test_redis_nonsense", "test_script", "test_signals", "test_vectors",
    })  # fmt: skip

    def __init__(self) -> None:
        coverage = sys.modules.get("coverage")  # loaded where it measures
        self._coverage = coverage.Coverage.current() if coverage else None
        self._on = self._coverage is not None
        self.switch(on=False)

    def switch(self, *, on: bool) -> None:
        if self._coverage and on != self._on:
            (self._coverage.start if on else self._coverage.stop)()
            self._on = on

    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        self.switch(on=item.path.parent.name in self.ABOUT and item.path.stem not in self.LIKE_OTHERS)


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
    config.pluginmanager.register(Measurement())
    config.pluginmanager.register(Garbage())


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
