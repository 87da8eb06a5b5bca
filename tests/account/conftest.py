"""Fixtures of the tests of accounts."""

from __future__ import annotations

import pytest

from torus_connect._calls import retry


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BASE_SECONDS", 0.001)
