"""The command `torus-connect sandbox --conformance`, as a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conformance.playing import client
from support.command_line import run_here

COMMAND = (str(Path(sys.executable).with_name("torus-connect")), "sandbox")
RIGHT = client("Client", "right_client")
ONLY = ("--only", "success", "--only", "status-400")

LOOKS_AROUND = """\
import json, os, sys
found = {"names": sorted(os.environ), "input": sys.stdin.read(), "url": os.environ["TORUS_BASE_URL"]}
open(sys.argv[1], "w").write(json.dumps(found))
"""


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        (*COMMAND, *arguments),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        **options,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.usefixtures("measured")
def test_all_pass() -> None:
    done = run("--conformance", *ONLY, "--", *RIGHT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "pass  status-400\npass  success\n2 passed, 0 failed\n"


@pytest.mark.usefixtures("measured")
def test_one_fails() -> None:
    done = run("--conformance", *ONLY, "--", *client("AlwaysUnknown"))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == ("FAIL  status-400: ended with exit code 5 (unknown); expected refused")
    assert done.stdout.endswith("1 passed, 1 failed\n")


@pytest.mark.usefixtures("measured")
def test_json() -> None:
    done = run("--conformance", "--json", *ONLY, "--jobs", "1", "--", *client("AlwaysUnknown"))
    assert (done.returncode, done.stderr) == (1, "")
    why = "ended with exit code 5 (unknown); expected refused"
    assert json.loads(done.stdout) == {
        "passed": 1,
        "failed": 1,
        "vectors": [
            {"name": "status-400", "verdict": "fail", "why": why},
            {"name": "success", "verdict": "pass", "why": ""},
        ],
    }


def test_what_a_client_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "http_proxy", "TORUS_LOG", "TORUS_CA_FILE", "PYTHONPATH"):
        monkeypatch.setenv(name, "demo")
    there = tmp_path / "found.json"
    done = run("--conformance", "--only", "success", "--", sys.executable, "-c", LOOKS_AROUND, str(there))
    assert done.stdout.startswith("FAIL  success: sent no request\n")
    found = json.loads(there.read_text())
    ours = {"TORUS_API_KEY", "TORUS_API_SECRET", "TORUS_BASE_URL", "TORUS_REQUEST_TOKEN"}
    assert set(found["names"]) - {"LC_CTYPE"} <= {"PATH", "HOME", "LANG"} | ours  # LC_CTYPE is Python's own doing
    assert ours <= set(found["names"])
    assert found["input"] == ""
    assert found["url"].startswith("http://127.0.0.1:")
    assert found["url"].endswith("/api/v1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--conformance",), "--conformance needs the command of a client"),
        (("--conformance", "--only", "no-such-vector", "--", "true"), "there is no such vector; there are: lost-"),
        (("--conformance", "--", "/no/such/program"), "cannot be started: No such file"),
        (("--conformance", "--jobs", "0", "--", "true"), "--jobs must be 1 to 64"),
        (("--conformance", "--jobs", "many", "--", "true"), "--jobs: must be a number"),
        (("--", "true"), "a command is for --conformance only"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], words: str) -> None:
    done = run_here(("sandbox", *arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_client_is_left_running(number: int, tmp_path: Path) -> None:
    started = tmp_path / "started"
    slow = ("sh", "-c", 'sleep 60 & echo $! > "$0.part"; mv "$0.part" "$0"; sleep 60', str(started))
    with subprocess.Popen(
        [*COMMAND, "--conformance", "--only", "success", "--", *slow], stderr=subprocess.PIPE
    ) as player:
        while not started.exists():
            assert player.poll() is None
            time.sleep(0.02)
        player.send_signal(number)
        assert player.wait(10) == 130
        assert player.stderr is not None
        assert b"Traceback" not in player.stderr.read()
    assert ended(int(started.read_text()))


def ended(pid: int) -> bool:
    """Return whether a process is gone, or dead and not yet buried by whoever inherited it."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def test_it_needs_no_extra() -> None:
    code = (
        "import sys; from torus_connect.cli import main\n"
        "main(['sandbox', '--conformance', '--only', 'not-connected', '--', 'true'])\n"
        "print(*{'starlette', 'uvicorn', 'openapi_core', 'httpx', 'attrs'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
