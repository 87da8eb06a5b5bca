"""The first change that CONTRIBUTING.md proposes works as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.operations import CONTRIBUTING, first_change

from torus_connect.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from generation.conftest import Workshop


@pytest.mark.soak
def test_the_first_change(workshop: Workshop, repository: Path, tmp_path: Path) -> None:
    spec = (repository / "openapi" / "torus.yaml").read_text(encoding="utf-8")
    assert spec.count("\n  /stocks:\n") == 1
    changed = spec.replace("\n  /stocks:\n", f"\n{first_change()}\n  /stocks:\n")
    workshop.spec.write_text(changed, encoding="utf-8")
    run = workshop.run()
    assert (run.returncode, run.stderr) == (0, "")

    typed = r"^TORUS_API_KEY=demo .venv/bin/torus-connect (call .*) --base-url .*$"
    [command] = re.findall(typed, CONTRIBUTING, re.MULTILINE)
    with Sandbox(document=workshop.output / "torus.json") as sandbox:
        called = subprocess.run(
            [
                sys.executable,
                "-m",
                "torus_connect",
                *command.split(),
                "--base-url",
                sandbox.base_url,
                "--output",
                "json",
            ],
            env=os.environ | {"PYTHONPATH": str(workshop.output), "TORUS_API_KEY": "demo"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (called.returncode, called.stderr) == (0, "")
    assert json.loads(called.stdout) == {"greeting": "hello"}
