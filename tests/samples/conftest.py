"""The code samples of the spec, saved and run as their first lines say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import code_samples

GENERATED = Path(__file__).parents[2] / "generated"
BUNDLED: dict[str, Any] = json.loads((GENERATED / "torus.bundled.json").read_text(encoding="utf-8"))
CALLS = {call.id: call for call in code_samples.calls(BUNDLED)}
# By the call, and the label within it.
PROGRAMS = {(each.call, each.language.label): each for each in code_samples.programs(BUNDLED)}

Key = tuple[str, str]
Run = Callable[..., subprocess.CompletedProcess[str]]


def how_to_run(sample: Key) -> list[str]:
    """Return the command that the sample itself gives: a program and the name of the file."""
    found = re.search(r"^(?:#|//) ([\w ]+ \S+\.\w+) {4}needs ", PROGRAMS[sample].source, re.MULTILINE)
    assert found, f"the sample {sample} does not say how to run it"
    return found[1].split()


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Key:
    """Each test that asks for it says which ones there are."""
    operation, label = request.param
    return operation, label


@pytest.fixture
def run(sample: Key, tmp_path: Path) -> Run:
    """Return what runs the sample, byte for byte as it is delivered, in a folder of its own."""
    program, *rest = how_to_run(sample)
    (tmp_path / rest[-1]).write_bytes((GENERATED / "samples" / rest[-1]).read_bytes())

    def run(**values: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        assert shutil.which(program, path=path), f"{program} is missing: the sample {sample} cannot be run"
        return subprocess.run(
            [program, *rest],
            cwd=tmp_path,
            env=os.environ | {"PATH": path} | values,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
