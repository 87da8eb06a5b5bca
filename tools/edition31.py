"""The same document in OpenAPI 3.1, whose schemas are JSON Schema of 2020-12.

What differs between the two is in the schemas, and little of it: `nullable` is a type, a bound that excludes itself is
a number, and `example` is `examples`. What has no translation here is refused rather than passed on unseen.
"""

from __future__ import annotations

from typing import Any

VERSION = "3.1.1"

Schema = dict[str, Any]

_FORMATS_OF_CONTENT = ("base64", "binary", "byte")  # 3.1 says contentEncoding, and what it says depends on where


class Untranslatable(Exception):
    """The document uses what there is no translation for."""


def translated(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI 3.0 document in OpenAPI 3.1; the document itself stays as it is.

    Raises:
        Untranslatable: a schema means another thing in 3.1, and it is not said here how to write it there.
    """
    return {key: _place(key, value) for key, value in document.items()} | {"openapi": VERSION}


def _place(name: str, node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Translate what stands under a name outside the schemas."""
    if name.startswith("x-") or name in ("example", "examples"):
        return node
    if isinstance(node, list):
        return [_place("", value) for value in node]
    if not isinstance(node, dict):
        return node
    new = {}
    for key, value in node.items():
        if (name, key) == ("components", "schemas"):
            new[key] = {of: _schema(schema) for of, schema in value.items()}
        else:
            new[key] = _schema(value) if key == "schema" else _place(key, value)
    return new


def _schema(schema: Schema) -> Schema:
    if schema.get("format") in _FORMATS_OF_CONTENT:
        raise Untranslatable(f"there is no translation of the format {schema['format']} to OpenAPI 3.1")
    new: Schema = {}
    for keyword, value in schema.items():
        new |= _keyword(keyword, value, schema)
    return new


def _keyword(keyword: str, value: Any, schema: Schema) -> Schema:  # noqa: ANN401 - any JSON
    match keyword:
        case "nullable" | "exclusiveMinimum" | "exclusiveMaximum":
            return {}  # said by the type and by the bound; without one, they have no effect
        case "type" if schema.get("nullable") is True:
            return {keyword: [value, "null"]}
        case "minimum" | "maximum":
            excluding = f"exclusive{keyword.capitalize()}"
            return {excluding if schema.get(excluding) is True else keyword: value}
        case "example":
            return {"examples": [value]}
        case _:
            return {keyword: _subschemas(keyword, value)}


def _subschemas(keyword: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    match keyword:
        case "properties":
            return {name: _schema(schema) for name, schema in value.items()}
        case "allOf" | "anyOf" | "oneOf":
            return [_schema(schema) for schema in value]
        case "additionalProperties" | "items" | "not" if isinstance(value, dict):
            return _schema(value)
        case _:
            return value
