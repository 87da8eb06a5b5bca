"""The vectors as files: they fit their schema, and they agree with themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest

from torus_connect import spec_text
from torus_connect.errors import ConfigurationError
from torus_connect.sandbox.conformance.library import vectors
from torus_connect.sandbox.conformance.rules import PATHS
from torus_connect.sandbox.conformance.vector import ORDER, READ, SESSION

FOLDER = Path(__file__).parents[2] / "openapi" / "conformance"
SCHEMA = FOLDER / "vector.schema.json"
FILES = sorted(set(FOLDER.glob("*.json")) - {SCHEMA}, key=lambda file: file.stem)
MADE_BY_THE_PLAYER = {"content-length", "transfer-encoding"}

Content = dict[str, Any]


def read(file: Path) -> Content:
    content: Content = json.loads(file.read_text(encoding="utf-8"))
    return content


def validator() -> Any:
    schema = read(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_file_fits_the_schema() -> None:
    judge = validator()
    faults = {file.name: [error.message for error in judge.iter_errors(read(file))] for file in FILES}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda vector: vector.update(operation="orderModify"),
        lambda vector: vector.update(operation="holdings"),
        lambda vector: vector.pop("operation"),
        lambda vector: vector["given"].pop("order"),
        lambda vector: vector["given"].pop("access_token"),
        lambda vector: vector["given"].update(api_secret="demo"),
        lambda vector: vector["given"]["order"].update(quantity=1),
        lambda vector: vector["expect"].pop("prints"),
        lambda vector: vector["expect"].update(access_token="demo"),
    ],
)
def test_the_schema_notices_in_an_order(spoil: Callable[[Content], object]) -> None:
    vector, judge = read(FOLDER / "order-success.json"), validator()
    assert judge.is_valid(vector)
    spoil(vector)
    assert not judge.is_valid(vector)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda vector: vector.pop("given"),
        lambda vector: vector.update(more=1),
        lambda vector: vector.update(evidence="java-client"),
        lambda vector: vector.update(name="Not A Name"),
        lambda vector: vector["given"].update(api_key=1),
        lambda vector: vector["expect"].update(outcome=["well"]),
        lambda vector: vector["expect"].update(outcome=[]),
        lambda vector: vector["expect"].update(outcome=["refused"]),
        lambda vector: vector["expect"].pop("access_token"),
        lambda vector: vector["expect"]["requests"].update(max=-1),
        lambda vector: vector["server"]["replies"][0].update(framing="other"),
        lambda vector: vector["server"]["replies"][0].update(framing="none"),
        lambda vector: vector["server"]["replies"][0].update(body_base64="AAAA"),
        lambda vector: vector["server"]["replies"][0].update(status_line="two\nlines"),
        lambda vector: vector["server"]["replies"][0].update(headers=[["one"]]),
        lambda vector: vector["server"]["replies"][0].update(fault={"at": "start", "kind": "close"}),
        lambda vector: vector["server"]["replies"].append({}),
    ],
)
def test_the_schema_notices(spoil: Callable[[Content], object]) -> None:
    vector, judge = read(FOLDER / "success.json"), validator()
    assert judge.is_valid(vector)
    spoil(vector)
    assert not judge.is_valid(vector)


def test_a_vector_is_named_as_its_file_is() -> None:
    assert [read(file)["name"] for file in FILES] == [file.stem for file in FILES]
    played = [vector for operation in (SESSION, ORDER, READ) for vector in vectors(operation=operation)]
    assert sorted(vector.name for vector in played) == [file.stem for file in FILES]
    prefixes = {ORDER: "order", READ: "read"}
    assert all(vector.name.startswith(prefixes.get(vector.operation, vector.name)) for vector in played)


def test_all_that_is_documented_is_the_call_and_its_reply() -> None:
    documented = {file.stem for file in FILES if read(file)["evidence"] == "documented"}
    assert documented == {"request", "success"}


def test_the_paths_are_those_of_the_document() -> None:
    spec = json.loads(spec_text("json"))
    base_path = urlsplit(spec["servers"][0]["url"]).path
    found = {each["post"]["operationId"]: base_path + path for path, each in spec["paths"].items() if "post" in each}
    assert {operation: found[operation] for operation in PATHS} == PATHS


def test_the_order_fits_the_document() -> None:
    schemas = json.loads(spec_text("json"))["components"]["schemas"]
    data = schemas["OrderEntryRequest"]["properties"]["data"]
    for vector in vectors(operation=ORDER):
        assert set(data["required"]) <= vector.given.order.keys() <= data["properties"].keys()


def test_numbers_of_requests_fit_the_outcomes() -> None:
    assert {vector.expected.most_requests for vector in vectors(operation=ORDER)} == {0, 1}
    for vector in [*vectors(), *vectors(operation=ORDER)]:
        expected = vector.expected
        assert expected.least_requests <= expected.most_requests, vector.name
        assert ("not_sent" in expected.outcomes) == (expected.least_requests == 0), vector.name
        assert "unknown" not in expected.outcomes or expected.most_requests == 1, vector.name
        assert expected.most_requests <= 1 or vector.replies[0].status_line.split()[1] in {"429", "503"}, vector.name


def test_the_end_of_a_body_is_left_to_the_player() -> None:
    for vector in vectors(file.stem for file in FILES):
        for reply in vector.replies:
            assert not {name.lower() for name, _ in reply.headers} & MADE_BY_THE_PLAYER, vector.name


def test_no_value_looks_real() -> None:
    for file in FILES:
        given = {name: value for name, value in read(file)["given"].items() if name != "order"}
        assert all(any(mark in value for mark in ("demo", "000", "null", "true")) for value in given.values()), (
            file.name
        )


def test_there_is_no_such_vector() -> None:
    with pytest.raises(ConfigurationError, match="there is no such vector; there are: lost-after-json, "):
        vectors(["success", "no-such-vector"])
