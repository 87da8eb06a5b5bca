"""The code samples of the document, saved and run as their first lines say."""

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

from torus_connect import spec_text

PATHS: dict[str, Any] = json.loads(spec_text("json"))["paths"]
# By the operation, and the label within it.
SOURCES: dict[tuple[str, str], str] = {
    (operation["operationId"], sample["label"]): sample["source"]
    for item in PATHS.values()
    for operation in item.values()
    for sample in operation.get("x-codeSamples", [])
}

Run = Callable[..., subprocess.CompletedProcess[str]]


def how_to_run(sample: tuple[str, str]) -> list[str]:
    """Return the command that the sample itself gives: a program and the name of the file."""
    found = re.search(r"^(?:#|//) ([\w ]+ \S+\.\w+) {4}needs ", SOURCES[sample], re.MULTILINE)
    assert found, f"the sample {sample} does not say how to run it"
    return found[1].split()


@pytest.fixture(params=SOURCES, ids="-".join)
def sample(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Each test that asks for it runs once for each operation and language."""
    operation, label = request.param
    return operation, label


@pytest.fixture
def run(sample: tuple[str, str], tmp_path: Path) -> Run:
    """Return what runs the sample, byte for byte as the document has it, in a folder of its own."""
    program, *rest = how_to_run(sample)
    (tmp_path / rest[-1]).write_bytes(SOURCES[sample].encode())

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
