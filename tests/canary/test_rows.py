"""Nothing shows a secret, whatever the network does."""

from __future__ import annotations

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.examine import examine, look_at_result
from faults.kinds import Kind, parametrize
from faults.row import Row
from faults.table import ROWS

from torus_connect import TorusError


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, ROWS, first="async")


def test_row(row: Row, kind: Kind, face: str, detector: Detector, watching: Watching) -> None:
    with watching():
        result = examine(row, detector, kind, face=face)
    assert result.error is None or isinstance(result.error, TorusError)
    assert result.attempts
    look_at_result(detector, result, kind)
    detector.assert_nothing_found()
