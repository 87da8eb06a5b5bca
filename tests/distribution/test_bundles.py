"""The command line in one file, made by `zipapp` and PyInstaller: it finds its code, its documents, and a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from distribution.conftest import BIN, ROOT, Install, call, pip
from distribution.test_distributions import wheel_of
from support.once import once

from torus_connect import __version__
from torus_connect.cli import main
from torus_connect.sandbox import Sandbox

pytestmark = pytest.mark.soak

PAGE = (ROOT / "docs" / "guides" / "one-file.md").read_text(encoding="utf-8")
PROGRAM = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0]
Command = tuple[str | Path, ...]


def zipped(dist: Path, folder: Path) -> None:
    call(BIN / "python", "-m", "pip", "install", "--quiet", "--target", folder / "program", wheel_of(dist))
    (folder / "program" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    call(BIN / "python", "-m", "zipapp", folder / "program", "--output", folder / "torus-connect.pyz")


def bundled(dist: Path, install: Install, folder: Path) -> None:
    programs = install(wheel_of(dist))
    pip(programs / "python", "--constraint", ROOT / "requirements" / "dev.txt", "pyinstaller")
    folder.mkdir()
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    options = ("--onefile", "--name", "torus-connect", "--log-level", "WARN")
    call(programs / "pyinstaller", *options, "program.py", cwd=folder, env={"PYTHONHASHSEED": "1"})


@pytest.fixture(params=["zipapp", "PyInstaller"])
def program(
    request: pytest.FixtureRequest, dist: Path, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Command:
    """Return the command, in one file."""
    if request.param == "zipapp":
        folder = once(tmp_path_factory, "zipapp", lambda there: zipped(dist, there))
        return (sys.executable, "-I", "-W", "error", folder / "torus-connect.pyz")
    folder = once(tmp_path_factory, "pyinstaller", lambda there: bundled(dist, install, there))
    return (folder / "dist" / "torus-connect",)


def variables(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    return {
        "TORUS_BASE_URL": sandbox.base_url,
        "TORUS_API_KEY": sandbox.api_key,
        "TORUS_API_SECRET": sandbox.api_secret,
        "TORUS_SESSION_STORE": f"file:{tmp_path}/sessions",
    }


def test_its_documents(program: Command, tmp_path: Path) -> None:
    assert call(*program, "--version") == f"torus-connect {__version__}\n"
    assert call(*program, "spec") == (ROOT / "openapi" / "torus.yaml").read_text(encoding="utf-8")
    assert call(*program, "spec", "--format", "json") == (ROOT / "generated" / "torus.json").read_text(encoding="utf-8")
    assert call(*program, "spec", "--pack", tmp_path / "packed") == ""
    assert main(["spec", "--pack", str(tmp_path / "checkout")]) == 0
    assert call("diff", "--recursive", tmp_path / "packed", tmp_path / "checkout") == ""


def test_its_commands(program: Command, tmp_path: Path) -> None:
    for words in ((), ("session",), *(("session", verb) for verb in ("generate", "show", "path", "clear", "token"))):
        assert "usage: torus-connect" in call(*program, *words, "--help")
    for command in ("run", "login", "sandbox", "spec"):
        assert f"usage: torus-connect {command}" in call(*program, command, "--help")
    with Sandbox() as sandbox:
        env = variables(sandbox, tmp_path)
        token = sandbox.issue_request_token()
        generated = call(*program, "session", "generate", env={**env, "TORUS_REQUEST_TOKEN": token})
        assert generated == f"{sandbox.access_token_for(token)}\n"
        done = subprocess.run(
            [*program, "session", "token"], env={**os.environ, **env}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "No session of this user is stored" in done.stderr
    played = call(*program, "sandbox", "--conformance", "--only", "success", "--", *program, "session", "generate")
    assert played == "pass  success\n1 passed, 0 failed\n"


def test_a_login_with_its_browser(program: Command, tmp_path: Path) -> None:
    """The browser is a program that goes to the address, and says what it was given."""
    browser, record = tmp_path / "browser", tmp_path / "record"
    browser.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        f"with open('{record}', 'w') as file: json.dump([sys.argv[1:], dict(os.environ)], file)\n"
    )
    browser.chmod(0o700)
    with Sandbox() as sandbox:
        env = variables(sandbox, tmp_path)
        command = [str(word) for word in (*program, "login", "--port", "8799")]
        for opener, told in ((str(browser), ""), ("false", "No browser could be opened")):
            with subprocess.Popen(
                [*command, "--force"], env={**os.environ, **env, "BROWSER": opener}, stderr=subprocess.PIPE, text=True
            ) as process:
                assert process.stderr
                said = [process.stderr.readline() for _ in range(3 if told else 2)]
                back = f"http://127.0.0.1:8799/?REQUEST_TOKEN={sandbox.issue_request_token()}"
                urllib.request.urlopen(back).close()
                said.append(process.stderr.read())
            assert process.returncode == 0, said
            assert "Opening the login in the browser" in said[0]
            assert ("No browser could be opened" in "".join(said)) == bool(told)
        arguments, environment = json.loads(record.read_text())
        assert arguments == [sandbox.login_url]
        assert not [name for name in environment if name.startswith("TORUS_") or "_MEI" in environment[name]]


def test_a_program_that_it_runs_has_the_environment_of_before(program: Command, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        env = {**variables(sandbox, tmp_path), "LD_LIBRARY_PATH": str(tmp_path)}
        subprocess.run(
            [*program, "login", "--paste"], env={**os.environ, **env}, input=sandbox.issue_request_token().encode(),
            capture_output=True, check=True,
        )  # fmt: skip
        show = "import json, os; print(json.dumps(dict(os.environ)))"
        found = json.loads(call(*program, "run", "--", sys.executable, "-c", show, env=env))
    assert found["LD_LIBRARY_PATH"] == str(tmp_path)
    assert found["TORUS_ACCESS_TOKEN"]
    assert not [name for name in found if name.startswith("_PYI_") or "_MEI" in found[name]]
