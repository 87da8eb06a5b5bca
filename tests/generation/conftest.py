"""A copy of everything that generation needs, in which a test may do as it likes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
COPIED = ("generated", "generator-config.yml", "openapi", "overrides/templates", "requirements", "tools")


class Workshop:
    """A folder laid out like the repository, with generated/ as its inputs give it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "openapi" / "torus.yaml"
        self.config = root / "generator-config.yml"
        self.templates = root / "overrides" / "templates"
        self.page = root / "tools" / "reference_page"
        self.output = root / "generated"

    def copy(self, root: Path) -> Workshop:
        """Copy the workshop as it is now."""
        shutil.copytree(self.root, root)
        return Workshop(root)

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, str(self.root / "tools" / "sdk.py"), *map(str, arguments)]

    def run(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the tool to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Start the tool, and see to it that it ends."""
        with subprocess.Popen(
            self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def tree(self) -> dict[str, bytes]:
        """Return every file of the output and what is in it."""
        return tree(self.output)

    def staging(self) -> list[Path]:
        """Return what runs that did not clean up have left beside the output."""
        return list(self.root.glob(".sdk-*"))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The repository's inputs and what they give, made anew where it is not what is committed; not to be changed."""
    workshop = Workshop(tmp_path_factory.mktemp("pristine"))
    for name in COPIED:
        source, target = REPOSITORY / name, workshop.root / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        elif source.exists():
            shutil.copy(source, target)
    run = workshop.run()
    assert run.returncode == 0, run.stderr
    return workshop


@pytest.fixture
def workshop(pristine: Workshop, tmp_path: Path) -> Workshop:
    """A workshop of the test's own."""
    return pristine.copy(tmp_path / "workshop")


@pytest.fixture
def committed() -> Workshop:
    """The repository itself: to be looked at, not to be changed."""
    return Workshop(REPOSITORY)
