"""The OpenAPI document that a sandbox serves: its operations, and what must be known of each to answer it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from jsonschema_path.readers import FileReader
from openapi_spec_validator import OpenAPIV30SpecValidator

from torus_connect._spec.documents import spec_text

from .replies import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


Node = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TOKENS = ("oauth2", "openIdConnect")  # types of security schemes that send a bearer token, besides `http`


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme: where its credential is, and by which name; that of a bearer is `Authorization`."""

    place: Literal["bearer", "header", "query", "cookie"]
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        id: its `operationId`; its method and path where it has none.
        method: in capitals.
        path: as in the document, behind the path of its server.
        security: the alternatives, of which one is enough; none where nothing is asked.
        headers: the names of its parameters in headers.
        media_types: of its request body; none where it takes no body.
        body_required: whether the body may not be left out.
        status: of its first reply of success.
        media_type: of that reply; empty where it has no body.
        example: the body of that reply, from its first example; `None` where it has none.
        unwrap: the property of that reply which has the rows (`x-unwrap`).
    """

    id: str
    method: str
    path: str
    security: tuple[tuple[Scheme, ...], ...]
    headers: tuple[str, ...]
    media_types: frozenset[str]
    body_required: bool
    status: int
    media_type: str
    example: bytes | None
    unwrap: str | None


def shipped() -> Node:
    """Return the document that ships with this package."""
    document: Node = json.loads(spec_text("json"))
    return document


def read(path: Path) -> Node:
    """Return the document of a file, JSON or YAML.

    Raises:
        ValueError: the file cannot be read, or is no OpenAPI 3.0 document. The message says where it is wrong.
    """
    failure = fault = None
    document: Any = None
    try:
        with path.open(encoding="utf-8") as file:
            document, _ = FileReader(file).read()
    except OSError as error:
        failure = error.strerror or "it cannot be read"
    except Exception:  # noqa: BLE001 - whatever the parser raises
        failure = "it is neither JSON nor YAML"
    if failure is None:
        is_30 = isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.0")
        fault = next(iter(OpenAPIV30SpecValidator(document).iter_errors()), None) if is_30 else None
        failure = None if is_30 else "it is no OpenAPI 3.0 document"
    if fault is not None:
        where = " > ".join(str(step) for step in getattr(fault, "absolute_path", ()))
        failure = f"it is no OpenAPI 3.0 document: {where or fault}"
    if failure is not None:
        raise unusable(failure)
    read_document: Node = document
    return read_document


def operations(document: Node) -> Iterator[Operation]:
    """Yield the operations of a document.

    Raises:
        ValueError: an operation has a security scheme that cannot be judged here.
    """
    for path, item in document["paths"].items():
        shared = _resolved(document, item)
        for method in METHODS:
            if method in shared:
                yield _operation(document, path, method, shared)


def base_path(servers: list[Node]) -> str:
    """Return the path of the first server."""
    return urlsplit(servers[0]["url"]).path.rstrip("/")


def served_at(document: Node, origin: str) -> Node:
    """Return the document with this origin as the one server, wherever it names servers; their paths stay."""
    paths = {}
    for path, item in document["paths"].items():
        shared = _at(origin, _resolved(document, item))
        paths[path] = shared | {method: _at(origin, shared[method]) for method in METHODS if method in shared}
    return _at(origin, document) | {"paths": paths}


def served_here(document: Node) -> Node:
    """Return the document with servers that have no host, so that any host matches, and without any security.

    What is secured is judged by the tokens that were issued here, see `security.py`.
    """
    here = served_at(document, "")
    for node in (here, *(item[method] for item in here["paths"].values() for method in METHODS if method in item)):
        node["security"] = []
    return here


def _at(origin: str, node: Node) -> Node:
    servers = node.get("servers")
    return node | ({"servers": [{"url": origin + base_path(servers)}]} if servers else {})


def _operation(document: Node, path: str, method: str, item: Node) -> Operation:
    node = item[method]
    name = node.get("operationId", f"{method} {path}")
    body = _resolved(document, node.get("requestBody", {}))
    parameters = [_resolved(document, each) for each in (*item.get("parameters", []), *node.get("parameters", []))]
    servers = node.get("servers") or item.get("servers") or document["servers"]
    security = node.get("security", document.get("security", []))
    return Operation(
        name,
        method.upper(),
        base_path(servers) + path,
        tuple(tuple(_scheme(document, scheme, name) for scheme in alternative) for alternative in security),
        tuple(each["name"] for each in parameters if each["in"] == "header"),
        frozenset(body.get("content", ())),
        body.get("required", False),
        *_reply(document, node["responses"]),
        node.get("x-unwrap"),
    )


def _scheme(document: Node, scheme: str, operation: str) -> Scheme:
    node = _resolved(document, document["components"]["securitySchemes"][scheme])
    if node["type"] == "apiKey":
        return Scheme(node["in"], node["name"])
    if node["type"] in _TOKENS or node.get("scheme", "").lower() == "bearer":
        return Scheme("bearer", "Authorization")
    raise unusable(f"{operation} has the security scheme {scheme}, which is neither an API key nor a bearer token")


def _reply(document: Node, responses: Node) -> tuple[int, str, bytes | None]:
    """Return status, media type and example of the first reply of success."""
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        number = int(status.replace("X", "0"))
        content = _resolved(document, response).get("content")
        if not content:
            return number, "", b""
        for media_type, media in content.items():
            values = [media["example"]] if "example" in media else []
            shown = (_resolved(document, example) for example in media.get("examples", {}).values())
            values += [example["value"] for example in shown if "value" in example]
            if values:
                return number, media_type, encoded(media_type, values[0])
        return number, next(iter(content)), None
    return 200, "application/json", None


def _resolved(document: Node, node: Node) -> Node:
    """Return what a reference within the document leads to; anything else as it is."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def unusable(why: str) -> ValueError:
    """Return the error that says why a document cannot be served."""
    return ValueError(f"the document cannot be served: {why}")
