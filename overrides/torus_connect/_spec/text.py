"""The OpenAPI document that this version was generated from, and its reference page, as they ship in the wheel."""

from __future__ import annotations

from typing import Literal

from torus_connect.errors import ConfigurationError

from .documents import documents

SpecFormat = Literal["yaml", "json"]


def spec_text(spec_format: SpecFormat = "yaml") -> str:
    """Return the OpenAPI 3.0.3 document of the session API.

    Args:
        spec_format: `"yaml"` for the document as it was written, `"json"` for the same document as JSON.

    Returns:
        The whole document, ending in a newline.

    Raises:
        ConfigurationError: there is no such format, or the documents were not packed along with the code.
    """
    if spec_format not in ("yaml", "json"):
        raise ConfigurationError("spec_format must be 'yaml' or 'json'")
    return _text(f"torus.{spec_format}")


def reference_page() -> str:
    """Return the reference of the session API: one HTML page that loads nothing."""
    return _text("reference.html")


def _text(name: str) -> str:
    return documents()[name].read_text(encoding="utf-8")
