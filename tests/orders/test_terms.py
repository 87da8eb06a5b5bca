"""What an order is made of: each argument has its field, and is refused or warned of as the documentation has it."""

from __future__ import annotations

import math
import numbers
import warnings
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torus_connect import ConfigurationError, Exchange, OrderType, Product, Side, Validity
from torus_connect._orders import terms


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, "0.00"),
        (0, "0.00"),
        (14, "14.00"),
        (14.65, "14.65"),
        (14.6, "14.60"),
        (0.0025, "0.0025"),
        ("14.65", "14.65"),
        (" 1460 ", "1460.00"),
        ("14.655", "14.655"),
        (Decimal("14.650"), "14.650"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("5E-8"), "0.00000005"),
        (999999999999999, "999999999999999.00"),
    ],
)
def test_a_price_is_sent_as_it_was_meant(value: Any, sent: str) -> None:
    assert terms.rupees("price", value) == sent


NO_NUMBERS = [
    1e-05, 99.94999, 0.1 + 0.2, math.nan, math.inf, 1e22, -1, "-1", "1e3", "1_000", "1,000", "\u0661", "", "14.", ".5",
    True, b"1", [1], Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999999"), Decimal("1E-999999999"),
    Decimal("-0.05"), "0.000000001",
]  # fmt: skip


@pytest.mark.parametrize("value", NO_NUMBERS, ids=str)
def test_what_is_no_price(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"price (must be a number|is a float)") as caught:
        terms.rupees("price", value)
    assert len(str(caught.value)) < 200


def test_a_number_that_python_does_not_print() -> None:
    for number_of in (terms.rupees, terms.whole):
        with pytest.raises(ConfigurationError, match=r"price must be a (whole )?number"):
            number_of("price", 10**5000)


@pytest.mark.parametrize("value", [14.1 + 0.2, 99.94999, 1.5e-7])
def test_a_float_that_was_computed_is_called_one(value: float) -> None:
    with pytest.raises(ConfigurationError, match="price is a float that prints with more than four decimals"):
        terms.rupees("price", value)


def test_a_float_of_numpy_is_one() -> None:
    class Float32:
        def __str__(self) -> str:
            return "99.94999"

    numbers.Real.register(Float32)
    with pytest.raises(ConfigurationError, match="price is a float"):
        terms.rupees("price", Float32())  # type: ignore[arg-type]


@given(st.decimals(0, 10**9, allow_nan=False, places=4))
def test_no_price_is_rounded(value: Decimal) -> None:
    for given_as in (value, str(value), value.normalize()):
        sent = terms.rupees("price", given_as)
        assert Decimal(sent) == value
        assert len(sent.partition(".")[2]) >= 2


@given(st.floats())
def test_a_float_is_exact_or_refused(value: float) -> None:
    try:
        sent = terms.rupees("price", value)
    except ConfigurationError:
        return
    assert float(sent) == value
    assert str(value) == sent or Decimal(str(value)) == Decimal(sent)


@given(st.one_of(st.text(), st.binary(), st.integers(), st.floats(), st.decimals(), st.none(), st.booleans()))
def test_anything_is_a_quantity_or_refused(value: Any) -> None:
    try:
        sent = terms.whole("quantity", value)
    except ConfigurationError:
        return
    assert int(sent) > 0
    assert Decimal(sent) == Decimal(str(value).strip())


@pytest.mark.parametrize("value", [0, "0", 1.5, "1.5", -1, None, "one"])
def test_what_is_no_quantity(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="quantity must be a"):
        terms.whole("quantity", value)


@pytest.mark.parametrize(
    ("kind", "value", "sent"),
    [
        (Side, Side.BUY, "B"), (Side, "sell", "S"), (Side, "b", "B"),
        (Exchange, "nse", "NSE"),
        (Product, "MIS", "I"), (Product, "cnc", "C"), (Product, "Delivery", "C"), (Product, "M", "M"),
        (OrderType, "limit", "LMT"), (OrderType, "LMT", "LMT"), (OrderType, "SL", "SL"),
        (OrderType, "stop limit", "SL"),
        (Validity, "ioc", "IOC"),
    ],
)  # fmt: skip
def test_names_and_codes(kind: Any, value: str, sent: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert terms.code("it", kind, value) == sent


@pytest.mark.parametrize(("kind", "value"), [(Exchange, "MCX"), (Product, "V"), (OrderType, "SL-M"), (Validity, "GTC")])
def test_what_only_other_brokers_have_is_a_warning(kind: Any, value: str) -> None:
    with pytest.warns(UserWarning, match=r"known from other brokers only; it is sent as it is"):
        assert terms.code("it", kind, value)


@pytest.mark.parametrize(("kind", "value"), [(Side, "BYU"), (Product, Side.BUY), (Product, None), (Exchange, "")])
def test_what_is_no_name_of_ours(kind: Any, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"it must be one of .+ \(.+\); order_entry .+ any code"):
        terms.code("it", kind, value)


def fields(**changed: str) -> dict[str, str]:
    usual = {"txn_type": "B", "order_type": "LMT", "price": "10.00", "trigger_price": "0.00", "validity": "DAY"}
    return usual | changed


@pytest.mark.parametrize("kind", ["LMT", "SL"])
def test_a_limit_order_needs_a_price(kind: str) -> None:
    with pytest.raises(ConfigurationError, match="price is missing"):
        terms.check(fields(order_type=kind, price="0.00"))


STOP = {"order_type": "SL", "trigger_price": "9.00"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"order_type": "MKT"}, "a market order has no price"),
        (STOP | {"trigger_price": "0.00"}, "a stop order has a trigger_price"),
        ({"trigger_price": "9.00"}, "LMT is no stop order"),
        (STOP | {"trigger_price": "11.00"}, "to buy triggers at its price or below"),
        (STOP | {"txn_type": "S"}, "one to sell at it or above"),
        (STOP | {"validity": "IOC"}, "a stop order is not IOC"),
        ({"validity": "GTD"}, "a GTD order needs its last day"),
    ],
)
def test_what_other_brokers_refuse_is_a_warning(changed: dict[str, str], words: str) -> None:
    with pytest.warns(UserWarning, match=words):
        terms.check(fields(**changed))


@pytest.mark.parametrize("changed", [{}, STOP, STOP | {"txn_type": "S", "trigger_price": "11.00"}, {"validity": "IOC"}])
def test_what_is_well_is_no_warning(changed: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        terms.check(fields(**changed))


@pytest.mark.parametrize("value", ["", "a b", "a-b", "x" * 21, "NR", "nr", "NA", "0", "\u0661", 7, b"a", "a\n", None])
def test_what_is_no_reference(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="reference must be 1 to 20 letters and digits"):
        terms.checked_reference(value)


def test_a_reference_of_ones_own_and_new_ones() -> None:
    assert terms.checked_reference("NR1") == "NR1"
    made = {terms.new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert all(terms.checked_reference(each) == each for each in made)


@pytest.mark.parametrize("value", ["INE669E01016", "", 14366, None, "a\nb"])
def test_what_is_no_security_id(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^security_id (must be|is|may hold)"):
        terms.security_id(value)


def test_a_trading_symbol_is_sent_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="made of digits, and no trading symbol"):
        assert terms.security_id("INFY") == "INFY"
