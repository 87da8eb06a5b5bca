"""The 3.1 edition takes and refuses what the document takes and refuses: the same requests, the same replies."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import edition31

ROOT = Path(__file__).parents[2]
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
EXAMPLES = settings(
    max_examples=500 if SOAK else 50, derandomize=not SOAK, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

pytestmark = [pytest.mark.soak] if SOAK else []

# A document that uses all that is translated, each in a schema of its own.
EVERYTHING: dict[str, Any] = {
    "nullable": {"type": "string", "nullable": True},
    "nullable in part": {"type": "object", "properties": {"AccessToken": {"type": "integer", "nullable": True}}},
    "nullable without a type": {"nullable": True, "enum": ["demo", 1]},
    "nullable enum": {"type": "string", "nullable": True, "enum": ["demo", None]},
    "not nullable": {"type": "string", "nullable": False},
    "above": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
    "below": {"type": "number", "maximum": 1, "exclusiveMaximum": True},
    "from to": {"type": "integer", "minimum": 0, "exclusiveMinimum": False, "maximum": 1},
    "items": {"type": "array", "items": {"type": "boolean", "nullable": True}, "minItems": 1},
    "more": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
    "all": {"allOf": [{"type": "string", "nullable": True}, {"minLength": 1}]},
    "any": {"anyOf": [{"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "boolean"}]},
    "one": {"oneOf": [{"type": "string", "nullable": True}, {"type": "string", "minLength": 2}]},
    "not": {"not": {"type": "string", "nullable": True}},
    "example": {"type": "string", "example": "demo"},
}

names = st.sampled_from(["API_KEY", "API_SECRET", "AccessToken", "error", "details", "status", "message", "data", "x"])
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.5, "", "demo", "demo longer"])
instances = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=4), max_leaves=6
)
# Random names seldom make a whole request: half of all instances start as one.
texts = st.sampled_from(["", "demo", "demo longer"])
requests = st.fixed_dictionaries(
    {"API_KEY": scalars | texts, "API_SECRET": scalars | texts}, optional={"x": scalars}
) | st.fixed_dictionaries({"API_KEY": texts, "API_SECRET": texts})
replies = st.fixed_dictionaries({"AccessToken": scalars}, optional={"x": scalars})


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "generated" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def schemas_of(whole: dict[str, Any]) -> dict[str, Any]:
    operation = whole["paths"]["/session/generate"]["post"]
    places = {"request": operation["requestBody"], **operation["responses"]}
    return {name: resolved(place["content"]["application/json"]["schema"], whole) for name, place in places.items()}


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def judged_by_30(place: str, schema: dict[str, Any], instance: Any) -> bool:
    from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

    kind = OAS30WriteValidator if place == "request" else OAS30ReadValidator
    return bool(kind(schema).is_valid(instance))


def judged_by_31(schema: dict[str, Any], instance: Any) -> bool:
    from openapi_schema_validator import OAS31Validator

    return bool(OAS31Validator(schema).is_valid(instance))


def edition(schemas: dict[str, Any]) -> dict[str, Any]:
    translated: dict[str, Any] = edition31.translated({"components": {"schemas": schemas}})["components"]["schemas"]
    return translated


@pytest.mark.parametrize("place", ["request", "200", "default"])
def test_both_judge_the_same(place: str) -> None:
    authored, derived = schemas_of(document("torus"))[place], schemas_of(document("torus-3.1"))[place]
    verdicts = set()

    @EXAMPLES
    @given(instance=instances | requests | replies)
    def judge(instance: Any) -> None:
        verdict = judged_by_30(place, authored, instance)
        assert judged_by_31(derived, instance) is verdict
        verdicts.add(verdict)

    judge()
    assert verdicts == {True, False}  # both were put to the test


@pytest.mark.parametrize("name", EVERYTHING)
def test_each_translation_judges_the_same(name: str) -> None:
    translated = edition(EVERYTHING)[name]

    @EXAMPLES
    @given(instance=instances | replies)
    def judge(instance: Any) -> None:
        assert judged_by_31(translated, instance) is judged_by_30("", EVERYTHING[name], instance)

    judge()


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("nullable", None),
        ("nullable in part", {"AccessToken": None}),
        ("items", [None]),
        ("more", {"x": None}),
        ("not", None),
    ],
)
def test_without_the_translation_they_would_not(name: str, instance: Any) -> None:
    assert judged_by_31(EVERYTHING[name], instance) is not judged_by_30("", EVERYTHING[name], instance)


def parts_of(node: Any, *, schema: bool = False) -> Iterator[dict[str, Any]]:
    """Yield every schema of a document, and the schemas within."""
    if schema:
        yield node
        inner = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
        for each in inner:
            if isinstance(each, dict):
                yield from parts_of(each, schema=True)
    elif isinstance(node, dict):
        for key, value in node.items():
            for each in value.values() if key == "schemas" else [value]:
                yield from parts_of(each, schema=key in {"schema", "schemas"})
    elif isinstance(node, list):
        for each in node:
            yield from parts_of(each)


def test_nothing_else_differs() -> None:
    authored, derived = document("torus"), document("torus-3.1")
    assert (authored.pop("openapi"), derived.pop("openapi")) == ("3.0.3", "3.1.1")
    parts = list(parts_of(authored))
    assert any("example" in part for part in parts)
    assert any("nullable" in part for part in parts)
    for part in parts:
        if "example" in part:
            part["examples"] = [part.pop("example")]
        if part.pop("nullable", False):
            part["type"] = [part["type"], "null"]
    assert derived == authored
    assert (
        derived["components"]["schemas"]["GenerateSessionRequest"]["properties"]["API_SECRET"]["format"] == "password"
    )


def test_what_is_no_schema_is_left_alone() -> None:
    content = {"example": {"schema": {"nullable": True}}, "examples": {"schema": {"value": {"nullable": True}}}}
    whole = {
        "openapi": "3.0.3",
        "x-more": {"schema": {"nullable": True}},
        "paths": {"/a": {"get": {"parameters": [{"schema": {"type": "string", "nullable": True}, **content}]}}},
        "components": {"schemas": {"A": {"properties": {"example": {"example": 1}, "nullable": {"type": "a"}}}}},
    }
    before = copy.deepcopy(whole)
    assert edition31.translated(whole) == {
        "openapi": "3.1.1",
        "x-more": {"schema": {"nullable": True}},
        "paths": {"/a": {"get": {"parameters": [{"schema": {"type": ["string", "null"]}, **content}]}}},
        "components": {"schemas": {"A": {"properties": {"example": {"examples": [1]}, "nullable": {"type": "a"}}}}},
    }
    assert whole == before
