"""Fixtures of the tests of orders."""

from __future__ import annotations

import pytest

from torus_connect._orders import async_find, sync_find


@pytest.fixture(autouse=True)
def _quick(quick_retries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (async_find, sync_find):
        monkeypatch.setattr(module, "_FIRST_PAUSE", 0.01)
