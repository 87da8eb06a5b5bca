"""The vectors that ship with this package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect.errors import ConfigurationError

from .vector import Vector, vector_from

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = Path(__file__).parents[2]
# In a wheel they lie inside the package; an editable install reads them from the checkout.
_PLACES = (_PACKAGE / "openapi" / "conformance", _PACKAGE.parents[1] / "openapi" / "conformance")
_SCHEMA = "vector.schema.json"


def vectors(only: Iterable[str] = ()) -> list[Vector]:
    """Return the vectors in the order of their names.

    Args:
        only: the names of those to return; all without it.

    Raises:
        ConfigurationError: there is none of such a name.
    """
    files = {file.stem: file for folder in _PLACES for file in folder.glob("*.json") if file.name != _SCHEMA}
    names = set(only) or files.keys()
    if names - files.keys():
        raise ConfigurationError(f"there is no such vector; there are: {', '.join(sorted(files))}")
    return [vector_from(json.loads(files[name].read_text(encoding="utf-8"))) for name in sorted(names)]
