"""Fixtures of the canary suite."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from canary.detector import Detector
from canary.forms import Scanner
from canary.watch import watched
from faults.planted import SECRETS

Watching = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _quick_retries(quick_retries: None) -> None:
    pass


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    return Scanner(SECRETS)


@pytest.fixture(scope="session")
def shown_before() -> set[object]:
    return set()


@pytest.fixture
def detector(scanner: Scanner, shown_before: set[object]) -> Detector:
    return Detector(scanner, shown_before)


@pytest.fixture(scope="session")
def areas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all tests: to make some for each takes longer than the tests."""
    return tmp_path_factory.mktemp("areas")


@pytest.fixture
def watching(
    detector: Detector, areas: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Watching:
    """Return what watches everything that leaves the process."""

    def watch(**options: Any) -> AbstractContextManager[None]:
        return watched(detector, areas, monkeypatch, capfd, **options)

    return watch
