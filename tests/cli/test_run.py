"""`torus-connect run`: what the program is given, and what becomes of it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import BASE_URL, TOKEN, command, command_process

from torus_connect.cli._variables import HANDED_ON, KNOWN, WITHHELD

pytestmark = pytest.mark.usefixtures("session_folder")

SHOW_ENVIRONMENT = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
SHOW_ARGUMENTS = (sys.executable, "-c", "import json, sys; print(json.dumps(sys.argv[1:]))")
KEPT = {
    "TORUS_ACCOUNT_BASE_URL": BASE_URL,
    "TORUS_API_KEY": "demo-api-key",
    "TORUS_BASE_URL": BASE_URL,
    "TORUS_CA_FILE": "/demo/ca.pem",
    "TORUS_DAY_ENDS": "03:30",
    "TORUS_LOG": "error",
    "TORUS_TOTP_BASE_URL": BASE_URL,
    "TORUS_TRUST": "system",
}


@pytest.mark.usefixtures("stored")
def test_a_program_gets_the_token() -> None:
    code = "import os, sys; print(os.environ['TORUS_ACCESS_TOKEN'], sys.argv[1:], input()); sys.exit(7)"
    done = command_process("run", "--", sys.executable, "-c", code, "--user", "x", stdin="typed\n")
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == f"{TOKEN} ['--user', 'x'] typed\n"


@pytest.mark.usefixtures("stored")
def test_it_becomes_the_program() -> None:
    """No process is left in between, which would keep signals to itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "torus_connect", "run", "--", sys.executable, "-c", "import os; print(os.getpid())"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.communicate(timeout=20)[0] == f"{process.pid}\n"


@pytest.mark.usefixtures("stored")
def test_a_pipe_that_nobody_reads_ends_it() -> None:
    shell = f"exec {sys.executable} -m torus_connect run -- sh -c 'while echo x; do :; done'"
    with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"x\n"
        process.stdout.close()
        assert process.wait(20) == -signal.SIGPIPE


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [("no-such-program-here", 127, "no such program"), ("/", 126, "cannot be run: Permission denied")],
)
@pytest.mark.usefixtures("stored")
def test_what_cannot_be_run(program: str, code: int, words: str) -> None:
    done = command("run", "--", program)
    assert done.returncode == code
    assert words in done.stderr


@pytest.mark.usefixtures("expired")
def test_without_a_good_session(tmp_path: Path) -> None:
    done = command("run", "--", "touch", str(tmp_path / "it-ran"))
    assert done.returncode == 2
    assert not (tmp_path / "it-ran").exists()
    assert command("run", "--user", "another-user", "--", "true").returncode == 2


@pytest.mark.usefixtures("stored")
def test_without_a_program() -> None:
    assert command("run").returncode == 2
    assert command("run", "--").returncode == 2


class TestEnvironment:
    """Of our variables, the program finds those that it may need, and no other secret than the access token."""

    @pytest.mark.usefixtures("stored")
    def test_no_secret_but_the_access_token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        secrets = {name: "canary-not-real" for name in WITHHELD if name != "TORUS_SESSION_STORE"}
        older = {"TORUS_STORE_KEY_OLD": "canary-not-real", "TORUS_API_SECRET_2": "canary-not-real"}
        for name, value in {**secrets, **older, **KEPT, "TORUS_ACCESS_TOKEN": "canary", "OF_HIS_OWN": "demo"}.items():
            monkeypatch.setenv(name, value)
        done = command_process("run", "--", *SHOW_ENVIRONMENT)
        assert "canary" not in done.stdout
        found = json.loads(done.stdout)
        ours = {name: value for name, value in found.items() if name.startswith("TORUS_")}
        assert ours == {**KEPT, "TORUS_ACCESS_TOKEN": TOKEN}
        assert found["OF_HIS_OWN"] == "demo"

    def test_every_variable_is_decided(self) -> None:
        assert set(KNOWN) == {*WITHHELD, *HANDED_ON, *KEPT}

    def test_what_examples_and_samples_read_is_known(self, repository: Path) -> None:
        found = [path for name in ("examples", "generated/samples") for path in (repository / name).rglob("*")]
        texts = [path.read_text("utf-8") for path in found if path.is_file() and path.suffix != ".pyc"]
        read = {name for text in texts for name in re.findall(r"\bTORUS_[A-Z_]*[A-Z]\b", text)}
        assert {"TORUS_STORE_KEY", "TORUS_TOTP"} <= read <= set(KNOWN)

    def test_the_help_and_the_documentation_name_what_is_withheld(self, repository: Path) -> None:
        page = (repository / "docs" / "reference" / "command-line.md").read_text("utf-8")
        rows = page.split("| kept from it |", 1)[1]
        for told in (command("run", "--help").stdout, rows):
            assert set(re.findall(r"\bTORUS_[A-Z_]+\b", told)) - {*KEPT, "TORUS_ACCESS_TOKEN"} == set(WITHHELD)


class TestArguments:
    """The program gets its arguments as they were given."""

    @pytest.mark.parametrize(
        ("given", "found"),
        [
            (("--", *SHOW_ARGUMENTS, "a", "--", "x"), ["a", "--", "x"]),
            ((*SHOW_ARGUMENTS, "a", "--", "x"), ["a", "--", "x"]),
            ((*SHOW_ARGUMENTS, "--", "--"), ["--", "--"]),
            ((*SHOW_ARGUMENTS, "--user", "another", "--help"), ["--user", "another", "--help"]),
            (("--user", "default", "--", *SHOW_ARGUMENTS, "-h"), ["-h"]),
            (("--user=default", "--base-url", BASE_URL, *SHOW_ARGUMENTS, "", "a b"), ["", "a b"]),
        ],
    )
    @pytest.mark.usefixtures("stored")
    def test_as_they_were_given(self, given: tuple[str, ...], found: list[str]) -> None:
        done = command_process("run", *given)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == found

    def test_an_option_that_there_is_not(self) -> None:
        done = command("run", "--no-such-option", "--", "true")
        assert done.returncode == 2
        assert "unrecognized arguments" in done.stderr
