"""Each operation of the document, as its example has it: called against the sandbox, sync and async, and read."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import inspect
import json
import re
from decimal import Decimal
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from dateutil import parser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from torus_connect import AsyncTorusConnect, TorusConnect, Trading, spec_text
from torus_connect_api import Api, AsyncApi
from torus_connect_api.reading import INDIA, Rows
from torus_connect_api.reply_model import ReplyModel
from torus_connect_api.types import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from torus_connect import Session
    from torus_connect.sandbox import Sandbox

Node = dict[str, Any]
TRADING = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")

SPEC: Node = json.loads(spec_text("json"), parse_float=Decimal)
OPERATIONS: dict[str, Node] = {
    node["operationId"]: node
    for item in SPEC["paths"].values()
    for node in item.values()
    if node["tags"] != ["session"]
}
EVERY: dict[str, Node] = {node["operationId"]: node for item in SPEC["paths"].values() for node in item.values()}


def resolved(node: Node) -> Node:
    while "$ref" in node:
        found: Any = SPEC
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def python_name(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def shown(content: Node) -> Any:
    return content["content"]["application/json"]["examples"]["demo"]["value"]


def arguments(operation: Node) -> dict[str, Any]:
    """Return the arguments that make the request of the example."""
    found = {python_name(each["name"]): each["example"] for each in operation.get("parameters", [])}
    if "requestBody" not in operation:
        return found
    schema = resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    value = shown(operation["requestBody"])
    for wire, node in schema["properties"].items():
        parts = node["properties"].items() if "x-flatten" in node else [(wire, node)]
        values = value[wire] if "x-flatten" in node else value
        found |= {part.get("x-name", python_name(name)): values[name] for name, part in parts}
    return found


def as_typed(schema: Node, value: Any) -> Any:
    """Return what a value of the example is in Python, by the schema alone."""
    node = resolved(schema)
    kind = node.get("x-lenient", node.get("type"))
    if value is None or (kind != "string" and value in ("", "NA")):
        return None
    if kind in {"india-datetime", "india-date"}:
        stamp = parser.parse(value)
        typed: Any = stamp.replace(tzinfo=INDIA) if kind == "india-datetime" else stamp.date()
        return None if stamp.year == 1 else typed
    if kind == "array":
        return [as_typed(node["items"], each) for each in value]
    if kind == "object" and "properties" not in node:
        return {key: as_typed(node["additionalProperties"], each) for key, each in value.items()}
    if kind == "object":
        return {wire: as_typed(each, value.get(wire)) for wire, each in node["properties"].items()}
    scalar: Any = {"id": str, "decimal": Decimal, "integer": int, "string": str}[str(kind)]
    return scalar(value)


def as_read(value: Any) -> Any:
    """Return what was read as plain values, by the names of the wire."""
    if isinstance(value, ReplyModel):
        return {wire: as_read(getattr(value, name)) for name, wire in value.WIRE_NAMES.items()}
    if isinstance(value, list):
        return [as_read(each) for each in value]
    return {key: as_read(each) for key, each in value.items()} if isinstance(value, dict) else value


def types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types(each) for key, each in value.items()}
    return [types(each) for each in value] if isinstance(value, list) else type(value)


def expected(operation: Node) -> Any:
    content = operation["responses"]["200"]["content"]["application/json"]
    schema, value = resolved(content["schema"]), shown(operation["responses"]["200"])
    unwrap = operation.get("x-unwrap")
    return as_typed(schema["properties"][unwrap], value[unwrap]) if unwrap else as_typed(schema, value)


@pytest.fixture(scope="module")
def session(torus_sandbox: Sandbox) -> Session:
    with TorusConnect(**torus_sandbox.credentials) as torus:
        return torus.generate_session(torus_sandbox.issue_request_token())


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_called_and_read_as_its_example_has_it(name: str, torus_sandbox: Sandbox, session: Session) -> None:
    operation = OPERATIONS[name]
    [tag], given_arguments = operation["tags"], arguments(operation)
    method = python_name(name)

    async def asynchronous() -> Any:
        async with AsyncTorusConnect(**torus_sandbox.credentials) as torus:
            client = torus.with_credentials(trading=TRADING, AccessToken=session)
            return await getattr(getattr(AsyncApi(client), tag), method)(**given_arguments)

    with TorusConnect(**torus_sandbox.credentials) as torus:
        client = torus.with_credentials(trading=TRADING, AccessToken=session) if operation["security"] else torus
        replies = [getattr(getattr(Api(client), tag), method)(**given_arguments), asyncio.run(asynchronous())]
    for reply in replies:
        found = as_read(reply)
        assert found == expected(operation)
        assert types(found) == types(expected(operation))
        assert found, "the example has no row"
        if isinstance(reply, Rows):
            assert reply.unreadable == 0


def test_each_tag_has_its_credentials() -> None:
    for node in OPERATIONS.values():
        assert node["security"] == {"account": [{"AccessToken": []}], "market": []}[node["tags"][0]]


def test_what_may_be_sent_again_is_said_of_each_post() -> None:
    posts = [
        item["post"] for item in SPEC["paths"].values() if item.get("post", {}).get("security") == [{"AccessToken": []}]
    ]
    assert posts
    orders = {each["operationId"] for each in posts if "x-experimental" in each}
    assert orders == {"orderEntry", "orderModify", "orderCancel", "convertPosition"}
    assert {each["operationId"] for each in posts if not each["x-idempotent"]} == {"holdingDetails", *orders}


def test_what_is_experimental_says_so_in_its_first_line_and_what_is_unproven() -> None:
    for name, node in OPERATIONS.items():
        operation = module(name, node).OPERATION
        assert operation.experimental == node.get("x-experimental")
        if operation.experimental:
            method = getattr(getattr(Api, node["tags"][0]).fget(Api(None)), python_name(name))  # type: ignore[arg-type]
            summary, _, about = inspect.getdoc(method).partition("\n\n")  # type: ignore[union-attr]
            assert summary.endswith("(experimental).")
            assert " ".join(about.split()).startswith(f"Experimental: {operation.experimental}")
            assert (operation.success_words, operation.unknown_if_present) == (("success",), ("order_no",))


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_has_one_documented_value_need_not_be_given(name: str) -> None:
    operation, sent = OPERATIONS[name], []

    class Client:
        def send(self, request: Any) -> None:
            sent.append(request)

    needed = {key: value for key, value in arguments(operation).items() if key not in {"source", "interop_flag"}}
    [tag] = operation["tags"]
    getattr(getattr(Api(Client()), tag), python_name(name))(**needed)  # type: ignore[arg-type]
    if "requestBody" in operation:
        assert sent[0].json == shown(operation["requestBody"])


def test_no_repr_shows_what_identifies_a_person() -> None:
    hidden = 0
    for name, operation in OPERATIONS.items():
        value = shown(operation["responses"]["200"])
        result = module(name, operation).request(**request_arguments(operation)).parse(value)
        rows = result if isinstance(result, list) else [result]
        personal = [text for text in ("AAAAA0000A", "DEMO01") if text in json.dumps(value, default=str)]
        hidden += len(personal)
        assert not [text for text in personal if text in repr(rows)]
        assert not [text for text in personal if text not in str([row.to_dict() for row in rows])]
    assert hidden > 5


def module(name: str, operation: Node) -> ModuleType:
    return importlib.import_module(f"torus_connect_api.api.{operation['tags'][0]}.{python_name(name)}")


def request_arguments(operation: Node) -> dict[str, Any]:
    found = {python_name(each["name"]): each["example"] for each in operation.get("parameters", [])}
    return found | ({"body": shown(operation["requestBody"])} if "requestBody" in operation else {})


# What a field may be in a reply that nobody meant: any JSON, and texts that look like something.
ODD_NUMBERS = (10**4000, -(10**31), *map(Decimal, ("1e999999", "-1e-999999", "NaN", "Infinity", "1.10")))
ODD_TEXTS = (
    "", "NA", "1e3000000", "9" * 5000, "0001-01-01", "0001-01-01 00:00:00", "9999-12-31 23:59:59+00:01", "13 Sep 2024",
    "2024-02-30", "2024-06-11T12:35:43", "31 Feb 2024", "\ud800", "Infinity", "٣", "1_000", " 7 ", "\x00",
)  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(ODD_NUMBERS)
    | st.sampled_from(ODD_TEXTS)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def shapes(schema: Node) -> st.SearchStrategy[Any]:
    """Return what fits a schema in its outline, with anything in the place of any part."""
    node = resolved(schema)
    if node.get("type") == "array":
        return st.lists(shapes(node["items"]), max_size=3) | anything
    if node.get("properties"):
        return (
            st.fixed_dictionaries({}, optional={wire: shapes(each) for wire, each in node["properties"].items()})
            | anything
        )
    if isinstance(node.get("additionalProperties"), dict):
        return st.dictionaries(st.text(max_size=5), shapes(node["additionalProperties"]), max_size=3) | anything
    return anything


def parts(value: Any) -> Iterator[Any]:
    if isinstance(value, ReplyModel):
        yield from (part for name in value.WIRE_NAMES for part in parts(getattr(value, name)))
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from parts(each)
    else:
        yield value


@pytest.mark.parametrize("examples", [20, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", EVERY)
def test_a_reply_of_any_shape_is_read_or_refused_with_a_value_error(name: str, examples: int) -> None:
    operation = EVERY[name]
    content = operation["responses"]["200"]["content"]["application/json"]
    parse = module(name, operation).request(**request_arguments(operation)).parse
    slowest = 0.0

    @settings(max_examples=examples, derandomize=True, deadline=None)
    @given(reply=shapes(content["schema"]))
    @example(reply=None)
    @example(reply=[])
    @example(reply={"data": "one text"})
    def read(reply: Any) -> None:
        nonlocal slowest
        before = process_time()
        try:
            result = parse(reply)
        except ValueError:
            return
        finally:
            slowest = max(slowest, process_time() - before)
        for part in parts(result):
            assert part is None or isinstance(part, str | Secret | int | dt.date | Decimal), part
            if isinstance(part, Decimal | int):
                assert Decimal(-(10**31)) < Decimal(part) < Decimal(10**31)

    read()
    assert slowest < 1  # seconds: a number of a million digits would take minutes
