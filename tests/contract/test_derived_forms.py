"""The other forms of the document say what the document says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import ValidationError  # type: ignore[import-untyped]
from support.openapi import check_openapi

import derive

ROOT = Path(__file__).parents[2]
FORMS = ("torus.bundled", "torus.dereferenced", "torus-3.1")
OF_THE_DOCUMENT = pytest.mark.toolchain  # `make spec-lint`
SMALL = "openapi: 3.0.3\ninfo: {title: demo, version: 1.0.0}\npaths: {}\n"


def form(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "generated" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def derived(folder: Path, text: str) -> dict[str, str]:
    spec = folder / "torus.yaml"
    spec.write_text(text, encoding="utf-8")
    return derive.documents(spec)


def expanded(node: Any, root: Any) -> Any:
    """Put every target in the place of its reference, by other means than the tool."""
    while isinstance(node, dict) and "$ref" in node:
        kind, name = node["$ref"].removeprefix("#/components/").split("/")
        node = root["components"][kind][name]
    if isinstance(node, dict):
        return {key: expanded(value, root) for key, value in node.items()}
    return [expanded(value, root) for value in node] if isinstance(node, list) else node


@OF_THE_DOCUMENT
@pytest.mark.parametrize(
    "name", ["torus-3.1", *(pytest.param(name, marks=pytest.mark.soak) for name in FORMS if name != "torus-3.1")]
)
def test_the_yaml_is_the_json_whoever_reads_it(name: str) -> None:
    text = (ROOT / "generated" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Made from torus.yaml, ")
    assert yaml.load(text, yaml.CSafeLoader) == form(name)  # YAML 1.1
    assert derive.load(ROOT / "generated" / f"{name}.yaml") == form(name)  # YAML 1.2
    assert not [line for line in text.splitlines() if line != line.rstrip()]


@OF_THE_DOCUMENT
def test_bundled_is_the_document_with_code_samples() -> None:
    bundled = form("torus.bundled")
    samples = [operation.pop("x-codeSamples") for item in bundled["paths"].values() for operation in item.values()]
    assert all(samples)
    assert bundled == form("torus")
    assert {reference["$ref"][:2] for reference in derive.references(form("torus.bundled"))} == {"#/"}


@OF_THE_DOCUMENT
def test_dereferenced_says_the_same_without_a_reference() -> None:
    assert form("torus.dereferenced") == expanded(form("torus"), form("torus"))
    assert "$ref" not in (ROOT / "generated" / "torus.dereferenced.yaml").read_text()
    check_openapi(form("torus.dereferenced"))


@OF_THE_DOCUMENT
def test_the_3_1_edition_is_openapi_3_1() -> None:
    edition = form("torus-3.1")
    assert edition["openapi"] == "3.1.1"
    check_openapi(edition)
    for broken in (edition | {"paths": {"/x": {"post": {"responses": 7}}}}, edition | {"nullable": True}):
        with pytest.raises(ValidationError):
            check_openapi(broken)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("components: {schemas: {A: {$ref: other.yaml}}}", "other.yaml is not in this file"),
        ("components: {schemas: {A: {$ref: '#/components/schemas/B'}}}", "there is no #/components/schemas/B"),
        (
            "components: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}}}}}",
            "#/components/schemas/A refers to itself, so there is no form without references",
        ),
        (
            "components: {schemas: {A: {type: string}, B: {$ref: '#/components/schemas/A', example: a}}}",
            "beside the reference to #/components/schemas/A there is more, which OpenAPI 3.0 ignores",
        ),
        ("components: {schemas: {A: {format: byte}}}", "there is no translation of the format byte to OpenAPI 3.1"),
        ("x-day: 2026-01-01", "2026-01-01 is a date, which JSON does not have: put it in quotes"),
    ],
)
def test_what_cannot_be_derived_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(derive.DerivationError) as caught:
        derived(tmp_path, f"{SMALL}{text}\n")
    assert str(caught.value) == f"torus.yaml: {why}"


def test_pointers_are_unescaped_and_chains_followed(tmp_path: Path) -> None:
    schemas = "{a/b~c: {type: string}, B: {$ref: '#/components/schemas/a~1b~0c'}, C: {$ref: '#/components/schemas/B'}}"
    texts = derived(tmp_path, f"{SMALL}components: {{schemas: {schemas}}}\n")
    assert json.loads(texts["torus.dereferenced.json"])["components"]["schemas"]["C"] == {"type": "string"}
