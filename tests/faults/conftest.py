"""Fixtures of the fault matrix."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("faults.verdict")


@pytest.fixture(autouse=True)
def _quick_retries(quick_retries: None) -> None:
    pass
