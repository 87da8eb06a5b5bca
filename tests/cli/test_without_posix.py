"""The command line and the login without what only POSIX has. On Windows itself: prepared, not verified."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cli import without_posix


def test_the_command_line_needs_none_of_it(tmp_path: Path, repository: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TORUS_")},
        "PYTHONPATH": str(repository / "tests"),
        "TORUS_API_KEY": "demo-key",
        "TORUS_API_SECRET": "demo-secret",
        "XDG_STATE_HOME": str(tmp_path),
    }
    argv = [sys.executable, without_posix.__file__, str(tmp_path)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.endswith("used\n"), done.stderr
