"""Every row of the fault matrix, over real sockets."""

from __future__ import annotations

from collections import Counter

import pytest
from faults.drive import drive
from faults.kinds import COVERING, Kind, parametrize
from faults.row import Row
from faults.table import ROWS
from faults.verdict import came_of_it, server_saw

from torus_connect import Outcome


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, ROWS, first="sync")


def test_row(row: Row, kind: Kind, face: str) -> None:
    result = drive(row, kind, face=face)
    came_of_it(row, kind, result)
    server_saw(row, kind, result)
    assert result.attempts == row.attempts
    assert result.seconds < row.within
    assert not result.left_open


def test_the_table_itself() -> None:
    assert [name for name, times in Counter(row.name for row in ROWS).items() if times > 1] == []
    assert {row.name for row in ROWS} >= COVERING
    for row in ROWS:
        # Whatever may have been served is seen once: all attempts before the last were refused or never sent.
        assert (row.raises is None) == (row.outcome is None), row.name
        if row.outcome is Outcome.NOT_SENT:
            assert row.requests == 0, row.name
        elif row.calls == 1:
            assert 1 <= row.requests <= row.attempts, row.name
