"""A copy of everything that generation needs, in which a test may do as it likes; and a client of a larger spec."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML
from support.once import once
from support.operations import session_calls

import derive

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
ADDED = Path(__file__).with_name("added.yaml")
COPIED = ("generated", "generator-config.yml", "openapi", "overrides/templates", "requirements", "tools")


class Workshop:
    """A folder laid out like the repository, with generated/ as its inputs give it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spec = root / "openapi" / "torus.yaml"
        self.config = root / "generator-config.yml"
        self.templates = root / "overrides" / "templates"
        self.page = root / "tools" / "reference_page"
        self.samples = root / "tools" / "code_samples"
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

    def package(self, name: str) -> Path:
        """Return a folder with the package alone, under a name of its own; without the reference page."""
        folder = self.root / name
        folder.mkdir()
        self.config.write_text(self.config.read_text().replace("torus_connect_api", name))
        inputs = [str(path) for path in (self.spec, self.config, self.templates)]
        code = (
            f"import sys; from pathlib import Path; sys.path.insert(0, {str(self.root / 'tools')!r}); import sdk\n"
            f"try: sdk.run_generator(sdk.Inputs(*map(Path, {inputs!r})), Path({str(folder)!r}))\n"
            "except sdk.GenerationError as error: sys.exit(str(error))"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == 0, run.stderr
        return folder

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
    """The repository's inputs, with the session calls alone in the spec, and what they give; not to be changed."""
    return Workshop(once(tmp_path_factory, "generation-pristine", make_pristine))


def make_pristine(root: Path) -> None:
    root.mkdir()
    workshop = Workshop(root)
    for name in COPIED:
        source, target = REPOSITORY / name, root / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        elif source.exists():
            shutil.copy(source, target)
    workshop.spec.write_text(derive.as_yaml(session_calls()), encoding="utf-8")
    run = workshop.run()
    assert run.returncode == 0, run.stderr


@pytest.fixture
def workshop(pristine: Workshop, tmp_path: Path) -> Workshop:
    """A workshop of the test's own."""
    return pristine.copy(tmp_path / "workshop")


@pytest.fixture
def committed() -> Workshop:
    """The repository itself: to be looked at, not to be changed."""
    return Workshop(REPOSITORY)


def merge(into: dict[str, Any], added: dict[str, Any]) -> None:
    """Add to a document."""
    for key, value in added.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = into[key] + value if isinstance(value, list) and key in into else value


def enlarged_document() -> dict[str, Any]:
    """Return the session calls with operations of every kind that the generator must know."""
    yaml = YAML(typ="safe", pure=True)
    document = session_calls()
    merge(document, yaml.load(ADDED))
    return document


@pytest.fixture(scope="session")
def enlarged(pristine: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the package `enlarged_api`: what the enlarged spec gives, made once."""

    def make(root: Path) -> None:
        workshop = pristine.copy(root)
        YAML(typ="safe", pure=True).dump(enlarged_document(), workshop.spec)
        workshop.package("enlarged_api")

    folder = once(tmp_path_factory, "generation-enlarged", make) / "enlarged_api"
    sys.path.insert(0, str(folder))
    return folder


@pytest.fixture
def api(enlarged: Path) -> Any:
    """The package `enlarged_api`."""
    return importlib.import_module("enlarged_api")
