"""What the templates of the generated package print: the operations, models and words of the spec, ready as Python.

openapi-python-client parses the spec, names classes and modules, and renders. What it does not hand to templates (the
security schemes, servers, extensions, the spelling of operationId, descriptions of parameters and tags) is taken from
the spec here, and what the package has no way to say is refused with one line.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from openapi_python_client.strings import PythonIdentifier

from derive import target
from printed import Call, Node, Shape, Typed, Value, described, imports_of_types, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")
MIB = 1024 * 1024
MOST_MIB = 16
LENIENT = {
    "id": ("str", "identifier"),
    "decimal": ("Decimal", "decimal"),
    "integer": ("int", "integer"),
    "india-datetime": ("dt.datetime", "india_datetime"),
    "india-date": ("dt.date", "india_date"),
}
REPLY_TYPES = {
    "string": ("str", "text"),
    "number": ("Decimal", "decimal"),
    "integer": ("int", "integer"),
    "boolean": ("bool", "boolean"),
}
REQUEST_TYPES = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}
REQUEST_FORMATS = {"date": "dt.date", "date-time": "dt.datetime"}
TAKEN = ("additional_properties", "attrs", "cls", "dt", "from_dict", "parse", "raw", "self", "to_dict")
COMPOSED = ("allOf", "anyOf", "oneOf", "not")
# What a schema may say that a reader of the spec must not lose on the way through a reference.
SAID = (
    "format",
    "x-lenient",
    "x-personal",
    "x-flatten",
    "x-from",
    "x-name",
    "x-unknown-if-present",
    "x-error-words",
    "x-success-words",
)


class Refused(Exception):
    """What the package cannot be made of, in one line."""


class Facts:
    """The spec, as the templates ask for it.

    Args:
        document: the spec.
        models: the generator's models by class name.

    Raises:
        Refused: the package has no way to say what the spec says.
    """

    def __init__(self, document: Node, models: Iterable[Any]) -> None:
        self.document = document
        self.generated = {str(model.class_info.name): model for model in models}
        self.modules = {name: str(model.class_info.module_name) for name, model in self.generated.items()}
        for name, module in self.modules.items():
            if (
                module != "_".join(filter(None, re.split("([A-Z]?[a-z]+)", name))).lower()
            ):  # as models/__init__.py has it
                raise Refused(f"the schema {name}: the name is one of Python's own, or of odd signs: give it another")
        self.models: dict[str, tuple[Node, bool]] = {}
        self.calls: dict[str, Call] = {}
        self.security_schemes = self._schemes()
        self.servers = tuple(server["url"] for server in document.get("servers", []))
        for where, part in _parts(document):
            self._check(where, part)

    # Schemas.

    def _check(self, where: str, node: Node) -> None:
        """Refuse what would be lost of a part of the spec."""
        for composed in COMPOSED:
            if isinstance(node.get(composed), list | dict) and not where.endswith("/properties"):
                self._check_composed(node, composed, where)
        schema = target(self.document, node) if isinstance(node.get("$ref"), str) else None
        if isinstance(schema, dict) and not _is_object(schema):
            for word in SAID:
                if word in schema:
                    raise Refused(f"{where}: {word} behind the reference to {node['$ref']} is lost: write it inline")
        if node.get("x-lenient", "id") not in LENIENT:
            raise Refused(f"{where}: x-lenient is {node['x-lenient']}, which is none of {', '.join(LENIENT)}")

    def _check_composed(self, node: Node, composed: str, where: str) -> None:
        parts = node[composed]
        single = composed == "allOf" and len(parts) == 1 and set(parts[0]) == {"$ref"}
        if not single:
            raise Refused(
                f"{where}: {composed} is not supported, and what stands in it is lost: write the schema whole"
            )
        lost = [word for word in SAID if word in node]
        if lost:
            raise Refused(f"{where}: {lost[0]} beside {composed} is lost: write the schema whole")

    def resolved(self, schema: Node) -> Node:
        """Return what a reference stands for, or what is none as it is."""
        while "$ref" in schema or "allOf" in schema:
            schema = cast("Node", target(self.document, schema if "$ref" in schema else schema["allOf"][0]))
        return schema

    # Security, servers, tags.

    def _schemes(self) -> list[Node]:
        found = []
        for name, scheme in self.document.get("components", {}).get("securitySchemes", {}).items():
            where = f"the security scheme {name}"
            if scheme["type"] == "apiKey" and scheme["in"] == "header":
                found.append({"name": name, "type": "apiKey", "parameter": scheme["name"], "prefix": ""})
            elif scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
                found.append({"name": name, "type": "http", "parameter": "Authorization", "prefix": "Bearer "})
            else:
                raise Refused(f"{where} is neither an API key in a header nor a bearer token: no other is supported")
        return found

    def tag_description(self, tag: str) -> str:
        """Return what the spec says of a tag, by its Python name."""
        for each in self.document.get("tags", []):
            if identifier(each["name"]) == tag:
                return described(each) or f"The operations of {tag}."
        return f"The operations of {tag}."

    # Types.

    def typed(self, schema: Node, prop: Any, where: str, *, reply: bool) -> Typed:  # noqa: ANN401 - the generator's
        """Return the Python type of a schema, and how its value is read.

        Args:
            schema: of the spec.
            prop: what the generator made of it, for the names of its classes.
            where: for what is said where it is refused.
            reply: whether it stands in a reply.
        """
        node, prop = self.resolved(schema), _single(prop)
        kind = node.get("type", "object" if "properties" in node else None)
        if kind == "object" and node.get("properties"):
            return self._model(node, prop, where, reply=reply)
        if kind == "object":
            return self._mapping(node, prop, where, reply=reply)
        if kind == "array":
            inner = self.typed(node["items"], prop.inner_property, f"{where}/items", reply=reply)
            if inner.is_model and reply:
                return Typed(f"Rows[{inner.type}]", f"read.model_rows({{}}, {inner.type})")
            return Typed(f"list[{inner.type}]", f"read.sequence({{}}, {inner.function})")
        if kind is None:
            return Typed("object", "{}")
        return self._reply_scalar(node, kind, where) if reply else _request_scalar(node, kind, where)

    def _reply_scalar(self, node: Node, kind: str, where: str) -> Typed:
        if "enum" in node:
            raise Refused(f"{where}: a closed enum in a reply, where the service may send another word")
        if node.get("format") in {"date", "date-time", "binary", "byte", "uuid"}:
            raise Refused(f"{where}: format {node['format']} is not read in replies: use x-lenient")
        if "x-lenient" in node:
            return Typed(LENIENT[node["x-lenient"]][0], f"read.{LENIENT[node['x-lenient']][1]}({{}})")
        if node.get("format") == "password":
            return Typed("Secret", "read.secret({})")
        return Typed(REPLY_TYPES[kind][0], f"read.{REPLY_TYPES[kind][1]}({{}})")

    def _model(self, node: Node, prop: Any, where: str, *, reply: bool) -> Typed:  # noqa: ANN401
        name = str(prop.class_info.name)
        known = self.models.get(name)
        if known is None:
            self.models[name] = (node, reply)
            properties = self._properties(name)
            for wire, schema in node["properties"].items():
                self.typed(schema, properties[wire], f"{where}/{wire}", reply=reply)
        elif known[1] != reply:
            raise Refused(f"{where}: {name} is part of a request and of a reply: write two schemas")
        return Typed(name, f"read.item({{}}, {name})", is_model=True)

    def _mapping(self, node: Node, prop: Any, where: str, *, reply: bool) -> Typed:  # noqa: ANN401
        values = node.get("additionalProperties")
        if not isinstance(values, dict) or not values:
            return Typed("dict[str, object]", "read.mapping({}, read.anything)")
        inner = self.typed(values, prop.additional_properties, f"{where}/additionalProperties", reply=reply)
        # A key is news, even where its value cannot be read.
        optional = " | None" if reply and inner.type != "object" else ""
        return Typed(f"dict[str, {inner.type}{optional}]", f"read.mapping({{}}, {inner.function})")

    def _properties(self, name: str) -> dict[str, Any]:
        """Return the generator's properties of a model: a nested one knows its own only where it is declared."""
        model = self.generated[name]
        return {_raw(each.name): each for each in [*model.required_properties, *model.optional_properties]}

    # Operations.

    def operations(self, collections: Iterable[Any]) -> None:
        """Read every operation of the spec, beside what the generator made of it."""
        endpoints = {str(each.name): each for found in collections for each in found.endpoints}
        for name, (what, path, method) in self._named().items():
            if name in endpoints:  # else the generator says what it does not understand
                item = self.document["paths"][path]
                self.calls[name] = self._call(name, what, path, item, item[method], endpoints[name])

    def _named(self) -> dict[str, tuple[str, str, str]]:
        """Return where each operation is, by its name: what to call it in a message, path, method."""
        found: dict[str, tuple[str, str, str]] = {}
        for path, item in self.document["paths"].items():
            for method in (method for method in METHODS if method in item):
                what = f"{method.upper()} {path}"
                for needed in ("operationId", "tags"):
                    if not item[method].get(needed):
                        raise Refused(f"{what} has no {needed}")
                name = identifier(item[method]["operationId"])
                if name in found:
                    raise Refused(f"{what}: another operation is called {name}, too")
                found[name] = (what, path, method)
        return found

    def _call(  # noqa: PLR0913, PLR0917 - an operation, and where it stands
        self,
        name: str,
        what: str,
        path: str,
        item: Node,
        node: Node,
        endpoint: Any,  # noqa: ANN401 - the generator's
    ) -> Call:
        call = Call(
            id=node["operationId"],
            name=name,
            method=what.partition(" ")[0],
            path=path,
            summary=_sentence(node.get("summary") or node["operationId"]),
            about=_about(node),
            facts={},
            modules=self.modules,
        )
        self._parameters(call, [*node.get("parameters", []), *item.get("parameters", [])], endpoint, what)
        if "requestBody" in node:
            self._body(call, node["requestBody"], endpoint, what)
        self._check_names(call, what)
        self._replies(call, node, endpoint, what)
        call.facts = self._operation_facts(call, node, item, what)
        return call

    def _parameters(self, call: Call, parameters: list[Node], endpoint: Any, what: str) -> None:  # noqa: ANN401
        made = {
            "path": endpoint.path_parameters,
            "query": endpoint.query_parameters,
            "header": endpoint.header_parameters,
        }
        for each in parameters:
            node = self.resolved(each)
            wire, place = node["name"], node["in"]
            if place not in made:
                raise Refused(f"{what}: the parameter {wire} in {place} is not supported")
            if any((known.wire, known.place) == (wire, place) for known in call.parameters):
                continue  # the operation's own comes before that of its path
            prop = next(prop for prop in made[place] if _raw(prop.name) == wire)
            schema = self.resolved(node["schema"])
            typed = self.typed(schema, prop, f"{what}, {wire}", reply=False)
            default, optional = None, ""
            if "default" in schema:
                default = literal(schema["default"])
            elif not node.get("required"):
                default, optional = "UNSET", " | Unset"
            about = described({"description": schema.get("description", "")} | node)
            call.parameters.append(
                Value(node.get("x-name") or str(prop.python_name), wire, typed.type + optional, about, place, default)
            )
        call.parameters.sort(key=lambda each: call.path.find(f"{{{each.wire}}}") if each.place == "path" else MIB)

    def _body(self, call: Call, body: Node, endpoint: Any, what: str) -> None:  # noqa: ANN401
        node = self.resolved(body)
        content = node["content"]
        if list(content) != ["application/json"] or not node.get("required"):
            raise Refused(f"{what}: a body must be required, and application/json alone")
        schema = self.resolved(content["application/json"]["schema"])
        if not schema.get("properties"):
            raise Refused(f"{what}: a body must be an object with properties")
        typed = self.typed(schema, endpoint.bodies[0].prop, f"{what}, body", reply=False)
        call.body_model = typed.type
        call.json_body = self._flattened(call, schema, typed.type, what)

    def _flattened(self, call: Call, schema: Node, model: str, what: str, within: tuple[str, ...] = ()) -> str:
        properties, parts = self._properties(model), []
        for wire, each in schema["properties"].items():
            node, required = self.resolved(each), wire in schema.get("required", [])
            if "x-flatten" in each:
                if within or not required or not _is_object(node):
                    raise Refused(f"{what}, {wire}: x-flatten is for a required object of the body itself")
                nested = str(_single(properties[wire]).class_info.name)
                parts.append(f"{literal(wire)}: {self._flattened(call, node, nested, what, (wire,))}")
                continue
            value = self._field(wire, each, properties[wire], f"{what}, {wire}", reply=False, required=required)
            call.body.append(value)
            if node.get("x-from") == "trading":
                call.from_trading.append((*within, wire))
            parts.append(f"{literal(wire)}: {value.name}")
        return "{" + ", ".join(parts) + "}"

    def _check_names(self, call: Call, what: str) -> None:
        seen = {"client", "body", "operation", "self"}
        for each in call.arguments:
            if each.name in seen:
                raise Refused(f"{what}: the name {each.name} is taken: give {each.wire} another one with x-name")
            seen.add(each.name)

    def _replies(self, call: Call, node: Node, endpoint: Any, what: str) -> None:  # noqa: ANN401
        good = [status for status in node.get("responses", {}) if str(status).startswith("2")]
        if len(good) != 1:
            raise Refused(f"{what} must have one reply of 2xx, and has {len(good)}")
        made = {pattern.status_code.pattern: pattern.prop for pattern in endpoint.responses}
        call.result, call.reads, call.readers = "None", False, ["return None"]
        for status, response in node["responses"].items():
            reply = self.resolved(response)
            if not reply.get("content"):
                continue
            content = reply["content"].get("application/json")
            if content is None:
                raise Refused(f"{what}: the reply {status} is no application/json")
            if status not in good:
                self.typed(content["schema"], made[str(status)], f"{what}, {status}", reply=True)
                continue
            if "example" not in content and "examples" not in content:
                raise Refused(f"{what} has no example of its reply")
            self._result(call, node, content["schema"], made[str(status)], what)

    def _result(self, call: Call, operation: Node, schema: Node, prop: Any, what: str) -> None:  # noqa: ANN401
        node, where, unwrap = self.resolved(schema), f"{what}, the reply", ""
        wire = operation.get("x-unwrap") or node.get("x-unwrap")
        if wire:
            if wire not in node.get("properties", {}):
                raise Refused(f"{what}: x-unwrap is {wire}, which is no property of the reply")
            prop = self._properties(str(_single(prop).class_info.name))[wire]
            schema, unwrap = node["properties"][wire], f", unwrap={literal(wire)}"
        columns = self.resolved(self.resolved(schema).get("items", schema)).get("properties", {})
        unknown = [name for name in operation.get("x-columns", ()) if name not in columns]
        if unknown:
            raise Refused(f"{what}: x-columns has {unknown[0]}, which is no property of a row")
        typed = self.typed(schema, prop, where, reply=True)
        call.result, call.reads = typed.type, True
        models = [line for line in imports_of_types(typed.type, "...", self.modules) if ".models." in line]
        if typed.type.startswith("Rows["):
            row = typed.type[5:-1]
            call.readers = ["from ... import reading as read", *models, "", f"return read.rows(data, {row}{unwrap})"]
        elif wire:
            raise Refused(f"{what}: x-unwrap is for a list of objects")
        elif typed.is_model:
            call.readers = [*models, "", f"return {typed.type}.parse(data)"]
            self._read_alone(call, node, typed.type, what)
        elif typed.type == "object":
            call.readers = ["return data"]
        else:
            code = f'read.required("the reply", {typed.reader.format("data")})'
            call.readers = ["from ... import reading as read", *models, "", f"return {code}"]

    def _read_alone(self, call: Call, node: Node, model: str, what: str) -> None:
        for wire in node.get("required", []):
            value = self._field(wire, node["properties"][wire], self._properties(model)[wire], what, reply=True)
            if value.type.removesuffix(" | None") in {"str", "Secret"}:
                call.read_alone.append(Value(value.name, wire, value.type.removesuffix(" | None"), ""))

    def _operation_facts(self, call: Call, node: Node, item: Node, what: str) -> dict[str, object]:
        facts: dict[str, object] = {"idempotent": node.get("x-idempotent", call.method in IDEMPOTENT)}
        security: list[Node] = node["security"] if "security" in node else self.document.get("security", [])
        names = [scheme["name"] for scheme in self.security_schemes]
        for each in security:
            for name in each:
                if name not in names:
                    raise Refused(f"{what}: there is no security scheme {name}")
        facts["security"] = tuple(tuple(each) for each in security)
        servers = node.get("servers") or item.get("servers")
        if servers:
            facts["servers"] = tuple(server["url"] for server in servers)
        most = node.get("x-max-reply-bytes", MIB)
        if not isinstance(most, int) or not 0 < most <= MOST_MIB * MIB:
            raise Refused(f"{what}: x-max-reply-bytes must be a number of bytes, {MOST_MIB} MiB at the most")
        facts["max_reply_bytes"] = most
        spends = node.get("x-spends", {})
        facts |= {"spends": spends.get("what"), "renew": spends.get("renew")}
        facts |= {"experimental": node.get("x-experimental"), "from_trading": tuple(call.from_trading)}
        marked: dict[str, list[Any]] = {"x-unknown-if-present": [], "x-error-words": [], "x-success-words": []}
        for response in node["responses"].values():
            self._marked(response, marked, set())
        facts["unknown_if_present"] = tuple(dict.fromkeys(wire for wire, _ in marked["x-unknown-if-present"]))
        words = marked["x-error-words"] + marked["x-success-words"]
        facts["status_field"] = words[0][0] if words else None
        for name in ("error_words", "success_words"):
            found = marked[f"x-{name.replace('_', '-')}"]
            facts[name] = tuple(found[0][1]) if found else ()
        return {name: value for name, value in facts.items() if name == "idempotent" or value not in (None, (), MIB)}

    def _marked(self, node: Any, marked: dict[str, list[Any]], within: set[str]) -> None:  # noqa: ANN401
        if isinstance(node, list):
            for each in node:
                self._marked(each, marked, within)
        if not isinstance(node, dict):
            return
        if isinstance(node.get("$ref"), str) and node["$ref"] not in within:
            self._marked(target(self.document, node), marked, within | {node["$ref"]})
        for wire, schema in (node.get("properties") or {}).items():
            for word, found in marked.items():
                if isinstance(schema, dict) and schema.get(word):
                    found.append((wire, schema[word]))
        for key, each in node.items():
            if key not in {"example", "examples"}:
                self._marked(each, marked, within)

    # Models.

    def _field(  # noqa: PLR0913 - what makes a field
        self,
        wire: str,
        schema: Node,
        prop: Any,  # noqa: ANN401 - the generator's
        where: str,
        *,
        reply: bool,
        required: bool = False,
    ) -> Value:
        node = self.resolved(schema)
        typed = self.typed(schema, prop, where, reply=reply)
        name = schema.get("x-name") or node.get("x-name") or str(prop.python_name)
        if re.match(r"field_\d", name) or keyword.iskeyword(name) or not name.isidentifier():
            raise Refused(f"{where}: there is no good name for it in Python: give it one with x-name")
        hidden = bool(node.get("x-personal")) or node.get("format") == "password"
        default, type_ = None, typed.type
        if reply:
            if not required:
                default, type_ = "None", type_ if type_ == "object" else f"{type_} | None"
        elif "default" in node:
            default = literal(node["default"])
        elif not required or "x-from" in node:
            default, type_ = "UNSET", f"{type_} | Unset"
        about = described(node | schema)
        if "x-from" in node:
            about += " Left out, it is that of `trading=`; the standalone client has none."
        return Value(
            name,
            wire,
            type_,
            about,
            default=default,
            reader=typed.reader,
            hidden=hidden,
            required=required,
        )

    def shape(self, model: Any) -> Shape:  # noqa: ANN401
        """Return a model as its template prints it."""
        name = str(model.class_info.name)
        node, reply = self.models[name]
        properties = self._properties(name)
        fields: list[Value] = []
        for wire, schema in node["properties"].items():
            required = wire in node.get("required", [])
            value = self._field(wire, schema, properties[wire], f"{name}.{wire}", reply=reply, required=required)
            if value.name in TAKEN or any(value.name == each.name for each in fields):
                raise Refused(f"{name}.{wire}: the name {value.name} is taken: give it another one with x-name")
            reader = value.reader.format(f"get({literal(wire)})")
            if required and value.type != "object":
                reader = f"read.required({literal(wire)}, {reader})"
            fields.append(replace(value, reader=reader, place="model"))
        types = " ".join(each.type for each in fields)
        imports = [line for line in imports_of_types(types, "..", self.modules) if ".models." in line]
        imports = [line.replace("..models.", ".") for line in imports if not line.endswith(f" {name}")]
        summary = f"What a reply holds: {name}." if reply else f"What is sent: {name}."
        about = f"{described(node) or summary}\n\n{Call.described(fields).replace('Args:', 'Attributes:')}"
        return Shape(
            name, summary, about.strip(), reply, fields, imports, any(each.required for each in fields) and reply
        )


def _single(prop: Any) -> Any:  # noqa: ANN401 - the generator's
    """Return what the generator's property is besides null."""
    inner = [each for each in getattr(prop, "inner_properties", ()) if type(each).__name__ != "NoneProperty"]
    return inner[0] if len(inner) == 1 else prop


def _raw(name: Any) -> str:  # noqa: ANN401 - the generator's
    return str(name.get_untrusted_value()) if hasattr(name, "get_untrusted_value") else str(name)


def _request_scalar(node: Node, kind: str, where: str) -> Typed:
    if "enum" in node:
        return Typed(f"Literal[{', '.join(literal(each) for each in node['enum'])}]", "{}")
    if node.get("format") in {"binary", "byte"}:
        raise Refused(f"{where}: format {node['format']} is not supported")
    name = REQUEST_FORMATS.get(node.get("format", ""), REQUEST_TYPES[kind])
    return Typed(f"{name} | None" if node.get("nullable") else name, "{}")


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."


def _about(node: Node) -> str:
    parts = [str(node.get("description", "")).strip()]
    if "x-evidence" in node:
        parts.append(
            f"Evidence: {node['x-evidence']}."
            + "".join(f"\n- Inferred: {each}" for each in node.get("x-evidence-inferred", []))
        )
    return "\n\n".join(part for part in parts if part)


def _parts(node: object, where: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every object of the spec but examples and extensions, and where it is."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _parts(each, f"{where}/{index}")
    if isinstance(node, dict):
        yield where, node
        for key, each in node.items():
            if not key.startswith(("example", "x-")) or where.endswith("/properties"):
                yield from _parts(each, f"{where}/{key}")


def _is_object(schema: Node) -> bool:
    return schema.get("type") == "object" or "properties" in schema


def identifier(name: str) -> str:
    """Return the name that something of the spec has in Python."""
    return PythonIdentifier(name, "field_")
