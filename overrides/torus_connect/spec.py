"""The OpenAPI document that this version was generated from, and its reference page, as they ship in the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from .errors import ConfigurationError

SpecFormat = Literal["yaml", "json"]

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]
# In a wheel the documents lie inside the package; an editable install reads them from the checkout.
_PLACES = {
    "yaml": (_PACKAGE / "openapi" / "torus.yaml", _CHECKOUT / "openapi" / "torus.yaml"),
    "json": (_PACKAGE / "openapi" / "torus.json", _CHECKOUT / "generated" / "torus.json"),
    "html": (_PACKAGE / "openapi" / "reference.html", _CHECKOUT / "generated" / "reference.html"),
}


def spec_text(spec_format: SpecFormat = "yaml") -> str:
    """Return the OpenAPI 3.0.3 document of the session API.

    Args:
        spec_format: `"yaml"` for the document as it was written, `"json"` for the same document as JSON.

    Returns:
        The whole document, ending in a newline.

    Raises:
        ConfigurationError: there is no such format.
    """
    if spec_format not in ("yaml", "json"):
        raise ConfigurationError("spec_format must be 'yaml' or 'json'")
    return _text(spec_format)


def reference_page() -> str:
    """Return the reference of the session API: one HTML page that loads nothing."""
    return _text("html")


def _text(place: str) -> str:
    packaged, checkout = _PLACES[place]
    return (packaged if packaged.exists() else checkout).read_text(encoding="utf-8")
