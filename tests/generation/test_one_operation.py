"""Whoever uses one operation pays for one: what it loads does not depend on what else the document has."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML
from support.once import once

if TYPE_CHECKING:
    from pathlib import Path

    from generation.conftest import Workshop

# What it loads of the package, each with the size of its source.
LOADED = """
import sys
from pathlib import Path
before = set(sys.modules)
{}
print(*sorted(set(sys.modules) - before))
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] == "torus_connect_api":
        print(name, len(Path(module.__file__).read_bytes()))
"""
PACKAGE = "import torus_connect_api"
SESSION = """from torus_connect_api.api.session import generate_session as operation
body = operation.json_body(api_key="demo", api_secret="demo")
operation.request(body=body).read_by(operation.read_access_token).parse({"AccessToken": "demo"})"""
MODEL = (
    SESSION
    + """
operation.request(body=body).parse({"AccessToken": "demo"})"""
)
TAG = """from torus_connect_api import Api
class Client:
    def send(self, request):
        return request.parse({"AccessToken": "demo"})
Api(Client()).session.generate_session(api_key="demo", api_secret="demo")"""
NEVER = {"asyncio", "attr", "attrs", "dateutil", "decimal", "httpx", "json", "ssl"}


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
    for number in range(many):
        for name in (f"Question{number}", f"Answer{number}"):
            schemas[name] = {"type": "object", "required": ["Text"], "properties": {"Text": {"type": "string"}}}
        reply = content_of(f"Answer{number}")
        reply["content"]["application/json"]["example"] = {"Text": "demo"}
        document["paths"][f"/more/{number}"] = {
            "post": {
                "operationId": f"more{number}",
                "tags": ["session"],
                "requestBody": content_of(f"Question{number}") | {"required": True},
                "responses": {"200": reply | {"description": "Done."}},
            }
        }
    yaml.dump(document, workshop.spec)
    return workshop


def content_of(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


@pytest.fixture(scope="module")
def large(pristine: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client of more than 50 operations."""

    def make(root: Path) -> None:
        with_operations(pristine.copy(root), 50).package("torus_connect_api")

    return once(tmp_path_factory, "generation-large", make) / "torus_connect_api"


@cache
def loaded(output: Path, code: str) -> tuple[set[str], dict[str, int]]:
    """Return all modules that are loaded, and those of the package with their sizes."""
    first, *rest = python(output, LOADED.format(code)).splitlines()
    return set(first.split()), {name: int(size) for name, size in (line.split() for line in rest)}


def test_the_package_loads_nothing(pristine: Workshop) -> None:
    modules, _ = loaded(pristine.output, PACKAGE)
    assert modules == {"torus_connect_api"}


def test_a_session_request_and_its_reader_load_nothing_heavy(pristine: Workshop) -> None:
    modules, own = loaded(pristine.output, SESSION)
    assert not modules & NEVER
    assert {name.removeprefix("torus_connect_api") for name in own} == {
        "",
        ".api",
        ".api.session",
        ".api.session.generate_session",
        ".client",
        ".document",
        ".types",
    }


def test_a_model_loads_no_other_and_no_client(pristine: Workshop) -> None:
    modules, own = loaded(pristine.output, MODEL)
    assert {name for name in own if ".models." in name} == {"torus_connect_api.models.generate_session_response"}
    assert not modules & (NEVER - {"attr", "attrs", "decimal"})


@pytest.mark.parametrize("code", [SESSION, MODEL])
def test_the_same_is_loaded_with_50_operations_more(pristine: Workshop, large: Path, code: str) -> None:
    assert loaded(large, code) == loaded(pristine.output, code)


def test_the_class_of_a_tag_loads_the_operation_that_is_called(pristine: Workshop, large: Path) -> None:
    (modules, few), (same, many) = loaded(pristine.output, TAG), loaded(large, TAG)
    assert modules == same
    assert {name for name, size in many.items() if size != few[name]} == {"torus_connect_api.api.session._sync"}


def test_every_model_is_found_by_its_name(large: Path) -> None:
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom torus_connect_api import models\n"
        "names = re.findall(r'(\\w+) as \\1', Path(models.__file__ + 'i').read_text())\n"
        "print(len(names) == len([*Path(models.__file__).parent.glob('*.py')]) - 1 > 100)\n"
        "print({getattr(models, name).__name__ == name for name in names}, hasattr(models, 'Nothing'))"
    )
    assert python(large, code) == "True\n{True} False"


def test_a_renamed_field_reaches_the_wire(workshop: Workshop) -> None:
    yaml = YAML()
    document = yaml.load(workshop.spec)
    schema = document["components"]["schemas"]["GenerateSessionRequest"]
    schema["properties"]["ApiKey"] = schema["properties"].pop("API_KEY")
    schema["required"] = ["ApiKey", "API_SECRET"]
    yaml.dump(document, workshop.spec)
    code = (
        "from torus_connect_api.api.session import generate_session as operation\n"
        "print(operation.request(body=operation.json_body(api_key='k', api_secret='s')).json)"
    )
    assert python(workshop.package("torus_connect_api"), code) == "{'API_SECRET': 's', 'ApiKey': 'k'}"
