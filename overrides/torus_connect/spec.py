"""The OpenAPI document that this version was generated from, as it ships in the wheel."""

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
    packaged, checkout = _PLACES[spec_format]
    return (packaged if packaged.exists() else checkout).read_text(encoding="utf-8")
