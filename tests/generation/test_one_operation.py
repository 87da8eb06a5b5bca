"""Whoever uses one operation pays for one: what it loads does not depend on what else the document has."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from pathlib import Path

    from generation.conftest import Workshop

SHOW = "import sys; before = set(sys.modules); {}; print(*sorted(set(sys.modules) - before))"
OPERATION = "import torus_connect_api.api.session.generate_session"
USE = """from torus_connect_api.api.session import generate_session as operation
from torus_connect_api.models.generate_session_request import GenerateSessionRequest
operation._get_kwargs(body=GenerateSessionRequest(api_key="demo", api_secret="demo"))"""
# What the generator can make, and what of it needs an import when it is called, or already for a default.
RICH: dict[str, Any] = {
    "operationId": "richOperation",
    "tags": ["session"],
    "parameters": [
        {"name": "day", "in": "query", "schema": {"type": "string", "format": "date", "default": "2026-01-02"}},
        {"name": "kind", "in": "query", "schema": {"$ref": "#/components/schemas/Kind"}},
        {"name": "since", "in": "query", "required": True, "schema": {"type": "string", "format": "date-time"}},
        {"name": "X-Limit", "in": "header", "schema": {"type": "integer"}},
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/GenerateSessionRequest"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    },
    "responses": {
        "200": {
            "description": "Done.",
            "content": {
                "application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/GenerateSessionResponse"}}
                }
            },
        },
        "4XX": {"description": "Not done.", "content": {"application/json": {"schema": {"type": "string"}}}},
    },
}
CALL_RICH = """
import datetime, json, httpx
from torus_connect_api import Client
from torus_connect_api.api.session import rich_operation
from torus_connect_api.models import GenerateSessionRequest, Kind

def answer(request):
    asked = dict(request.url.params), request.headers["X-Limit"], request.url.path, json.loads(request.content)
    print(*asked)
    return httpx.Response(200, json=[{"AccessToken": "demo"}])

client = Client(base_url="http://host").set_httpx_client(
    httpx.Client(base_url="http://host", transport=httpx.MockTransport(answer)))
body = GenerateSessionRequest(api_key="k", api_secret="s")
since = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
got = rich_operation.sync(id="a/b", client=client, body=body, kind=Kind.NEW, since=since, x_limit=3)
print([each.access_token for each in got])
"""


def python(output: Path, code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", code],
        env=os.environ | {"PYTHONPATH": str(output)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.strip()


def with_operations(workshop: Workshop, many: int) -> Workshop:
    """Add operations, each with a body and a reply of its own."""
    yaml = YAML()
    document = yaml.load(workshop.spec)
    schemas = document["components"]["schemas"]
    schemas["Kind"] = {"type": "string", "enum": ["NEW", "OLD"]}
    document["paths"]["/rich/{id}"] = {"post": RICH}
    for number in range(many):
        for name in (f"Question{number}", f"Answer{number}"):
            schemas[name] = {"type": "object", "required": ["Text"], "properties": {"Text": {"type": "string"}}}
        document["paths"][f"/more/{number}"] = {
            "post": {
                "operationId": f"more{number}",
                "tags": ["session"],
                "requestBody": content_of(f"Question{number}") | {"required": True},
                "responses": {"200": content_of(f"Answer{number}") | {"description": "Done."}},
            }
        }
    yaml.dump(document, workshop.spec)
    return workshop


def content_of(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


@pytest.fixture(scope="module")
def large(pristine: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client of more than 50 operations, as the templates give it; without the reference page, for speed."""
    workshop = with_operations(pristine.copy(tmp_path_factory.mktemp("large") / "workshop"), 50)
    package = workshop.root / "large"
    package.mkdir()
    inputs = [str(path) for path in (workshop.spec, workshop.config, workshop.templates)]
    code = (
        f"import sys; from pathlib import Path; sys.path.insert(0, {str(workshop.root / 'tools')!r}); import sdk; "
        f"sdk.run_generator(sdk.Inputs(*map(Path, {inputs!r})), Path({str(package)!r}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return package


def test_an_operation_loads_nothing_heavy(pristine: Workshop) -> None:
    loaded = python(pristine.output, SHOW.format(OPERATION)).split()
    # Some installations load `__future__` before anything else.
    assert set(loaded) - {"__future__"} == {
        "torus_connect_api",
        "torus_connect_api.api",
        "torus_connect_api.api.session",
        "torus_connect_api.api.session.generate_session",
    }


@pytest.mark.parametrize("code", [OPERATION, f"exec({USE!r})"])
def test_the_same_is_loaded_with_50_operations_more(pristine: Workshop, large: Path, code: str) -> None:
    assert python(large, SHOW.format(code)) == python(pristine.output, SHOW.format(code))


def test_a_model_loads_no_other_and_no_httpx(large: Path) -> None:
    loaded = python(large, SHOW.format("from torus_connect_api.models import Question7")).split()
    assert {name for name in loaded if name.startswith("torus_connect_api.models.")} == {
        "torus_connect_api.models.question_7"
    }
    assert "httpx" not in loaded


def test_what_an_operation_imports_late_is_all_that_it_needs(large: Path) -> None:
    asked, got = python(large, CALL_RICH).splitlines()
    assert "'day': '2026-01-02'" in asked
    assert "'kind': 'NEW'" in asked
    assert "/rich/a/b" in asked
    assert got == "['demo']"


def test_a_renamed_field_reaches_the_wire(workshop: Workshop, committed: Workshop) -> None:
    yaml = YAML()
    document = yaml.load(workshop.spec)
    schema = document["components"]["schemas"]["GenerateSessionRequest"]
    schema["properties"]["ApiKey"] = schema["properties"].pop("API_KEY")
    schema["required"] = ["ApiKey", "API_SECRET"]
    schema.pop("example", None)
    yaml.dump(document, workshop.spec)
    run = workshop.run()
    assert run.returncode == 0, run.stderr
    code = (
        f"import sys; sys.path.insert(0, {str(committed.root / 'overrides')!r})\n"
        "from torus_connect.exchange import session_request\n"
        "from torus_connect.secret import Secret\nfrom torus_connect.settings import Settings\n"
        "settings = Settings(api_key=Secret('k'), api_secret=Secret('s'))\n"
        "print(session_request(settings, Secret('t')).content)"
    )
    assert python(workshop.output, code) == '{"API_SECRET": "s", "ApiKey": "k"}'
