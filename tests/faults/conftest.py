"""Fixtures of the fault matrix."""

from __future__ import annotations

import pytest

from torus_connect._calls import retry

pytest.register_assert_rewrite("faults.verdict")


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BASE_SECONDS", 0.001)
