"""Fixtures of the tests of accounts."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _quick_retries(quick_retries: None) -> None:
    pass
