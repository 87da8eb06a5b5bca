"""Fixtures of the fault matrix."""

from __future__ import annotations

import pytest
from support.kinds import know_access_tokens

from torus_connect import retry

pytest.register_assert_rewrite("faults.verdict")


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BASE_SECONDS", 0.001)


@pytest.fixture(autouse=True)
def _access_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    know_access_tokens(monkeypatch)
