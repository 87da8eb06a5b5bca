"""Nothing shows a secret, whatever the network does."""

from __future__ import annotations

import pytest
from canary.conftest import Watching
from canary.detector import Detector
from canary.examine import examine, look_at_result
from faults.drive import FACES
from faults.row import Row
from faults.table import ROWS

from torus_connect import TorusError


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row: Row, face: str, detector: Detector, watching: Watching) -> None:
    with watching():
        result = examine(row, detector, face=face)
    assert result.error is None or isinstance(result.error, TorusError)
    assert result.attempts
    look_at_result(detector, result)
    detector.assert_nothing_found()
