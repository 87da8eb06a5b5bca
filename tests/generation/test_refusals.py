"""What the package has no way to say is refused when it is generated, with one line that says where and why."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from generation.conftest import enlarged_document
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generation.conftest import Workshop

Document = dict[str, Any]


def holding(document: Document, name: str, schema: Document) -> None:
    document["components"]["schemas"]["Holding"]["properties"][name] = schema


def order(document: Document) -> Document:
    found: Document = document["paths"]["/probe/orders"]["post"]
    return found


def body(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["OrderRequest"]["properties"]
    return found


def money(document: Document, **more: Any) -> Document:
    """Add a schema of no object, and return a reference to it."""
    document["components"]["schemas"]["Money"] = {"type": "number", **more}
    return {"$ref": "#/components/schemas/Money"}


CASES: dict[str, Callable[[Document], object]] = {
    "POST /probe/orders has no operationId": lambda d: order(d).pop("operationId"),
    "POST /probe/orders has no tags": lambda d: order(d).pop("tags"),
    "DELETE /probe/keys: another operation is called holdings, too": lambda d: d["paths"]["/probe/keys"][
        "delete"
    ].update(operationId="Holdings"),
    "POST /probe/holdings/ has no example of its reply": lambda d: d["paths"]["/probe/holdings/"]["post"]["responses"][
        "200"
    ]["content"]["application/json"].pop("example"),
    "POST /probe/orders must have one reply of 2xx, and has 0": lambda d: order(d)["responses"].pop("200"),
    "POST /probe/orders: there is no security scheme Nobody": lambda d: order(d).update(security=[{"Nobody": []}]),
    "the security scheme Q is neither an API key in a header nor a bearer token: no other is supported": lambda d: d[
        "components"
    ]["securitySchemes"].update(Q={"type": "apiKey", "in": "query", "name": "q"}),
    "POST /probe/orders: the name client is taken: give client another one with x-name": lambda d: body(d).update(
        client={"type": "string"}
    ),
    "POST /probe/orders: the name body is taken: give body another one with x-name": lambda d: body(d).update(
        body={"type": "string"}
    ),
    "POST /probe/orders: the name quantity is taken: give quantity another one with x-name": lambda d: body(d).update(
        quantity={"type": "string"}
    ),
    "POST /probe/orders: the name side is taken: give side another one with x-name": lambda d: order(d).update(
        parameters=[{"name": "side", "in": "query", "schema": {"type": "string"}}]
    ),
    "POST /probe/orders, source: x-flatten is for a required object of the body itself": lambda d: body(d)[
        "source"
    ].update({"x-flatten": True}),
    "POST /probe/orders: the parameter side in cookie is not supported": lambda d: order(d).update(
        parameters=[{"name": "side", "in": "cookie", "schema": {"type": "string"}}]
    ),
    "POST /probe/orders: x-max-reply-bytes must be a number of bytes, 16 MiB at the most": lambda d: order(d).update(
        {"x-max-reply-bytes": 16 * 1024 * 1024 + 1}
    ),
    "POST /probe/orders: x-unwrap is rows, which is no property of the reply": lambda d: order(d).update(
        {"x-unwrap": "rows"}
    ),
    "POST /probe/orders: x-columns has ltp, which is no property of a row": lambda d: order(d).update(
        {"x-columns": ["ltp"]}
    ),
    "/components/schemas/Holding/properties/odd: x-lenient is roman, which is none of id, decimal, integer, "
    "india-datetime, india-date": lambda d: holding(d, "odd", {"type": "string", "x-lenient": "roman"}),
    "/components/schemas/Holding/properties/odd: x-lenient behind the reference to #/components/schemas/Money is lost: "
    "write it inline": lambda d: holding(d, "odd", money(d, **{"x-lenient": "decimal"})),
    "/components/schemas/Holding/properties/odd/items: format behind the reference to #/components/schemas/Money is "
    "lost: write it inline": lambda d: holding(
        d, "odd", {"type": "array", "items": money(d, type="string", format="password")}
    ),
    "/components/schemas/Holding/properties/odd: x-personal beside allOf is lost: write the schema whole": lambda d: (
        holding(d, "odd", {"allOf": [{"$ref": "#/components/schemas/Quote"}], "x-personal": True})
    ),
    "/components/schemas/Holding/properties/odd: allOf is not supported, and what stands in it is lost: write the "
    "schema whole": lambda d: holding(d, "odd", {"allOf": [{"type": "string", "format": "password"}]}),
    "/components/schemas/Holding/properties/odd: oneOf is not supported, and what stands in it is lost: write the "
    "schema whole": lambda d: holding(d, "odd", {"oneOf": [{"type": "string"}, {"type": "integer"}]}),
    "POST /probe/holdings/, the reply/items/odd: a closed enum in a reply, where the service may send another "
    "word": lambda d: holding(d, "odd", {"type": "string", "enum": ["a"]}),
    "POST /probe/holdings/, the reply/items/odd: format date-time is not read in replies: use x-lenient": lambda d: (
        holding(d, "odd", {"type": "string", "format": "date-time"})
    ),
    "the schema List: the name is one of Python's own, or of odd signs: give it another": lambda d: d["components"][
        "schemas"
    ].update(List={"type": "object", "properties": {"a": {}}}),
    "Holding.1day: there is no good name for it in Python: give it one with x-name": lambda d: holding(
        d, "1day", {"type": "number"}
    ),
    "Holding.raw: the name raw is taken: give it another one with x-name": lambda d: holding(
        d, "raw", {"type": "string"}
    ),
}


def read(document: Document, folder: Path) -> None:
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData

    from facts import Facts

    config = Config.from_sources(
        ConfigFile(), MetaType.NONE, folder / "torus.yaml", "utf-8", overwrite=False, output_path=None
    )
    data = GeneratorData.from_dict(deepcopy(document), config=config)
    assert isinstance(data, GeneratorData)
    facts = Facts(document, data.models)
    facts.operations(data.endpoint_collections_by_tag.values())
    for model in data.models:
        if str(model.class_info.name) in facts.models:
            facts.shape(model)


def test_the_enlarged_spec_is_not_refused(tmp_path: Path) -> None:
    read(enlarged_document(), tmp_path)


@pytest.mark.parametrize("line", CASES)
def test_it_is_refused_with_one_line(tmp_path: Path, line: str) -> None:
    from facts import Refused

    document = enlarged_document()
    CASES[line](document)
    with pytest.raises(Refused) as refused:
        read(document, tmp_path)
    assert str(refused.value) == line


def test_a_schema_is_for_requests_or_for_replies(tmp_path: Path) -> None:
    from facts import Refused

    document = enlarged_document()
    holding(document, "leg", {"$ref": "#/components/schemas/Leg"})
    with pytest.raises(Refused, match="Leg is part of a request and of a reply: write two schemas"):
        read(document, tmp_path)


def test_the_tool_says_no_more_than_that_line(pristine: Workshop, workshop: Workshop) -> None:
    yaml = YAML()
    document = yaml.load(workshop.spec)
    document["paths"]["/session/generate"]["post"].pop("operationId")
    yaml.dump(document, workshop.spec)
    run = workshop.run()
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "sdk.py: torus.yaml: POST /session/generate has no operationId\n"
    assert workshop.tree() == pristine.tree()
