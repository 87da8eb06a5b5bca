"""`serve()`, the sandbox in the foreground, as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from support.command_line import run_here
from support.operations import document

from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVE = (
    "from torus_connect.sandbox.server import serve; raise SystemExit(serve(port={port}, json_output={json_output}))"
)
PROGRAM = (sys.executable, "-m", "torus_connect")
ENDINGS = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def serving(*, port: int = 0, json_output: bool = True) -> Iterator[subprocess.Popen[str]]:
    code = SERVE.format(port=port, json_output=json_output)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-W", "error", "-c", code], stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.usefixtures("measured")
def test_it_says_where_it_is_and_ends_cleanly(ending: signal.Signals) -> None:
    with serving() as process:
        said = json.loads(read_line(process))
        assert said.keys() == {"base_url", "api_key", "api_secret", "totp_secret", "login_url"}
        origin = said["base_url"].removesuffix("/api/v1")
        # A request for another protocol is answered, too, without advice on standard error what to install.
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        assert httpx.get(origin, headers=upgrade).status_code < 500
        with httpx.Client() as http:  # kept alive beyond the end of the server
            assert said["login_url"] == f"{origin}/connect/login/{said['api_key']}"
            token = http.post(f"{origin}/_sandbox/request-tokens").json()["request_token"]
            reply = http.post(
                f"{said['base_url']}/session/generate",
                headers={"Token": token},
                json={"API_KEY": said["api_key"], "API_SECRET": said["api_secret"]},
            )
            assert reply.json() == {"AccessToken": Sandbox.access_token_for(token)}
            process.send_signal(ending)
            assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


@pytest.mark.usefixtures("measured")
def test_signals_that_keep_coming_do_not_disturb_the_end() -> None:
    with serving() as process:
        said = json.loads(read_line(process))
        with socket.create_connection(("127.0.0.1", httpx.URL(said["base_url"]).port or 0)) as connection:
            # A request that never ends makes the server wait for its grace, so that the later signals meet it.
            connection.sendall(
                b"POST /api/v1/session/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: 9\r\n\r\n{"
            )
            assert httpx.get(said["login_url"]).status_code == 302
            for ending in ENDINGS:
                process.send_signal(ending)
            assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


@pytest.mark.usefixtures("measured")
def test_the_text_for_people() -> None:
    with serving(json_output=False) as process:
        lines: list[str] = []
        while not (lines and lines[-1].startswith("Ctrl-C")):
            lines.append(read_line(process))
            assert lines[-1], "it ended early"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")
    text = "".join(lines)
    settings = dict(line.removeprefix("  export ").strip().split("=", 1) for line in lines if "export" in line)
    assert settings.keys() == {"TORUS_BASE_URL", "TORUS_API_KEY", "TORUS_API_SECRET"}
    origin = settings["TORUS_BASE_URL"].removesuffix("/api/v1")
    assert f"curl -X POST {origin}/_sandbox/request-tokens\n" in text
    assert f"curl -X POST {origin}/_sandbox/totp-codes\n" in text
    assert f"  account     {origin}/_sandbox/account\n" in text
    assert f"  TOTP secret {Sandbox.totp_secret}\n" in text
    assert f"{origin}/connect/login/{settings['TORUS_API_KEY']}\n" in text


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (
            None,
            "port {port} of 127.0.0.1 is taken; choose another with --port, or --port 0 to let the system pick one",
        ),
        (
            65_536,
            "port 65536 is not a port: it must be 0 to 65535; choose another with --port, or --port 0",
        ),
        (-1, "port -1 is not a port: it must be 0 to 65535; choose another with --port, or --port 0"),
    ],
)
def test_a_port_that_cannot_be_bound(port: int | None, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] if port is None else port
        code = serve(port=port)
    out, err = capfd.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("torus-connect: " + said.format(port=port))


def test_the_command_serves_another_document_or_says_why_not(tmp_path: Path) -> None:
    path = tmp_path / "torus.json"
    command = ["sandbox", "--port", "0", "--json", "--document", str(path)]
    done = run_here(command)
    why = "torus-connect: the document cannot be served: No such file or directory\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", why)
    path.write_text(json.dumps(document()), encoding="utf-8")
    with subprocess.Popen([*PROGRAM, *command], stdout=subprocess.PIPE, text=True) as process:
        try:
            said = json.loads(read_line(process))
            assert httpx.get(f"{said['base_url']}/stocks/search?q=demo").json() == [{"name": "all stocks"}]
        finally:
            process.terminate()
    assert process.returncode == 0


def test_the_command_plays_a_scenario_or_says_why_not(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    command = ["sandbox", "--port", "0", "--json", "--scenario", str(path)]
    path.write_text("prices:\n  14366: {prise: 14.65}\n", encoding="utf-8")
    done = run_here(command)
    why = f"torus-connect: {path}: prices.14366.prise: there is no such name here; the nearest is price\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", why)
    path.write_text("funds: {asha: 5000}\nlose_replies: [{faults: too_many_requests, operation_id: funds}]\n")
    with subprocess.Popen([*PROGRAM, *command], stdout=subprocess.PIPE, text=True) as process:
        try:
            said = json.loads(read_line(process))
            token = httpx.post(said["base_url"].removesuffix("/api/v1") + "/_sandbox/request-tokens").json()
            keys = {"API_KEY": said["api_key"], "API_SECRET": said["api_secret"]}
            headers = {"Token": token["request_token"]}
            access = httpx.post(f"{said['base_url']}/session/generate", headers=headers, json=keys).json()
            headers = {"Authorization": f"Bearer {access['AccessToken']}"}
            reply = httpx.post(f"{said['base_url']}/funds/", headers=headers, json={"source": "N"})
            assert reply.status_code == 429
        finally:
            process.terminate()
    assert process.returncode == 0


def test_nothing_heavy_is_imported_before_it_starts_and_without_the_extra_the_error_says_what_to_install() -> None:
    code = """
import os, sys
import torus_connect.sandbox.server, torus_connect.testing
from torus_connect.sandbox import Sandbox, SandboxMissing
print(sorted({"starlette", "uvicorn", "openapi_core", "pyotp", "httpx", "attrs", "asyncio"} & sys.modules.keys()))
for missing in ("starlette", "uvicorn", "openapi_core", "pyotp"):
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    sys.modules[missing] = None
    for start in (Sandbox().start, lambda: torus_connect.sandbox.server.serve(port=0)):
        try:
            start()
        except SandboxMissing as error:
            print(missing, error)
    break
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    said = "the sandbox needs the extra: pip install 'torus-connect[sandbox]'\n"
    missing = ("starlette", "uvicorn", "openapi_core", "pyotp")
    assert done.stdout == "[]\n" + "".join(f"{each} {said}" * 2 for each in missing)
    assert done.stderr == ""
