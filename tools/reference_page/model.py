"""What the page shows of an OpenAPI document: its operations, schemas and fields, in the order in which they stand.

It takes what calls of a session need: parameters in headers, and strings in a JSON body.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_RULES = {
    "minLength": "At least {} characters",
    "maxLength": "At most {} characters",
    "pattern": "Matches {}",
    "minimum": "At least {}",
    "maximum": "At most {}",
    "enum": "One of {}",
    "default": "{} unless given",
}


class Described:
    """Anything in the document that describes something, and carries its evidence."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.description: str = node.get("description", "")
        self.evidence: str = node.get("x-evidence", "")
        self.inferred: list[str] = node.get("x-evidence-inferred", [])

    @property
    def marks(self) -> str:
        """The evidence marks of it and of what is within its statement, for the filter."""
        marks = [self.evidence, "inferred" if self.inferred else ""]
        return " ".join(dict.fromkeys(filter(None, marks)))


class Field(Described):
    """One property of an object. `key` is unique in the document, and names the schema."""

    def __init__(self, name: str, node: Node, *, owner: str, required: bool) -> None:
        super().__init__(node)
        self.name, self.key, self.required = name, f"{owner}.{name}", required
        self.type = _type(node)
        self.rules = list(_rules(node))
        self.fields = _fields(node, owner=self.key)


class Schema(Described):
    """An object of the document, by its name there, or by where it stands if it has none."""

    def __init__(self, name: str, node: Node, *, shared: bool) -> None:
        super().__init__(node)
        self.name, self.shared = name, shared
        self.type = _type(node)
        self.fields = _fields(node, owner=name)
        closed = node.get("additionalProperties") is False
        self.more = "No further fields." if closed else "There may be further fields."


class Content(Described):
    """A request body or a reply: what it holds, and examples of it as JSON."""

    def __init__(self, reference: Reference, node: Node, *, name: str) -> None:
        super().__init__(node)
        self.required: bool = node.get("required", False)
        contents: dict[str, Node] = node.get("content", {})
        self.media_type = next(iter(contents), "")
        media = contents.get(self.media_type, {})
        self.schema = reference.schema_of(media.get("schema", {}), name=name) if contents else None
        self.examples = [
            (example.get("summary", title), json.dumps(example["value"], indent=2, ensure_ascii=False))
            for title, example in media.get("examples", {}).items()
        ]


class Header(Described):
    """A request header: a parameter, or an API key of the security."""

    def __init__(self, node: Node, *, kind: str, required: bool) -> None:
        super().__init__(node)
        self.name: str = node["name"]
        self.kind, self.required = kind, required


@dataclass(frozen=True)
class Input:
    """A field of the console: what a person fills in, and where it is sent."""

    name: str
    place: Literal["header", "body"]


class Operation(Described):
    """One call."""

    def __init__(self, reference: Reference, path: str, method: str, item: Node) -> None:
        node = item[method]
        super().__init__(node)
        self.method, self.path = method.upper(), path
        self.id: str = node.get("operationId", f"{method}{path}")
        self.anchor = re.sub(r"[^\w-]+", "-", self.id)
        self.summary: str = node.get("summary", self.id)
        servers = node.get("servers") or item.get("servers") or reference.document["servers"]
        self.servers = [Server(server) for server in servers]
        parameters = map(reference.resolve, [*item.get("parameters", []), *node.get("parameters", [])])
        self.headers = [*self._keys(reference), *self._parameters(parameters)]
        body = reference.resolve(node.get("requestBody", {}))
        self.body = Content(reference, body, name=f"{self.id} request") if body else None
        self.replies = {
            status: Content(reference, reference.resolve(reply), name=f"{self.id} {status}")
            for status, reply in node["responses"].items()
        }
        self.samples: list[Node] = node.get("x-codeSamples", [])
        self.inputs = list(self._inputs())

    @property
    def examples(self) -> list[tuple[str, str, str]]:
        """What the examples show, their titles, and their JSON."""
        contents = {"Request body": self.body} | {f"Reply {status}": reply for status, reply in self.replies.items()}
        return [(what, *example) for what, content in contents.items() if content for example in content.examples]

    @property
    def sandbox_path(self) -> str:
        """The path at which the sandbox serves it: that of the first server, and its own."""
        return urlsplit(self.servers[0].url).path.rstrip("/") + self.path

    def _keys(self, reference: Reference) -> Iterator[Header]:
        # Of several alternatives the first is shown; none at all is a call without security.
        stated: list[Node] | None = self.node.get("security")
        security = reference.document.get("security", []) if stated is None else stated
        for name in security[0] if security else {}:
            scheme = reference.document["components"]["securitySchemes"][name]
            if (scheme["type"], scheme.get("in")) != ("apiKey", "header"):
                raise ValueError(f"{self.id}: the reference shows API keys in headers; {name} is something else")
            yield Header(scheme, kind=name, required=True)

    def _parameters(self, parameters: Iterator[Node]) -> Iterator[Header]:
        for parameter in parameters:
            if parameter["in"] != "header":
                raise ValueError(f"{self.id}: the reference shows parameters in headers; {parameter['name']} is not")
            yield Header(parameter, kind="string", required=parameter.get("required", False))

    def _inputs(self) -> Iterator[Input]:
        for item in self.body.schema.fields if self.body and self.body.schema else []:
            if item.node.get("type") != "string":
                raise ValueError(f"{self.id}: the console of the reference sends strings; {item.name} is none")
            yield Input(item.name, "body")
        for header in self.headers:
            yield Input(header.name, "header")


class Server(Described):
    """Where calls go."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.url: str = node["url"]


class Reference:
    """The whole document."""

    def __init__(self, document: Node) -> None:
        self.document = document
        self.info = Described(document["info"])
        self.title: str = document["info"]["title"]
        self.version: str = document["info"]["version"]
        self.openapi: str = document["openapi"]
        self.licence: Node = document["info"].get("license", {})
        self.levels: dict[str, str] = document["info"].get("x-evidence-levels", {})
        self.servers = [Server(server) for server in document["servers"]]

    @cached_property
    def operations(self) -> list[Operation]:
        """All calls."""
        return [
            Operation(self, path, method, item)
            for path, item in self.document["paths"].items()
            for method in item
            if method in _METHODS
        ]

    @cached_property
    def schemas(self) -> list[Schema]:
        """The named schemas."""
        named: Node = self.document.get("components", {}).get("schemas", {})
        return [Schema(name, node, shared=True) for name, node in named.items()]

    def resolve(self, node: Node) -> Node:
        """Return what a reference within the document leads to; anything else as it is."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def schema_of(self, node: Node, *, name: str) -> Schema:
        """Return a schema that stands somewhere: the named one that it refers to, or one of its own."""
        shared = "$ref" in node
        return Schema(node["$ref"].rpartition("/")[2] if shared else name, self.resolve(node), shared=shared)


def _fields(node: Node, *, owner: str) -> list[Field]:
    required = node.get("required", [])
    properties: dict[str, Node] = node.get("properties", {})
    return [Field(name, item, owner=owner, required=name in required) for name, item in properties.items()]


def _type(node: Node) -> str:
    """Say in a word or two what a schema takes."""
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if node.get("type") == "array":
        return f"array of {_type(node['items'])}"
    text = str(node.get("type", "any"))
    text += f" ({node['format']})" if "format" in node else ""
    return text + (" or null" if node.get("nullable") else "")


def _rules(node: Node) -> Iterator[str]:
    if node.get("writeOnly"):
        yield "Only sent, never returned"
    if node.get("readOnly"):
        yield "Only returned, never sent"
    for rule, words in _RULES.items():
        if (rule, node.get(rule)) == ("minLength", 1):
            yield "Not empty"
        elif rule in node:
            value = node[rule]
            yield words.format(", ".join(map(str, value)) if isinstance(value, list) else value)
