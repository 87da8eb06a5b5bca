"""No run of the tests writes into the state folder of whoever starts it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import os
from pathlib import Path

def test_one_that_writes_into_the_folder_of_the_run():
    folder = Path(os.environ["XDG_STATE_HOME"]) / "torus-connect"
    folder.mkdir()
    (folder / "own.reply").touch()

def test_one_that_writes_into_the_real_folder():
    Path({!r}, "a.reply").touch()
"""


def test_a_new_file_in_the_real_folder_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "torus-connect"
    folder.mkdir()
    (folder / "before.json").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    pytester.makepyfile(TESTS.format(str(folder)))
    run = pytester.runpytest_subprocess("-p", "support.state_folder", "-p", "no:cacheprovider", "-p", "no:xdist")
    run.assert_outcomes(passed=2)
    assert run.ret == 1
    run.stdout.fnmatch_lines([f"{folder}: a.reply: new, *"])
