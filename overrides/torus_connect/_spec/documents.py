"""The documents that ship with this package. They are read as resources: it may lie in a zip file, or in a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import ClassVar, Literal

from torus_connect.errors import ConfigurationError

SpecFormat = Literal["yaml", "json"]

_CHECKOUT = Path(__file__).parents[3]
_NAMES = ("torus*.yaml", "torus*.json", "torus.http", "sandbox.yaml", "reference.html", "LICENSE")
_FOLDERS = {"bruno": "bruno/", "conformance": "conformance/", "pack": "", "samples": "samples/"}
"""Folders among them, and what the names of their files begin with."""


class DocumentsMissing(ConfigurationError):
    """The documents were not packed along with the code."""

    next_step: ClassVar[str | None] = (
        "Pack the data files of torus_connect along, for PyInstaller with `--collect-data torus_connect`."
    )


def documents() -> dict[str, Traversable]:
    """Return all documents, by their names in the spec pack; the reference page is `reference.html`.

    Raises:
        DocumentsMissing: there are none.
    """
    packaged = files("torus_connect") / "openapi"
    # In a wheel all of them lie inside the package; an editable install reads them from these folders of the checkout.
    folders = [packaged] if packaged.is_dir() else [_CHECKOUT / name for name in ("openapi", "generated", ".")]
    found = {name: each for folder in folders for name, each in _found(folder)}
    if "torus.yaml" not in found:
        raise DocumentsMissing("The documents of torus-connect are missing")
    return found


def _found(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_file() and any(fnmatchcase(each.name, pattern) for pattern in _NAMES):
            yield each.name, each
        elif each.name in _FOLDERS and each.is_dir():
            inside = (file for file in each.iterdir() if file.name != "__pycache__")  # which an installer makes
            yield from ((_FOLDERS[each.name] + file.name, file) for file in inside)


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
