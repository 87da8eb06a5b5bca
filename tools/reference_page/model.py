"""What the page shows of an OpenAPI document: its operations, schemas and fields, in the order in which they stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PLACES = {"header": "Request headers", "path": "Path parameters", "query": "Query parameters", "cookie": "Cookies"}
_SESSION = "generateSession"  # the call whose credential is the request token
_MOST_NESTED = 4  # what is nested deeper in a body is typed as JSON
_RULES = {
    "minLength": "At least {} characters",
    "maxLength": "At most {} characters",
    "pattern": "Matches {}",
    "minimum": "At least {}",
    "maximum": "At most {}",
    "minItems": "At least {} items",
    "maxItems": "At most {} items",
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

    def __init__(self, reference: Reference, name: str, node: Node, *, owner: str, required: bool) -> None:
        whole = reference.whole(node)
        super().__init__(whole)
        self.name, self.key, self.required = name, f"{owner}.{name}", required
        self.type = _type(node)
        self.rules = list(_rules(whole))
        # A named schema is shown once, under its name.
        self.fields = [] if "$ref" in node else reference.fields_of(whole, owner=self.key)


class Schema(Described):
    """A schema of the document, by its name there, or by where it stands if it has none."""

    def __init__(self, reference: Reference, name: str, node: Node, *, shared: bool) -> None:
        whole = reference.whole(node)
        super().__init__(whole)
        self.name, self.shared = name, shared
        self.type = _type(whole)
        self.is_object = "properties" in whole or whole.get("type") == "object"
        self.fields = reference.fields_of(whole, owner=name)
        closed = whole.get("additionalProperties") is False
        self.more = "No further fields." if closed else "There may be further fields."


class Content(Described):
    """A request body or a reply: what it holds, and examples of it as JSON."""

    def __init__(self, reference: Reference, node: Node, *, name: str) -> None:
        super().__init__(node)
        self.required: bool = node.get("required", False)
        contents: dict[str, Node] = node.get("content", {})
        self.media_type = next(iter(contents), "")
        media = contents.get(self.media_type, {})
        self.node_of_schema = media.get("schema", {})
        self.schema = reference.schema_of(self.node_of_schema, name=name) if contents else None
        shown = {title: reference.resolve(example) for title, example in media.get("examples", {}).items()}
        shown |= {"example": {"value": media["example"], "summary": ""}} if "example" in media else {}
        self.values = [(example.get("summary", title), example["value"]) for title, example in shown.items()]
        self.examples = [(title, json.dumps(value, indent=2, ensure_ascii=False)) for title, value in self.values]


class Parameter(Described):
    """A parameter, or what a security scheme asks for.

    Attributes:
        name: of the header, the query parameter and so on.
        place: where it is sent.
        kind: its type, or the name of the security scheme.
        scheme: the security scheme that it is of; `None` for a parameter.
    """

    def __init__(self, reference: Reference, node: Node, scheme: str | None = None) -> None:
        super().__init__(node)
        whole = reference.whole(node.get("schema", {}))
        self.scheme = scheme
        self.is_bearer = scheme is not None and node["type"] != "apiKey"
        self.name: str = "Authorization" if self.is_bearer else node["name"]
        self.place: str = "header" if self.is_bearer else node["in"]
        self.kind = scheme or _type(node.get("schema", {"type": "string"}))
        self.required: bool = scheme is not None or node.get("required", False)
        self.rules = list(_rules(whole))
        self.type: str = whole.get("type", "string")
        self.secret = scheme is not None or whole.get("format") == "password"
        self.demo: Any = node.get("example", whole.get("example", whole.get("default")))
        if scheme is None and "examples" in node:
            self.demo = reference.resolve(next(iter(node["examples"].values()))).get("value")


@dataclass(frozen=True)
class Input:
    """A field of the console: what a person fills in, and where it is sent.

    Attributes:
        name: of the field; within a body, the names that lead to it, with dots between them.
        place: where it is sent.
        type: of the value; anything but a string is typed as JSON.
        secret: whether it is hidden until it is shown.
        steps: the names that lead to it in the body, as JSON.
        demo: what the button for demo values fills in.
        source: what the sandbox issues for it: `request-token`, `access-token`, or nothing.
    """

    name: str
    place: str
    type: str = "string"
    secret: bool = False
    steps: str = ""
    demo: str = ""
    source: str = ""

    @property
    def label(self) -> str:
        """Where it is sent, and what it takes if that is not text."""
        return self.place + ("" if self.type == "string" else f" · {self.type}")


class Operation(Described):
    """One call."""

    def __init__(self, reference: Reference, path: str, method: str, item: Node) -> None:
        node = item[method]
        super().__init__(node)
        self.method, self.path = method.upper(), path
        self.id: str = node.get("operationId", f"{method}{path}")
        self.anchor = _anchor(self.id)
        self.summary: str = node.get("summary", self.id)
        servers = node.get("servers") or item.get("servers") or reference.document["servers"]
        self.servers = [Server(server) for server in servers]
        self.tag: str = next(iter(node.get("tags", [])), "")
        self.parameters = [*self._keys(reference), *self._parameters(reference, item)]
        body = reference.resolve(node.get("requestBody", {}))
        self.body = Content(reference, body, name=f"{self.id} request") if body else None
        self.replies = {
            status: Content(reference, reference.resolve(reply), name=f"{self.id} {status}")
            for status, reply in node["responses"].items()
        }
        self.samples: list[Node] = node.get("x-codeSamples", [])
        self.inputs = list(self._inputs(reference))

    @property
    def takes(self) -> list[tuple[str, str, list[Parameter]]]:
        """The parameters by where they are sent: the place, its title, and what is sent there."""
        found = {place: [each for each in self.parameters if each.place == place] for place in _PLACES}
        return [(place, _PLACES[place], parameters) for place, parameters in found.items() if parameters]

    @property
    def wants_request_token(self) -> bool:
        """Whether a request token is among the inputs."""
        return any(each.source == "request-token" for each in self.inputs)

    @property
    def examples(self) -> list[tuple[str, str, str]]:
        """What the examples show, their titles, and their JSON."""
        contents = {"Request body": self.body} | {f"Reply {status}": reply for status, reply in self.replies.items()}
        return [(what, *example) for what, content in contents.items() if content for example in content.examples]

    @property
    def sandbox_path(self) -> str:
        """The path at which the sandbox serves it: that of the first server, and its own."""
        return urlsplit(self.servers[0].url).path.rstrip("/") + self.path

    def _keys(self, reference: Reference) -> Iterator[Parameter]:
        for name in reference.schemes_of(self.node):
            scheme = reference.resolve(reference.document["components"]["securitySchemes"][name])
            if scheme["type"] == "http" and scheme["scheme"].lower() != "bearer":
                raise ValueError(f"{self.id}: the reference shows API keys and bearer tokens; {name} is something else")
            yield Parameter(reference, scheme, name)

    def _parameters(self, reference: Reference, item: Node) -> Iterator[Parameter]:
        listed = map(reference.resolve, [*item.get("parameters", []), *self.node.get("parameters", [])])
        # One of the operation stands in for one of its path with the same name and place.
        for node in {(node["in"], node["name"]): node for node in listed}.values():
            yield Parameter(reference, node)

    def _inputs(self, reference: Reference) -> Iterator[Input]:
        if self.body and self.body.schema:
            demo = self.body.values[0][1] if self.body.values else None
            fields = list(_body_inputs(reference, self.body.node_of_schema, (), demo))
            # Where there is a secret, what stands beside it identifies somebody.
            secret = any(field.secret for field in fields)
            yield from (replace(field, secret=secret and field.type == "string") for field in fields)
        for each in self.parameters:
            if each.place != "cookie":  # a page cannot send one of its choice
                place = "bearer" if each.is_bearer else each.place
                source = reference.source_of(each)
                demo = _as_typed(each.demo if each.scheme is None else f"demo-{each.name.lower()}", each.type)
                yield Input(each.name, place, each.type, each.secret, demo="" if source else demo, source=source)


@dataclass(frozen=True)
class Group:
    """Calls that stand together, under a title."""

    anchor: str
    title: str
    description: str
    operations: list[Operation]


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
    def groups(self) -> list[Group]:
        """All calls by their first tag, in the order of the tags; in one group where there is one tag."""
        names = list(dict.fromkeys([*(tag["name"] for tag in self.document.get("tags", [])), *self._tags]))
        used = [name for name in names if name in self._tags]
        if len(used) <= 1:
            return [Group("calls", "Calls", "", self.operations)]
        texts = {tag["name"]: tag.get("description", "") for tag in self.document.get("tags", [])}
        return [
            Group(
                "tag-" + _anchor(name or "other"),
                (name or "other").capitalize(),
                texts.get(name, ""),
                [operation for operation in self.operations if operation.tag == name],
            )
            for name in used
        ]

    @property
    def _tags(self) -> list[str]:
        return [operation.tag for operation in self.operations]

    @cached_property
    def schemas(self) -> list[Schema]:
        """The named schemas."""
        named: Node = self.document.get("components", {}).get("schemas", {})
        return [Schema(self, name, node, shared=True) for name, node in named.items()]

    def schemes_of(self, operation: Node) -> list[str]:
        """Return the security schemes of an operation: those of the first alternative; none where nothing is asked."""
        stated: list[Node] | None = operation.get("security")
        security = self.document.get("security", []) if stated is None else stated
        return list(security[0]) if security else []

    def source_of(self, parameter: Parameter) -> str:
        """Return what the sandbox issues for a credential; nothing for any other parameter."""
        if parameter.is_bearer:
            return "access-token"
        return "request-token" if parameter.scheme and parameter.scheme in self._request_tokens else ""

    @cached_property
    def _request_tokens(self) -> list[str]:
        nodes = (item[method] for item in self.document["paths"].values() for method in item if method in _METHODS)
        return [name for node in nodes if node.get("operationId") == _SESSION for name in self.schemes_of(node)]

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
        return Schema(self, node["$ref"].rpartition("/")[2] if shared else name, node, shared=shared)

    def whole(self, node: Node) -> Node:
        """Return a schema with what it refers to, and with the parts of its `allOf` put together."""
        node = self.resolve(node)
        if "allOf" not in node:
            return node
        found: Node = {}
        for part in [*map(self.whole, node["allOf"]), {name: node[name] for name in node if name != "allOf"}]:
            properties = found.get("properties", {}) | part.get("properties", {})
            required = [*found.get("required", []), *part.get("required", [])]
            found |= part
            found |= {"properties": properties} if properties else {}
            found |= {"required": required} if required else {}
        return found

    def fields_of(self, node: Node, *, owner: str) -> list[Field]:
        """Return the fields of an object, or of the objects of a list that have no name of their own."""
        if node.get("type") == "array":
            items = node.get("items", {})
            return [] if "$ref" in items else self.fields_of(self.whole(items), owner=owner)
        required = node.get("required", [])
        properties: dict[str, Node] = node.get("properties", {})
        return [Field(self, name, item, owner=owner, required=name in required) for name, item in properties.items()]


def _body_inputs(
    reference: Reference,
    schema: Node,
    steps: tuple[str, ...],
    demo: Any,  # noqa: ANN401 - any JSON
) -> Iterator[Input]:
    """Yield an input for each value of a body; what has no fields of its own, and what is a list, is one value."""
    node = reference.whole(schema)
    properties: dict[str, Node] = node.get("properties", {})
    if properties and len(steps) < _MOST_NESTED:
        for name, item in properties.items():
            if not reference.whole(item).get("readOnly"):
                within = demo.get(name) if isinstance(demo, dict) else None
                yield from _body_inputs(reference, item, (*steps, name), within)
        return
    kind = str(node.get("type", "any"))
    name, path, value = ".".join(steps) or "body", json.dumps(steps), node.get("default") if demo is None else demo
    secret = node.get("format") == "password"
    yield Input(name, "body", kind, secret, path, "" if secret else _as_typed(value, kind))


def _as_typed(value: Any, kind: str) -> str:  # noqa: ANN401 - any JSON
    """Return a value as a person types it: text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if kind == "string" and isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _anchor(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text)


def _type(node: Node) -> str:
    """Say in a word or two what a schema takes."""
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    for word, between in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if word in node and "type" not in node:
            return between.join(map(_type, node[word]))
    if node.get("type") == "array":
        return f"array of {_type(node['items'])}" + (" or null" if node.get("nullable") else "")
    if isinstance(node.get("additionalProperties"), dict) and not node.get("properties"):
        return f"map of {_type(node['additionalProperties'])}" + (" or null" if node.get("nullable") else "")
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
