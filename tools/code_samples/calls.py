"""What a program needs to know of a call: where it goes, what it sends, and what the reply is good for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from derive import target

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CLIENT_SETTINGS = ("TORUS_API_KEY", "TORUS_API_SECRET")  # what a client of torus_connect takes from there by itself
BASE_URL = "TORUS_BASE_URL"
TRADING = {"ip": "192.0.2.1", "uu_id": "12345678", "app_id": "12345678"}
"""What a caller opts in with to what is experimental: nobody's address, and numbers that are made up."""


class Variable(str):
    """The name of an environment variable, in the place of a value."""

    __slots__ = ()


@dataclass(frozen=True)
class Argument:
    """A value that the Python SDK takes for the call.

    Attributes:
        name: of the argument.
        value: the example, or the variable that holds it.
    """

    name: str
    value: Any


@dataclass(frozen=True)
class Header:
    """A header with a credential, or with an example."""

    name: str
    prefix: str
    value: Any
    scheme: str = ""


@dataclass
class Call:
    """One call.

    Attributes:
        id: its operationId.
        python_id: the same as Python writes it.
        path: with the examples of its parameters, percent-encoded, and its query.
        path_parameters: by name, the examples as text.
        query: likewise.
        headers: what it carries, without Content-Type.
        body: its JSON, with variables in the place of what proves somebody; `None` where there is none.
        patterns: by variable, what its value looks like.
        base: the variable for the base URL.
        server: the base URL of the spec.
        arguments: what the SDK takes, without what has a default.
        spends: what it uses up, if anything.
        idempotent: whether it may be sent again.
        experimental: what is unproven of it.
        status: of its good reply.
        secret: the name of the secret that the reply is about, if it is about one.
        is_list: whether the SDK returns rows.
        has_reply: whether the reply holds anything.
        failure: the field of a good reply that says a failure, and the words for it.
        success: of what is not to be sent again, the words of that field for a success.
    """

    id: str
    python_id: str
    method: str
    summary: str
    tag: str
    template: str
    path: str = ""
    path_parameters: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: list[Header] = field(default_factory=list)
    body: Any = None
    patterns: dict[str, str] = field(default_factory=dict)
    base: str = BASE_URL
    server: str = ""
    arguments: list[Argument] = field(default_factory=list)
    spends: str = ""
    idempotent: bool = False
    experimental: str = ""
    status: str = "200"
    secret: str = ""
    is_list: bool = False
    has_reply: bool = False
    failure: tuple[str, list[str]] | None = None
    success: list[str] = field(default_factory=list)

    @property
    def trading(self) -> dict[str, str]:
        """The arguments of `Trading`, for a call that wants it."""
        return TRADING if self.experimental else {}

    @cached_property
    def variables(self) -> list[str]:
        """The variables that it needs, but for the base URL."""
        return [*dict.fromkeys([*_variables(self.body), *_variables([header.value for header in self.headers])])]

    @property
    def proof(self) -> Variable | None:
        """The variable of what is traded for a session."""
        found = [Variable(name) for name in self.variables if name not in CLIENT_SETTINGS]
        return found[0] if self.secret and len(found) == 1 else None

    @property
    def python_tag(self) -> str:
        """The tag as Python writes it."""
        return _python(self.tag)

    @property
    def bearer(self) -> Header | None:
        """The header that carries an access token, if there is one."""
        return next((header for header in self.headers if header.prefix), None)

    @property
    def schemes(self) -> list[Header]:
        """The headers that carry credentials."""
        return [header for header in self.headers if header.scheme]


def _variables(node: object) -> Iterator[str]:
    if isinstance(node, Variable):
        yield str(node)
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _variables(each)


def calls(document: Node) -> list[Call]:
    """Return all calls of the spec, in its order."""
    return [
        _Reader(document).call(path, method, item)
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    ]


def operations(document: Node) -> dict[str, Node]:
    """Return what a document says of each call, by operationId."""
    nodes = (node for item in document["paths"].values() for node in item.values())
    return {node["operationId"]: node for node in nodes if isinstance(node, dict) and "operationId" in node}


class _Reader:
    """Reads the calls of a document, which has been found to be in order."""

    def __init__(self, document: Node) -> None:
        self.document = document

    def call(self, path: str, method: str, item: Node) -> Call:
        node: Node = item[method]
        call = Call(
            node["operationId"],
            _python(node["operationId"]),
            method.upper(),
            node.get("summary", ""),
            next(iter(node.get("tags", [])), ""),
            path,
            idempotent=node.get("x-idempotent", method.upper() not in {"POST", "PATCH"}),
            experimental=node.get("x-experimental", ""),
            spends=node.get("x-spends", {}).get("what", ""),
        )
        self._parameters(call, [*node.get("parameters", []), *item.get("parameters", [])])
        self._security(call, node)
        if "requestBody" in node:
            self._body(call, self.resolved(node["requestBody"]))
        self._reply(call, node)
        own = node.get("servers") or item.get("servers")
        call.server = (own or self.document["servers"])[0]["url"]
        if own:
            call.base = f"{call.proof or 'TORUS_' + call.python_id.upper()}_BASE_URL"
        return call

    def resolved(self, node: Node) -> Node:
        while "$ref" in node:
            node = cast("Node", target(self.document, node))
        if "allOf" in node:
            for part in map(self.resolved, node["allOf"]):
                node = part | {key: value for key, value in node.items() if key != "allOf"}
        return node

    def _parameters(self, call: Call, parameters: list[Node]) -> None:
        found = {(node["in"], node["name"]): node for node in reversed([self.resolved(each) for each in parameters])}
        for (place, name), node in reversed(found.items()):
            schema = self.resolved(node["schema"])
            shown = self._shown(node)
            if shown is None and not node.get("required") and "default" not in schema:
                continue
            value = self.example(schema) if shown is None else shown
            if node.get("required") or value != schema.get("default"):
                call.arguments.append(Argument(node.get("x-name") or _python(name), value))
            if place == "path":
                call.path_parameters[name] = _text(value)
            elif place == "query":
                call.query[name] = _text(value)
            elif place == "header":
                call.headers.append(Header(name, "", _text(value)))
        path = re.sub(r"\{(.+?)\}", lambda found: quote(call.path_parameters[found[1]], safe=""), call.template)
        call.path = path + (f"?{urlencode(call.query, quote_via=quote)}" if call.query else "")

    def _security(self, call: Call, node: Node) -> None:
        security = node["security"] if "security" in node else self.document.get("security", [])
        for name in security[0] if security else ():
            scheme = self.resolved(self.document["components"]["securitySchemes"][name])
            variable = Variable(f"TORUS_{_python(name).upper()}")
            prefix = "" if scheme["type"] == "apiKey" else "Bearer "
            call.headers.append(Header(scheme.get("name", "Authorization"), prefix, variable, name))

    def _body(self, call: Call, node: Node) -> None:
        media = node["content"]["application/json"]
        shown = self._shown(media)
        value = self.example(media["schema"]) if shown is None else shown
        call.body = self._value(call, media["schema"], value, flat=True)

    def _value(self, call: Call, schema: Node, value: Any, *, flat: bool) -> Any:  # noqa: ANN401 - any JSON
        """Return a value of the body with its variables; where it is flat, its fields are arguments of the SDK."""
        node = self.resolved(schema)
        properties = {name: self.resolved(each) for name, each in node.get("properties", {}).items()}
        if not properties or not isinstance(value, dict):
            return value
        secret = any(each.get("format") == "password" for each in properties.values())
        found: Node = {}
        for name, each in value.items():
            of = properties.get(name, {})
            if secret and of.get("type") == "string":  # what stands beside a secret identifies somebody
                found[name] = Variable(f"TORUS_{_python(name).upper()}")
                call.patterns |= {found[name]: of["pattern"]} if "pattern" in of else {}
            else:
                found[name] = self._value(call, of, each, flat=flat and "x-flatten" in of)
            if flat and not {"x-flatten", "x-from"} & of.keys() and each != of.get("default", ...):
                call.arguments.append(Argument(of.get("x-name") or _python(name), found[name]))
        return found

    def _reply(self, call: Call, node: Node) -> None:
        call.status = next(status for status in node["responses"] if status.startswith("2"))
        media = self.resolved(node["responses"][call.status]).get("content", {}).get("application/json")
        if media is None:
            return
        schema = self.resolved(media["schema"])
        properties = {name: self.resolved(each) for name, each in schema.get("properties", {}).items()}
        call.has_reply = True
        call.is_list = schema.get("type") == "array" or "x-unwrap" in node or "x-unwrap" in schema
        secrets = (name for name in schema.get("required", []) if properties[name].get("format") == "password")
        call.secret = next(secrets, "")
        failures = ((name, each["x-error-words"]) for name, each in properties.items() if "x-error-words" in each)
        call.failure = next(failures, None)
        if call.failure and not call.idempotent:
            call.success = properties[call.failure[0]].get("x-success-words", [])

    def _shown(self, node: Node) -> Any:  # noqa: ANN401 - any JSON
        """Return the first example that stands beside a schema, if there is one."""
        if "examples" in node:
            return self.resolved(next(iter(node["examples"].values())))["value"]
        return node.get("example")

    def example(self, schema: Node) -> Any:  # noqa: ANN401 - any JSON
        """Return an example of a schema: what it says itself, or what its type allows."""
        node = self.resolved(schema)
        for word in ("example", "default"):
            if word in node:
                return node[word]
        if "enum" in node:
            return node["enum"][0]
        if "properties" in node:
            required = node.get("required", [])
            return {name: self.example(each) for name, each in node["properties"].items() if name in required}
        if node.get("type") == "array":
            return [self.example(node["items"])]
        dates = {"date": "2024-09-13", "date-time": "2024-09-13T00:00:00Z"}
        plain = {"integer": node.get("minimum", 1), "number": 1.0, "boolean": True, "object": {}}
        return plain.get(node.get("type", ""), dates.get(node.get("format", ""), "demo"))


def _python(name: str) -> str:
    # Here and not above: it comes with the generator, which must have been found first.
    from openapi_python_client.strings import PythonIdentifier  # noqa: PLC0415

    return str(PythonIdentifier(name, "field_"))


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)
