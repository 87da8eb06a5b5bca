"""Prism, a server that was written elsewhere: as a mock of a specification, and as a judge between two parties."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from torus_connect.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "openapi" / "torus.yaml"
PROGRAM = ROOT / "tools" / "node" / "node_modules" / ".bin" / "prism"
LISTENING = re.compile(r"Prism is listening on (http://127\.0\.0\.1:\d+)")

Mock = Callable[..., str]


@contextmanager
def prism(*arguments: str) -> Iterator[str]:
    """Run Prism on a port that the system picks, and yield where it listens. It leaves out the path of `servers`."""
    if not PROGRAM.exists():
        pytest.fail("Prism is not installed: make prism", pytrace=False)
    command = [str(PROGRAM), *arguments, "--port", "0"]
    # It asks its maker nothing and tells him nothing.
    environment = os.environ | {"SCARF_ANALYTICS": "false", "NO_COLOR": "1"}
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        ) as process,
        ExitStack() as at_the_end,
    ):
        at_the_end.callback(process.kill)
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if found := LISTENING.search(line):
                break
        else:
            pytest.fail(f"Prism did not start\n{said}", pytrace=False)
        yield found[1]


@pytest.fixture(scope="session")
def mock() -> Iterator[str]:
    """Yield where Prism mocks the specification."""
    with prism("mock", str(SPEC)) as url:
        yield url


@pytest.fixture
def mock_of(tmp_path: Path) -> Iterator[Mock]:
    """Return what lets Prism mock a specification that was changed: each of the pairs is a pattern and its new text."""
    with ExitStack() as running:

        def start(*changes: tuple[str, str], options: tuple[str, ...] = ()) -> str:
            text = SPEC.read_text(encoding="utf-8")
            for old, new in changes:
                text, count = re.subn(old, new, text, count=1, flags=re.MULTILINE)
                assert count, f"the specification has no {old}: name another"
            spec = tmp_path / SPEC.name
            spec.write_text(text, encoding="utf-8")
            return running.enter_context(prism("mock", str(spec), *options))

        yield start


@pytest.fixture(scope="session")
def judge(torus_sandbox: Sandbox) -> Iterator[str]:
    """Yield where Prism stands before the sandbox: what is not as specified, in either direction, it turns down."""
    with prism("proxy", str(SPEC), torus_sandbox.base_url, "--errors") as url:
        yield url
