"""Distributions built from what the repository holds, and clean environments to install them into."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from support.once import once

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def call(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(source: Path, target: Path) -> Path:
    call(BIN / "python", "-m", "build", "--no-isolation", "--outdir", target, source)
    return target


def tracked() -> list[Path]:
    """Return what a commit of the tree would hold; the tree may be an unpacked sdist, or git may not be there."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
        return [Path(name) for name in listed.split("\0") if name and (ROOT / name).exists()]
    # What .gitignore names is a folder or a file at the top, but for bytecode.
    made = re.compile(r"(\.venv|\.sdk-|dist|build|\.coverage|htmlcov|\.hypothesis|\.\w+_cache|\.git$)")
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [
        path
        for path in files
        if not made.match(path.parts[0]) and not {"__pycache__", "node_modules"} & set(path.parts)
    ]


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository with one commit: what a clone of the tree as it is now would hold."""

    def make(folder: Path) -> None:
        for name in tracked():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        if not shutil.which("git"):
            return
        call("git", "init", "--quiet", cwd=folder)
        call("git", "add", "--all", cwd=folder)
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.invalid")
        call("git", *identity, "commit", "--quiet", "--message", "all", cwd=folder)

    return once(tmp_path_factory, "checkout", make)


@pytest.fixture(scope="session")
def dist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the wheel and the sdist."""
    return once(tmp_path_factory, "dist", lambda folder: build(checkout, folder))


@pytest.fixture(scope="session")
def wheels(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels that the installs below need, fetched once: they come from there."""

    def make(folder: Path) -> None:
        requirements = [
            f"torus-connect[sandbox] @ {next(dist.glob('*.whl')).as_uri()}",
            "hatch-fancy-pypi-readme",
            "hatchling",
            "editables~=0.3",
            "pytest",
        ]
        pins = ("--constraint", ROOT / "requirements" / "dev.txt")
        call(BIN / "python", "-m", "pip", "download", "--quiet", "--dest", folder, *pins, *requirements)

    return once(tmp_path_factory, "wheels", make)


def pip(python: Path, *arguments: str | Path) -> None:
    # Compiling takes longer than installing, and each environment is used once.
    call(BIN / "python", "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", *arguments)


Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Install into a new environment outside the tree; return the folder of its programs."""

    def install(*arguments: str | Path) -> Path:
        folder = tmp_path / "environment"
        venv.create(folder, symlinks=True)
        pip(folder / "bin" / "python", *arguments)
        return folder / "bin"

    return install
