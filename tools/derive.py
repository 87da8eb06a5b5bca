"""The forms of the spec beside the one that is written by hand; tools/sdk.py puts them into generated/.

Each is a function of the spec alone, the same bytes every time, as JSON and as YAML:

- `torus.json`: the spec as JSON (as YAML, it is the spec itself);
- `torus.bundled.*`: one file that refers to nothing outside itself, which is checked here. The spec is one file
  already; tools/sdk.py adds the code samples to this form;
- `torus.dereferenced.*`: no `$ref` at all, for tools that cannot follow one;
- `torus-3.1.*`: the edition in OpenAPI 3.1, see edition31.py.
"""

from __future__ import annotations

import copy
import io
import json
from typing import TYPE_CHECKING, Any, NoReturn

import edition31

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]

DOCUMENT, BUNDLED = "torus.json", "torus.bundled.json"
HEADING = "# Made from torus.yaml, which is the one to edit.\n"


class DerivationError(Exception):
    """Why a form cannot be made; its text is all that the maintainer sees."""


def documents(spec: Path) -> dict[str, str]:
    """Return every derived form by the name of its file.

    Raises:
        DerivationError: the spec cannot be read, holds what JSON does not have, or refers to what is not in it.
    """
    try:
        source = load(spec)
        forms = {
            "torus.bundled": bundled(source),
            "torus.dereferenced": dereferenced(source),
            "torus-3.1": edition31.translated(source),
        }
        texts = {DOCUMENT: as_json(source)}
        for name, document in forms.items():
            texts |= as_both(name, document)
    except (DerivationError, edition31.Untranslatable, TypeError, ValueError) as error:
        raise DerivationError(f"{spec.name}: {error}") from None
    return texts


def load(spec: Path) -> Document:
    """Return the spec as it was parsed, its keys in the order in which they were written."""
    # Here and not above: it comes with the generator, which must have been found first.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        document: Document = YAML(typ="safe", pure=True).load(spec.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise DerivationError(error) from None
    return document


def as_both(name: str, document: Document) -> dict[str, str]:
    """Return a form as JSON and as YAML, by the names of its files."""
    return {f"{name}.json": as_json(document), f"{name}.yaml": HEADING + as_yaml(document)}


def as_json(document: Document) -> str:
    """Return a document as JSON."""

    def refuse(value: object) -> NoReturn:
        raise TypeError(f"{value} is a {type(value).__name__}, which JSON does not have: put it in quotes")

    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=refuse) + "\n"


def as_yaml(document: Document) -> str:
    """Return a document as YAML: no anchors, text of several lines as a block."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its type says None
    yaml.width = 1_000_000  # a line stays a line
    yaml.representer.ignore_aliases = lambda _: True
    yaml.representer.add_representer(str, _text)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _text(representer: Any, text: str) -> Any:  # noqa: ANN401 - ruamel.yaml has no types for these
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def references(node: object) -> Iterator[Document]:
    """Yield every object of a document that is a reference."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def bundled(document: Document) -> Document:
    """Return the document as it is, provided that it refers to nothing outside itself."""
    for reference in references(document):
        target(document, reference)
    return document


def dereferenced(document: Document) -> Document:
    """Return the document with a copy of its target in the place of each reference."""

    def resolved(node: object, within: tuple[str, ...]) -> object:
        if isinstance(node, list):
            return [resolved(value, within) for value in node]
        if not isinstance(node, dict):
            return copy.copy(node)
        pointer = node.get("$ref")
        if not isinstance(pointer, str):
            return {key: resolved(value, within) for key, value in node.items()}
        if pointer in within:
            raise DerivationError(f"{pointer} refers to itself, so there is no form without references")
        return resolved(target(document, node), (*within, pointer))

    return {key: resolved(value, ()) for key, value in document.items()}


def target(document: Document, reference: Document) -> object:
    """Return what a reference stands for.

    Raises:
        DerivationError: it leads out of the document, to nothing, or has siblings, which OpenAPI 3.0 ignores.
    """
    pointer = reference["$ref"]
    if len(reference) > 1:
        raise DerivationError(f"beside the reference to {pointer} there is more, which OpenAPI 3.0 ignores")
    if not pointer.startswith("#/"):
        raise DerivationError(f"{pointer} is not in this file")
    node: object = document
    for part in pointer[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            raise DerivationError(f"there is no {pointer}")
        node = node[key]
    return node
