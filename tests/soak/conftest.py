"""What the tests under load share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from soak.echo import Echo
from soak.inside import POOL
from support.chaos import ChaosProxy

from torus_connect.sandbox import Sandbox


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("soak")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """One for each test, because its exchanges are counted."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def chaos(sandbox: Sandbox) -> Iterator[ChaosProxy]:
    with ChaosProxy(int(sandbox.origin.rsplit(":", 1)[1]), seed=20_240_611, together=POOL) as proxy:
        yield proxy


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as listener:
        yield listener
