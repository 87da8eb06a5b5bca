"""The vectors that ship with this package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torus_connect._config.checks import did_you_mean
from torus_connect._spec.documents import documents
from torus_connect.errors import ConfigurationError

from .vector import SESSION, Vector, vector_from

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEMA = "conformance/vector.schema.json"


def vectors(only: Iterable[str] = (), operation: str = SESSION) -> list[Vector]:
    """Return the vectors in the order of their names.

    Args:
        only: the names of those to return; all of the operation without it.
        operation: what they call.

    Raises:
        ConfigurationError: there is none of such a name, or they were not packed along with the code.
    """
    files = {
        name.removeprefix("conformance/").removesuffix(".json"): file
        for name, file in documents().items()
        if name.startswith("conformance/") and name.endswith(".json") and name != _SCHEMA
    }
    names = set(only) or files.keys()
    for each in names - files.keys():
        near = did_you_mean(each, files) or f"; there are: {', '.join(sorted(files))}"
        raise ConfigurationError(f"there is no such vector{near}")
    found = [vector_from(json.loads(files[name].read_text(encoding="utf-8"))) for name in sorted(names)]
    return [vector for vector in found if only or vector.operation == operation]
