"""The file store without what only POSIX has. On Windows itself it was not run: prepared, not verified."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stores import without_posix


def test_the_file_store_needs_none_of_it(tmp_path: Path) -> None:
    command = [sys.executable, without_posix.__file__, str(tmp_path / "sessions")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "used\n", done.stderr
