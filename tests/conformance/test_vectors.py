"""The vectors as files: they fit their schema, and they agree with themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from torus_connect import spec_text
from torus_connect.errors import ConfigurationError
from torus_connect.sandbox.conformance.library import vectors
from torus_connect.sandbox.conformance.rules import PATH

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
    assert [vector.name for vector in vectors()] == [file.stem for file in FILES]


def test_all_that_is_documented_is_the_call_and_its_reply() -> None:
    documented = {file.stem for file in FILES if read(file)["evidence"] == "documented"}
    assert documented == {"request", "success"}


def test_the_path_is_that_of_the_document() -> None:
    spec = json.loads(spec_text("json"))
    path = next(iter(spec["paths"]))
    assert spec["servers"][0]["url"].endswith(PATH.removesuffix(path))
    assert PATH.endswith(path)


def test_numbers_of_requests_fit_the_outcomes() -> None:
    for vector in vectors():
        expected = vector.expected
        assert expected.least_requests <= expected.most_requests, vector.name
        assert ("not_sent" in expected.outcomes) == (expected.least_requests == 0), vector.name
        assert "unknown" not in expected.outcomes or expected.most_requests == 1, vector.name
        assert expected.most_requests <= 1 or vector.replies[0].status_line.split()[1] in {"429", "503"}, vector.name


def test_the_end_of_a_body_is_left_to_the_player() -> None:
    for vector in vectors():
        for reply in vector.replies:
            assert not {name.lower() for name, _ in reply.headers} & MADE_BY_THE_PLAYER, vector.name


def test_no_value_looks_real() -> None:
    for file in FILES:
        given = read(file)["given"]
        assert all(any(mark in value for mark in ("demo", "000", "null", "true")) for value in given.values()), (
            file.name
        )


def test_there_is_no_such_vector() -> None:
    with pytest.raises(ConfigurationError, match="there is no such vector; there are: lost-after-json, "):
        vectors(["success", "no-such-vector"])
