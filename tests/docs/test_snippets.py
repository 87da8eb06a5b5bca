"""Every snippet of the documentation runs, as it is printed, against the sandbox."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from support.once import once

from torus_connect.pack import pack_files, write_pack
from torus_connect.sandbox import Sandbox
from torus_connect.settings import DEFAULT_LOGIN_PORT as PORT

ROOT = Path(__file__).parents[2]
PACK = ROOT / "openapi" / "pack"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("openapi/**/*.md")])

Snippet = tuple[str, str]


def snippets() -> Sequence[object]:
    found = []
    for page in PAGES:
        for token in MarkdownIt().parse(page.read_text()):
            if token.type == "fence" and token.map and not is_directive(token.info):
                name = f"{page.relative_to(ROOT)}:{token.map[0] + 1}"
                found.append(pytest.param(page, token.info, token.content, id=name))
    return found


def is_directive(info: str) -> bool:
    """Return whether a fence tells the site's builder what to do, and shows nothing to run."""
    return info.startswith("{")


def where_it_is_read(page: Path, folder: Path) -> Path:
    """Return an empty folder, or for a page of the spec pack, a pack."""
    if page.parent != PACK:
        return folder
    write_pack(folder / "pack")
    return folder / "pack"


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    # A user whose browser goes through the login at once.
    browser = folder / "browser"
    browser.write_text(
        f"#!{sys.executable}\nfrom urllib.request import urlopen\n"
        f"urlopen('http://127.0.0.1:{PORT}/?REQUEST_TOKEN={sandbox.issue_request_token()}').close()\n"
    )
    browser.chmod(0o700)
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TORUS_API_KEY": sandbox.api_key,
        "TORUS_API_SECRET": sandbox.api_secret,
        "TORUS_BASE_URL": sandbox.base_url,
        "TORUS_REQUEST_TOKEN": sandbox.issue_request_token(),
        "TORUS_SESSION_STORE": f"file:{folder / 'sessions'}",
        "BROWSER": str(browser),
        "TORUS_TOTP_SECRET": sandbox.totp_secret,
    }


def succeeds(*command: str, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one test at a time go on, whatever the number of workers."""
    with (Path(tempfile.gettempdir()) / f"torus-connect-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_python(code: str, sandbox: Sandbox, folder: Path) -> None:
    script = folder / "test_snippet.py"
    script.write_text(code)
    if "def test_" in code:
        output = succeeds(
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            script.name,
            cwd=folder,
            env=environment(sandbox, folder),
        )
        assert "1 passed" in output
    else:
        env = environment(sandbox, folder)
        succeeds(sys.executable, "-W", "error", script.name, cwd=folder, env=env)
        if "except TorusError" in code:  # once more: now the request token is spent
            assert "APIStatusError" in succeeds(sys.executable, "-W", "error", script.name, cwd=folder, env=env)


def run_console(text: str, sandbox: Sandbox, folder: Path, environments: Path) -> None:
    for line in text.splitlines():
        assert line.startswith("$ "), "a console shows what to type"
        command = line.removeprefix("$ ")
        env = environment(sandbox, folder)
        if command.startswith("make"):
            # Most of them run these very tests: here it counts that there is such a task.
            succeeds("sh", "-c", command.replace("make", "make --dry-run", 1), cwd=ROOT, env=env)
        elif command.startswith("pip install"):
            with alone("pip"):
                succeeds("sh", "-c", command, cwd=ROOT, env=installing(env, environments))
        else:
            succeeds("sh", "-c", command, cwd=folder, env=env)


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with what builds a wheel, and a pip that is not in it: to install that takes longer."""

    def make(there: Path) -> None:
        venv.create(there, symlinks=True)
        pip = there / "bin" / "pip"
        pip.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip --python "$(dirname "$0")/python" "$@"\n')
        pip.chmod(0o700)
        succeeds(str(pip), "install", "--quiet", "hatchling", cwd=there, env=dict(os.environ))

    return once(tmp_path_factory, "environment-of-snippets", make)


def installing(env: dict[str, str], there: Path) -> dict[str, str]:
    """Return variables by which pip installs into an environment made for it, and without what it would fetch."""
    return {
        **env,
        "PATH": os.pathsep.join([str(there / "bin"), env["PATH"]]),
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one backwards, and the next
        "PIP_NO_COMPILE": "0",
    }


@pytest.mark.parametrize(("page", "language", "code"), snippets())
def test_snippet(
    page: Path, language: str, code: str, torus_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = where_it_is_read(page, tmp_path)
    # A code that two snippets make of one secret at one time is the same code, and good once.
    with (
        alone(f"port-{PORT}") if "login" in code else nullcontext(),  # the one that is printed
        Sandbox() if "totp" in code else nullcontext(torus_sandbox) as sandbox,
    ):
        if language == "python":
            run_python(code, sandbox, folder)
        elif language == "console":
            run_console(code, sandbox, folder, request.getfixturevalue("environments"))
        else:
            assert language == "text", "a snippet is python, console, or text that is not run"


def test_the_links_within_the_repository_lead_somewhere() -> None:
    for page in PAGES:
        for block in MarkdownIt().parse(page.read_text()):
            for token in block.children or []:
                target = str(token.attrs.get("href") or token.attrs.get("src") or "https://")
                there = (
                    target in pack_files() if page.parent == PACK else (page.parent / target.partition("#")[0]).exists()
                )
                assert target.startswith(("https://", "#")) or there, (page, target)
