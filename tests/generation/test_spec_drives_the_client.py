"""What is added to the spec is there in the client, and reaches the wire with the request token."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generation.conftest import Workshop

PROBE: dict[str, Any] = {
    "operationId": "probeSession",
    "tags": ["session"],
    "security": [{"RequestToken": []}],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ProbeRequest"}}},
    },
    "responses": {
        "200": {
            "description": "Probed.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ProbeReply"}}},
        }
    },
}
SCHEMAS: dict[str, Any] = {
    "ProbeRequest": {"type": "object", "required": ["Question"], "properties": {"Question": {"type": "string"}}},
    "ProbeReply": {"type": "object", "required": ["Answer"], "properties": {"Answer": {"type": "integer"}}},
}
REPLIES = {
    "/api/v1/session/probe": {"Answer": 42},
    "/api/v1/session/generate": {"AccessToken": "demo-access-token", "AddedField": "added"},
}

# What a user of the new client writes; mypy reads it too.
CALLER = """
import asyncio
import sys

import torus_connect
from torus_connect_api import AuthenticatedClient
from torus_connect_api.api.session import generate_session, probe_session
from torus_connect_api.models import GenerateSessionRequest, GenerateSessionResponse, ProbeReply, ProbeRequest

PROBE = ProbeRequest(question="sync or async?")
LOGIN = GenerateSessionRequest(api_key="demo-key", api_secret="demo-secret")


def connect() -> AuthenticatedClient:
    return torus_connect.generated_client(request_token="demo-request-token", base_url=sys.argv[1])


def show(probed: ProbeReply | None, generated: object) -> None:
    assert isinstance(probed, ProbeReply)
    assert isinstance(generated, GenerateSessionResponse)
    answer: int = probed.answer
    print(answer, generated.access_token, generated.added_field)


async def by_async() -> None:
    async with connect() as client:
        probed = await probe_session.asyncio(client=client, body=PROBE)
        show(probed, await generate_session.asyncio(client=client, body=LOGIN))


with connect() as client:
    show(probe_session.sync(client=client, body=PROBE), generate_session.sync(client=client, body=LOGIN))
asyncio.run(by_async())
"""


class Arrived(NamedTuple):
    """What the server saw of one request."""

    method: str
    path: str
    token: list[str] | None
    authorization: list[str] | None
    body: object


@contextmanager
def server(arrived: list[Arrived]) -> Iterator[str]:
    """Serve the replies on a real socket, and note what arrives."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            get = self.headers.get_all
            arrived.append(Arrived(self.command, self.path, get("Token"), get("Authorization"), body))
            content = json.dumps(REPLIES[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}/api/v1"
        finally:
            listener.shutdown()
            thread.join()


def add_to_spec(spec: Path) -> None:
    """Add an operation with schemas of its own, and an optional field to a reply that is there."""
    yaml = YAML()
    document = yaml.load(spec)
    document["paths"]["/session/probe"] = {"post": PROBE}
    document["components"]["schemas"].update(SCHEMAS)
    document["components"]["schemas"]["GenerateSessionResponse"]["properties"]["AddedField"] = {"type": "string"}
    yaml.dump(document, spec)


def test_added_operation_and_field_reach_the_wire(workshop: Workshop, committed: Workshop) -> None:
    add_to_spec(workshop.spec)
    run = workshop.run()
    assert run.returncode == 0, run.stderr
    caller = workshop.root / "caller.py"
    caller.write_text(CALLER, encoding="utf-8")
    packages = [str(workshop.output), str(committed.root / "overrides")]

    arrived: list[Arrived] = []
    with server(arrived) as base_url:
        call = subprocess.run(
            [sys.executable, "-W", "error", str(caller), base_url],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(packages), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert (call.returncode, call.stderr) == (0, "")
    assert call.stdout == "42 demo-access-token added\n" * 2
    token = ["demo-request-token"]
    login = {"API_KEY": "demo-key", "API_SECRET": "demo-secret"}
    assert arrived == 2 * [
        Arrived("POST", "/api/v1/session/probe", token, None, {"Question": "sync or async?"}),
        Arrived("POST", "/api/v1/session/generate", token, None, login),
    ]


# What the client sends, or why it cannot.
BUILDER = """
from torus_connect import Secret
from torus_connect.exchange import session_request
from torus_connect.settings import Settings

settings = Settings(api_key=Secret("demo-key"), api_secret=Secret("demo-secret"))
print(session_request(settings, Secret("demo-request-token")).content)
"""


def test_a_field_that_the_client_has_nothing_for_is_never_left_out(workshop: Workshop, committed: Workshop) -> None:
    yaml = YAML()
    document = yaml.load(workshop.spec)
    schema = document["components"]["schemas"]["GenerateSessionRequest"]
    schema["properties"]["TenantId"] = {"type": "string"}
    schema["required"].append("TenantId")
    yaml.dump(document, workshop.spec)
    run = workshop.run()
    assert run.returncode == 0, run.stderr
    packages = [str(workshop.output), str(committed.root / "overrides")]
    built = subprocess.run(
        [sys.executable, "-c", BUILDER],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(packages)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert built.returncode == 1
    assert built.stderr.endswith("KeyError: 'tenant_id'\n")
