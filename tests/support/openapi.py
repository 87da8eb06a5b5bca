"""OpenAPI documents, held to the specification. What does that takes long to load, so it is loaded where it is used."""

from __future__ import annotations

from typing import Any


def check_openapi(document: dict[str, Any]) -> None:
    """Raise jsonschema's `ValidationError` where the document is not valid by the version of OpenAPI that it names."""
    from openapi_spec_validator import validate

    validate(document)
