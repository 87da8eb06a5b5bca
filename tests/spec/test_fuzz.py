"""Schemathesis is content with the sandbox (`tools/fuzz/run.py`), and sees it where a reply is not as specified."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from support.operations import document

from fuzz import run
from torus_connect.sandbox import Sandbox

pytestmark = pytest.mark.toolchain

FAULTS = {
    "a status that is not documented": (r"        default:\n(          .*\n|\n)+", "", "Undocumented status code"),
    "a reply of another type": (
        r"(    GenerateSessionResponse:(.*\n)+?        AccessToken:\n          type: )string",
        r"\1integer",
        "Response violates schema",
    ),
    "a valid request that is refused": (r"          minLength: 1\n", "", "Schema-valid request rejected"),
}


def complaint(spec: Path, origin: str) -> str:
    done = run.play(spec, origin, examples=20, capture=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def test_the_specification_is_what_the_sandbox_serves(torus_sandbox: Sandbox) -> None:
    before = torus_sandbox.exchanges
    assert complaint(run.SPEC, torus_sandbox.origin) == ""
    assert torus_sandbox.exchanges > before


@pytest.mark.parametrize("fault", FAULTS)
def test_another_specification_is_not(fault: str, tmp_path: Path, torus_sandbox: Sandbox) -> None:
    old, new, said = FAULTS[fault]
    text, count = re.subn(old, new, run.SPEC.read_text(encoding="utf-8"))
    assert count, f"the specification has no {old}: name another"
    spec = tmp_path / run.SPEC.name
    spec.write_text(text, encoding="utf-8")
    assert said in complaint(spec, torus_sandbox.origin)


@pytest.mark.parametrize("open_to_all", [False, True])
def test_operations_of_every_kind(tmp_path: Path, *, open_to_all: bool) -> None:
    whole = document()
    del whole["paths"]["/funds/"]  # it has no example, and is answered 501
    spec, served = tmp_path / "torus.json", tmp_path / "served.json"
    spec.write_text(json.dumps(whole), encoding="utf-8")
    if open_to_all:
        whole["paths"]["/holdings/"]["post"]["security"] = []
    served.write_text(json.dumps(whole), encoding="utf-8")
    with Sandbox(document=served) as sandbox:
        said = complaint(spec, sandbox.origin)
    if open_to_all:
        assert "with None as its token it was answered 200" in said
    else:
        assert said == ""


class Careless(BaseHTTPRequestHandler):
    """Serves everybody, whatever he sends."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = b'{"AccessToken": "demo-access-token-not-real", "request_token": "demo-request-token"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def careless() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Careless) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_service_that_asks_for_no_token_and_takes_any_body_is_seen(careless: str) -> None:
    said = complaint(run.SPEC, careless)
    assert "with None as its token it was answered 200" in said
    assert "Schema-violating request accepted" in said
