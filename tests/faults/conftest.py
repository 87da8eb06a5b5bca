"""Fixtures of the fault matrix."""

from __future__ import annotations

import pytest
from faults.kinds import FACES
from support.kinds import know_access_tokens

from torus_connect import retry

pytest.register_assert_rewrite("faults.verdict")


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BASE_SECONDS", 0.001)


@pytest.fixture(autouse=True)
def _access_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    know_access_tokens(monkeypatch)
