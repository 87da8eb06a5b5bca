"""The fields that the clients read: one of each kind that the document has, and what the Python SDK reads in them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from interop_account import FIELDS, document, mistyped
from torus_connect import AsyncTorusConnect, TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect_api.reading import INDIA

if TYPE_CHECKING:
    from pathlib import Path

VARIANTS = ("sync", "async")
EXACT = {"id": "13756", "decimal": Decimal("42.5"), "integer": 5}
DATES = {"india-datetime": dt.datetime(2024, 6, 11, 12, 35, 43, tzinfo=INDIA), "india-date": dt.date(2024, 6, 11)}


def first_rows(variant: str, sandbox: Sandbox) -> dict[str, Any]:
    """Return the first row of each call, by its path."""

    async def in_loop() -> Any:
        async with AsyncTorusConnect(**sandbox.credentials) as torus:
            me = await torus.account(await torus.generate_session(sandbox.issue_request_token()))
            return await me.holdings(), await me.order_book()

    if variant == "async":
        holdings, orders = asyncio.run(in_loop())
    else:
        with TorusConnect(**sandbox.credentials) as torus:
            me = torus.account(torus.generate_session(sandbox.issue_request_token()))
            holdings, orders = me.holdings(), me.order_book()
    return {"/holdings/": holdings[0], "/order/book": orders[0]}


def check(variant: str, sandbox: Sandbox, expected: dict[str, object], raw: dict[str, object]) -> None:
    rows = first_rows(variant, sandbox)
    found = {field.kind: getattr(rows[field.path], field.name) for field in FIELDS}
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]
    assert {field.kind: rows[field.path].raw[field.name] for field in FIELDS} == raw


def test_there_is_a_field_of_each_kind() -> None:
    kinds = set(re.findall(r'"x-lenient": "([^"]+)"', json.dumps(document())))
    assert sorted(kinds) == sorted(field.kind for field in FIELDS)
    assert [field.schema_in(document())["x-lenient"] for field in FIELDS] == [field.kind for field in FIELDS]


@pytest.mark.parametrize("variant", VARIANTS)
def test_as_documented(variant: str, torus_sandbox: Sandbox) -> None:
    raw = {field.kind: field.shown for field in FIELDS} | {"decimal": Decimal("42.5")}
    check(variant, torus_sandbox, EXACT | DATES, raw)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("document") / "torus.json"
    path.write_text(json.dumps(mistyped(*FIELDS)), encoding="utf-8")
    with Sandbox(document=path) as running:
        yield running


@pytest.mark.parametrize("variant", VARIANTS)
def test_as_the_other_json_type(variant: str, sandbox: Sandbox) -> None:
    """Numbers and identifiers are read all the same; a number is no date, and is kept in `raw`."""
    raw = {field.kind: field.other for field in FIELDS}
    check(variant, sandbox, EXACT | dict.fromkeys(DATES), raw)
