"""Two fixed profiles, a count of the cases, and one listener for all of them.

`ci` is the default and part of `make test`; HYPOTHESIS_PROFILE=soak runs many more and insists on their number. Both
are derandomised: the same cases, every time. Where the tests are spread over processes, the folder must be named on the
command line beside any other, or the process that spreads them would not read this file, and could not add up.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, Phase, settings
from properties.guard import Guard
from properties.wire import Listener, Trade

from torus_connect import AsyncTorusConnect, Session, TorusConnect

LEAST_CASES_OF_SOAK = 20_000

_FIXED: dict[str, Any] = {
    "database": None,
    "deadline": None,
    "derandomize": True,
    "print_blob": True,
    # Refused input is half of the point, so that much is filtered and generating it takes long.
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
}
settings.register_profile("ci", max_examples=30, phases=set(Phase) - {Phase.explain}, **_FIXED)
settings.register_profile("soak", max_examples=500, **_FIXED)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)

_cases = 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if PROFILE == "soak" and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("soak")
        handle = getattr(getattr(item, "obj", None), "hypothesis", None)
        if handle is not None and not hasattr(handle.inner_test, "counted"):
            handle.inner_test = _counting(handle.inner_test)


def _counting(test: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(test)
    def counted(*args: Any, **kwargs: Any) -> None:
        global _cases  # noqa: PLW0603 - one count for the whole run
        test(*args, **kwargs)
        _cases += 1

    counted.counted = True  # type: ignore[attr-defined]
    return counted


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a worker of pytest-xdist counted."""
    global _cases  # noqa: PLW0603
    _cases += getattr(node, "workeroutput", {}).get("cases", 0)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["cases"] = _cases
    elif _too_few(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"{_cases} cases of properties, profile {PROFILE}")
    if _too_few(config):
        terminalreporter.write_line(f"fewer than {LEAST_CASES_OF_SOAK}: failed", red=True)


def _too_few(config: pytest.Config) -> bool:
    named = any("::" in arg or arg.endswith(".py") for arg in config.args)
    part = named or config.getoption("keyword") or config.getoption("lf")
    return PROFILE == "soak" and not part and _cases < LEAST_CASES_OF_SOAK


@pytest.fixture(scope="module", autouse=True)
def guard() -> Iterator[Guard]:
    """Nothing leaves for anywhere but the listeners of the test, whatever the URL."""
    with pytest.MonkeyPatch.context() as patch:
        yield Guard(patch)


@pytest.fixture(scope="module")
def listener(guard: Guard) -> Iterator[Listener]:
    with Listener() as server:
        guard.ports.add(server.port)
        yield server


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=["sync", "async"])
def trade(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Trade:
    """Make a client, exchange one request token, close the client; sync and async."""

    def sync(request_token: Any, **options: Any) -> Session:
        with TorusConnect(**options) as torus:
            return torus.generate_session(request_token)

    async def in_loop(request_token: Any, options: dict[str, Any]) -> Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.generate_session(request_token)

    def asynchronous(request_token: Any, **options: Any) -> Session:
        return runner.run(in_loop(request_token, options))

    return sync if request.param == "sync" else asynchronous


@pytest.fixture(scope="session")
def pem_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files as a caller may name them: right ones, wrong ones, none."""
    folder = tmp_path_factory.mktemp("pem")
    ca = trustme.CA()
    certificate = ca.issue_cert("127.0.0.1")
    files = {
        name: folder / name for name in ("ca.pem", "pair.pem", "key.pem", "empty.pem", "binary.pem", "missing.pem")
    }
    ca.cert_pem.write_to_path(files["ca.pem"])
    certificate.private_key_and_cert_chain_pem.write_to_path(files["pair.pem"])
    certificate.private_key_pem.write_to_path(files["key.pem"])
    files["empty.pem"].write_bytes(b"")
    files["binary.pem"].write_bytes(bytes(range(256)) * 4)
    return {**files, "folder": folder}
