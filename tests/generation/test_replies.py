"""Replies are read whatever the service makes of a field: into one Python type, or into `None`, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
BOMB = "1e3000000"
LONG = "9" * 61


@pytest.fixture
def models(api: Any) -> Any:
    return importlib.import_module(f"{api.__name__}.models")


def rows(api: Any, data: object) -> Any:
    return importlib.import_module(f"{api.__name__}.api.probe.holdings").request(body={}).parse(data)


def read(models: Any, name: str, value: object) -> Any:
    return getattr(models.Holding.from_dict({name: value}), name)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("isin_code", "INE669E01016", "INE669E01016"),
        ("isin_code", "NA", "NA"),
        ("isin_code", 7, None),
        ("security_id", "00000034", "00000034"),
        ("security_id", 112203112023, "112203112023"),
        ("security_id", Decimal("7.0"), "7"),
        ("security_id", "NA", None),
        ("security_id", True, None),
        ("quantity", 20, 20),
        ("quantity", "20", 20),
        ("quantity", " -1 ", -1),
        ("quantity", Decimal("1.0"), 1),
        ("quantity", "1.50", None),
        ("quantity", BOMB, None),
        ("quantity", LONG, None),
        ("quantity", int(LONG), None),
        ("cost_price", 42.5, Decimal("42.5")),
        ("cost_price", "232.00000", Decimal("232.00000")),
        ("cost_price", Decimal("0.1"), Decimal("0.1")),
        ("cost_price", 9999999999, Decimal(9999999999)),
        ("cost_price", "-4.61", Decimal("-4.61")),
        ("cost_price", "1.2E+3", Decimal(1200)),
        ("cost_price", "NA", None),
        ("cost_price", "", None),
        ("cost_price", "1,234.50", None),
        ("cost_price", "\u0661", None),
        ("cost_price", "NaN", None),
        ("cost_price", float("inf"), None),
        ("cost_price", Decimal("sNaN"), None),
        ("cost_price", Decimal(BOMB), None),
        ("cost_price", Decimal("0." + LONG), None),
        ("cost_price", False, None),
        ("market_value", "0", Decimal(0)),
        ("row_no", "7", 7),
        ("pledged", True, True),
        ("pledged", "true", None),
        ("updated", "2024-06-11 12:35:43", dt.datetime(2024, 6, 11, 12, 35, 43, tzinfo=INDIA)),
        ("updated", "2024-09-16T15:38:39", dt.datetime(2024, 9, 16, 15, 38, 39, tzinfo=INDIA)),
        ("updated", "2024-06-11T00:00:00Z", dt.datetime(2024, 6, 11, 5, 30, tzinfo=INDIA)),
        ("updated", "11-Jun-2024 12:35:43", dt.datetime(2024, 6, 11, 12, 35, 43, tzinfo=INDIA)),
        ("updated", "Jun 11, 2024 1:05 PM", dt.datetime(2024, 6, 11, 13, 5, tzinfo=INDIA)),
        ("updated", "0001-01-01 00:00:00", None),
        ("updated", "0001-01-01T00:00:00+14:00", None),
        ("updated", "06/11/2024", None),
        ("updated", "12", None),
        ("updated", "NA", None),
        ("updated", 1718089543, None),
        ("expiry", "2024-06-27", dt.date(2024, 6, 27)),
        ("expiry", "13 Sep 2024", dt.date(2024, 9, 13)),
        ("expiry", "31 Sep 2024", None),
        ("expiry", "2024-06-11T20:00:00Z", dt.date(2024, 6, 12)),
        ("expiry", "0001-01-01", None),
        ("expiry", "", None),
        ("anything", [1], [1]),
        ("free", {"a": 1}, {"a": 1}),
        ("free", [], None),
        ("exchanges", ["BSE", 7, "NSE"], ["BSE", "NSE"]),
        ("exchanges", "BSE", None),
        ("years", {"Y202403": 546662, "Y202303": "NA"}, {"Y202403": Decimal(546662), "Y202303": None}),
        ("grid", [[1, "2"], "x"], [[1, 2]]),
    ],
)
def test_a_field_is_read_into_one_type(models: Any, name: str, value: object, expected: object) -> None:
    found = read(models, name, value)
    assert found == expected
    assert type(found) is type(expected)
    assert read(models, name, None) is None
    assert getattr(models.Holding.from_dict({}), name) is None


def test_what_cannot_be_read_is_in_raw(models: Any) -> None:
    row = models.Holding.from_dict({"cost_price": "n/a", "unheard_of": [1]})
    assert row.cost_price is None
    assert row.raw == {"cost_price": "n/a", "unheard_of": [1]}
    assert row.additional_properties == {"unheard_of": [1]}


def test_objects_within_objects(models: Any) -> None:
    quote = {"close": "4513", "diff": -9.25}
    row = models.Holding.from_dict(
        {"best": quote, "prices": {"BSE": quote, "NSE": 7}, "quotes": [quote, "x"], "inner": {"depth": "3"}}
    )
    assert row.best == models.Quote(close=Decimal(4513), diff=Decimal("-9.25"))
    assert row.prices == {"BSE": row.best, "NSE": None}
    assert (row.quotes, row.quotes.unreadable) == ([row.best], 1)
    assert row.inner.depth == 3
    assert models.Holding.from_dict({"best": 7, "inner": [], "quotes": {}}) == models.Holding()


def test_a_list_has_its_message_and_all_that_was_sent(api: Any) -> None:
    reply = {"status": "success", "message": "Success", "data": [{"quantity": 1}, "row", None, {"quantity": 2}]}
    found = rows(api, reply)
    assert [row.quantity for row in found] == [1, 2]
    assert (found.message, found.raw, found.unreadable) == ("Success", reply, 2)


@pytest.mark.parametrize(
    ("data", "quantities", "unreadable"),
    [([], [], 0), (None, [], 0), ({"quantity": 1}, [1], 0), ("no data", [], 1), ([[]], [], 1)],
)
def test_an_envelope_may_hold_no_list(api: Any, data: object, quantities: list[int], unreadable: int) -> None:
    found = rows(api, {"data": data})
    assert ([row.quantity for row in found], found.unreadable) == (quantities, unreadable)
    assert rows(api, {}) == []


@pytest.mark.parametrize("reply", [None, 7, "reply", []])
def test_a_reply_of_another_kind_is_refused(api: Any, reply: object) -> None:
    with pytest.raises(ValueError, match=r"^the reply is no object$"):
        rows(api, reply)
    if not isinstance(reply, list):
        with pytest.raises(ValueError, match=r"^the reply is no array$"):
            importlib.import_module(f"{api.__name__}.api.probe.list_indices").request().parse(reply)


def test_a_row_without_a_required_field_is_counted(api: Any) -> None:
    reply = [{"name": "Nifty50"}, {"code": 1}]
    found = importlib.import_module(f"{api.__name__}.api.probe.list_indices").request().parse(reply)
    assert ([row.name for row in found], found.unreadable) == (["Nifty50"], 1)


def test_repr_shows_nothing_personal_and_no_secret(models: Any) -> None:
    row = models.Holding.from_dict({"pan_no": "AAAAA0000A", "download_key": "hidden", "isin_code": "INE", "more": 1})
    assert "AAAAA0000A" not in repr(row)
    assert "hidden" not in repr(row)
    assert "isin_code='INE'" in repr(row)
    assert row.to_dict()["pan_no"] == "AAAAA0000A"
    assert row.to_dict()["download_key"] == "hidden"
    request = models.GenerateSessionRequest(api_key="demo-key", api_secret="demo-secret")
    assert "demo-secret" not in repr(request)
    assert "demo-token" not in repr(models.GenerateSessionResponse(access_token="demo-token"))


def test_a_row_as_a_table_has_it(models: Any) -> None:
    row = models.Holding.from_dict(
        {"cost_price": "42.50", "best": {"close": 1}, "years": {"Y1": 2}, "more": {"a": Decimal("0.1")}}
    )
    exact, lossy = row.to_dict(), row.to_dict(decimals=float)
    assert exact["cost_price"] == Decimal("42.50")
    assert exact["best"] == {"close": Decimal(1), "diff": None}
    assert (lossy["cost_price"], lossy["best"], lossy["years"]) == (42.5, {"close": 1.0, "diff": None}, {"Y1": 2.0})
    assert (exact["more"], lossy["more"]) == ({"a": Decimal("0.1")}, {"a": 0.1})
    assert models.ReturnsReply.from_dict({"1monthReturns": 1}).to_dict() == {"1monthReturns": Decimal(1), "asOf": None}


def test_no_number_takes_long(models: Any) -> None:
    started = time.process_time()
    for value in (BOMB, Decimal(BOMB), "9" * 1_000_000, Decimal("1." + "9" * 100_000), "1" * 50 + "e99"):
        assert read(models, "quantity", value) is read(models, "cost_price", value) is None
    assert time.process_time() - started < 1


TEXTS = st.sampled_from(
    ["", "NA", "0001-01-01", "2024-06-11 12:35:43", "9999-12-31T23:59:59-23:59", "13 Sep 2024", "99 Foo 0000", "1e99"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=False)
    | st.text(max_size=40)
    | TEXTS
)
NAMES = st.sampled_from(["data", "status", "message", "AccessToken", "name", "order_no", "1monthReturns", "asOf"])
NUMBERS = ("quantity", "cost_price", "years", "grid", "close", "depth")
OTHERS = ("isin_code", "security_id", "updated", "expiry", "pledged", "download_key", "pan_no")
NESTED = ("free", "exchanges", "prices", "best", "quotes", "inner")
FIELDS = st.sampled_from([*NUMBERS, *OTHERS, *NESTED])
SHAPES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | FIELDS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("examples", [30, pytest.param(500, marks=pytest.mark.soak)])
def test_every_reader_returns_or_raises_value_error(api: Any, examples: int) -> None:
    @settings(max_examples=examples, derandomize=True, deadline=None)
    @given(reply=SHAPES | st.builds(lambda rows: {"data": rows}, st.lists(st.dictionaries(FIELDS, SHAPES))))
    def read(reply: object) -> None:
        read_by_all(api, reply)

    read()


def read_by_all(api: Any, reply: object) -> None:
    calls = [("probe", name) for name in ("holdings", "get_returns", "list_indices", "place_order", "drop_keys")]
    for tag, name in [*calls, ("more_probes", "names"), ("session", "generate_session")]:
        module = importlib.import_module(f"{api.__name__}.api.{tag}.{name}")
        try:
            result = module._parse(reply)
        except ValueError:
            continue
        repr(result)
        for row in result if isinstance(result, list) else [result]:
            json.dumps(row.to_dict(decimals=float) if hasattr(row, "to_dict") else row, default=str)
