"""However much the server sends, the memory of the client stays under 64 MiB above what it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from faults import memory_of_a_call
from faults.behaviours import GOOD_REPLY
from faults.kinds import alternately
from faults.row import Row
from faults.table import ROWS
from support.raw_server import RawServer, answer

MIB = 1024 * 1024
LARGE = ("1 GiB of body", "1 GiB of chunks", "gzip bomb", "headers without end", "200 with nesting 100,000 deep")


def measure(row: Row, face: str, *, on_top: int = 0) -> tuple[str, int]:
    """Return what came of the row in a process of its own, and by how many bytes its peak grew."""
    script = Path(memory_of_a_call.__file__)
    with RawServer(answer(GOOD_REPLY)) as good, row.place() as place:
        done = subprocess.run(
            [sys.executable, script, face, good.base_url, place.base_url, str(on_top)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    came, grown = done.stdout.split()
    return came, int(grown)


@pytest.mark.parametrize(
    ("row", "face"),
    [
        pytest.param(row, face, marks=marks, id=f"{row.name}-{face}")
        for number, row in enumerate(row for row in ROWS if row.name in LARGE)
        for face, marks in alternately(number)
    ],
)
def test_memory_is_bounded(row: Row, face: str) -> None:
    came, grown = measure(row, face)
    assert row.raises is not None
    assert came == row.raises.__name__
    assert grown < 64 * MIB


def test_every_large_row_is_there() -> None:
    assert {row.name for row in ROWS} >= set(LARGE)


def test_the_measure_measures() -> None:
    row = next(row for row in ROWS if row.name == LARGE[0])
    # The kernel counts in batches of pages.
    assert measure(row, "sync", on_top=64 * MIB)[1] >= 63 * MIB
