"""Every argument of `place_order` with any value: refused and nothing sent, or one order that has what was meant."""

from __future__ import annotations

import asyncio
import enum
import json
import numbers as abstract
import re
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties.texts import Lying, Pretender, Raising, anything, assert_unsaid, bare, numbers, said_by, text_of
from properties.wire import Listener, outcome_of
from support.raw_server import reply

from torus_connect import (
    AsyncTorusConnect,
    ConfigurationError,
    Exchange,
    OrderAck,
    OrderType,
    Outcome,
    Product,
    Session,
    Side,
    TorusConnect,
    Trading,
    Validity,
)
from torus_connect._orders.journal import journal_of

Meaning = Callable[[Any], str | None]
Place = Callable[[Trading, dict[str, Any]], OrderAck]

ACK = reply(b'{"status": "success", "data": [{"order_no": 7}]}')
GIVEN: dict[str, Any] = {
    "side": "BUY", "exchange": "NSE", "security_id": "14366", "quantity": 3, "product": "CNC", "order_type": "LIMIT",
    "price": "14.00", "trigger_price": None, "validity": "DAY", "after_market": False, "reference": "Mine1",
    "segment": "E", "settlor": "X",
}  # fmt: skip
SENT = {
    "txn_type": "B", "exchange": "NSE", "security_id": "14366", "quantity": "3", "product": "C", "order_type": "LMT",
    "price": "14.00", "trigger_price": "0.00", "validity": "DAY", "off_mkt_flag": "false", "remarks": "Mine1",
    "segment": "E", "settlor": "X", "mkt_type": "NL",
}  # fmt: skip


class Theirs(str, enum.Enum):  # noqa: UP042 - whose `str()` is its name and not its text
    """An enumeration of somebody's own."""

    BUY = "buy"


class Unprintable:
    """A number to nobody, not even when it is printed."""

    def __str__(self) -> str:
        raise LookupError("hands off")


class Printed:
    """No text and no number, but it prints as what is one."""

    def __init__(self, printed: str) -> None:
        self._printed = printed

    def __str__(self) -> str:
        return self._printed


def named(kind: type[enum.StrEnum]) -> Meaning:
    """Return what says which code a value means: a member, or its name or code in ASCII letters of any case."""
    codes = {member.value: member.value for member in kind} | {
        name.translate(without): member.value
        for name, member in kind.__members__.items()
        for without in ({}, {ord("_"): " "}, {ord("_"): "-"})
    }

    def meant(value: Any) -> str | None:
        text = text_of(value)
        if text is None or not text.isascii() or (isinstance(value, enum.StrEnum) and not isinstance(value, kind)):
            return None
        return codes.get(text.strip().upper())

    return meant


def exact(value: Any) -> Fraction | None:
    """Return the number that a value is, or that a text or a float prints as."""
    text = text_of(value)
    if text is None and isinstance(value, abstract.Number) and not isinstance(value, bool):
        text = str(value) if isinstance(value, float | Decimal) else None
        if text is None and isinstance(value, abstract.Rational):
            return Fraction(value)
    found = re.fullmatch(r"[0-9]+(\.[0-9]+)?(E[+-]?[0-9]{1,3})?", (text or "").strip(), re.ASCII | re.IGNORECASE)
    return Fraction(found[0]) if found else None


def whole(value: Any) -> str | None:
    number = exact(value)
    return str(number) if number is not None and number.denominator == 1 and 0 < number < 10**15 else None


def rupees(value: Any) -> str | None:
    """Return the number of a price, which may be sent with more zeros at its end."""
    number = Fraction(0) if value is None else exact(value)
    if number is None or number >= 10**15 or (number * 10**8).denominator > 1:
        return None
    return f"{Decimal(number.numerator) / number.denominator:f}"


def plain(value: Any) -> str | None:
    text = text_of(value)
    return bare(text) if text is not None else None


ARGUMENTS: dict[str, tuple[str, Meaning]] = {
    "side": ("txn_type", named(Side)),
    "exchange": ("exchange", named(Exchange)),
    "security_id": ("security_id", plain),
    "quantity": ("quantity", whole),
    "product": ("product", named(Product)),
    "order_type": ("order_type", named(OrderType)),
    "price": ("price", rupees),
    "trigger_price": ("trigger_price", rupees),
    "validity": ("validity", named(Validity)),
    "after_market": ("off_mkt_flag", lambda value: json.dumps(value) if isinstance(value, bool) else None),
    "reference": ("remarks", text_of),
    "segment": ("segment", plain),
    "settlor": ("settlor", plain),
}


@pytest.fixture(scope="module", params=["sync", "async"])
def place(request: pytest.FixtureRequest, listener: Listener, runner: asyncio.Runner) -> Iterator[Place]:
    """One client for all cases, as in production; each with a journal of its own."""
    session = Session("property-access-token", base_url=listener.base_url)
    listener.next_reply, listener.stays = ACK, True
    if request.param == "sync":
        with TorusConnect(**listener.credentials, max_retries=0) as torus:
            yield lambda trading, order: torus.account(session, trading=trading).place_order(**order)
    else:
        client = AsyncTorusConnect(**listener.credentials, max_retries=0)

        async def in_loop(trading: Trading, order: dict[str, Any]) -> OrderAck:
            me = await client.account(session, trading=trading)
            return await me.place_order(**order)

        yield lambda trading, order: runner.run(in_loop(trading, order))
        runner.run(client.aclose())


def check(place: Place, listener: Listener, name: str, value: Any) -> bool:
    """Place an order with this argument, the others being well; return whether it was sent."""
    before, trading = len(listener.requests), Trading(ip="192.0.2.1", uu_id="demo", app_id="demo")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what only other brokers refuse
        result = outcome_of(place, trading, GIVEN | {name: value})
    journal = journal_of(trading).entries(None)
    if not isinstance(result, OrderAck):
        assert type(result) is ConfigurationError, name
        assert result.outcome is Outcome.NOT_SENT
        assert str(result).startswith(f"{name} ")
        assert_unsaid(said_by(result), value)
        assert (len(listener.requests), journal) == (before, {})
        return False
    assert len(listener.requests) == before + 1
    body = json.loads(listener.requests[-1].partition(b"\r\n\r\n")[2])["data"]
    field, meaning = ARGUMENTS[name]
    meant = None if name == "settlor" and value is None else meaning(value)
    if name == "reference" and value is None:
        assert re.fullmatch(r"tc[0-9a-f]{16}", meant := body["remarks"])
    if meaning is rupees:
        assert re.fullmatch(r"[0-9]{1,15}\.[0-9]{2,8}", body[field])
        assert Fraction(body[field]) == Fraction(meant or "nan")
    else:
        assert body.get(field) == meant, name
    assert body | {field: SENT[field]} == SENT
    assert {body["remarks"]} == {result.reference} == journal.keys()
    assert journal[body["remarks"]].fields == body
    return True


@given(value=anything | numbers | numbers.map(str) | st.sampled_from([*Side, *Product, *OrderType, *Validity]))
@example(value=None)
@example(value=Raising("B"))
@example(value=Lying("B"))
@example(value=Lying("1"))
@example(value=Theirs.BUY)
@example(value=Pretender())
@example(value=Unprintable())
@example(value=Printed("buy"))
@example(value=Printed("1"))
@example(value=Decimal("1E+3"))
@example(value=Decimal("sNaN"))
@example(value="\u0131")  # in capitals, an I
@example(value="\u017fl")  # in capitals, SL
@example(value="\uff11")
def test_any_value_of_any_argument(place: Place, listener: Listener, value: object) -> None:
    for name in ARGUMENTS:
        check(place, listener, name, value)


def spelled(kind: type[enum.StrEnum]) -> st.SearchStrategy[Any]:
    """Return members, names and codes, as people write them."""
    words = st.sampled_from([*kind.__members__, *kind])
    changes: list[Callable[[str], str]] = [str.lower, str.title, " {}\n".format, lambda word: word.replace("_", "-")]
    return (
        st.sampled_from(list(kind))
        | words
        | st.builds(lambda word, change: change(word), words, st.sampled_from(changes))
    )


RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "side": spelled(Side),
    "exchange": spelled(Exchange),
    "security_id": st.integers(0, 10**9).map(str),
    "quantity": st.integers(1, 10**9) | st.integers(1, 10**9).map(str) | st.integers(1, 10**9).map(Decimal),
    "product": spelled(Product),
    "order_type": spelled(OrderType),
    "price": st.decimals("0.01", 10**9, places=4)
    | st.integers(1, 10**9)
    | st.integers(1, 10**7).map(lambda n: n / 100),
    "trigger_price": st.none() | st.decimals(0, 10**9, places=2),
    "validity": spelled(Validity),
    "after_market": st.booleans(),
    "reference": st.none() | st.from_regex(r"\A[1-9A-Za-z][0-9A-Za-z]{2,19}\Z"),
    "segment": st.sampled_from("EDC"),
    "settlor": st.none() | st.from_regex(r"\A[0-9A-Z]{1,12}\Z"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_sent(place: Place, listener: Listener, name: str) -> None:
    @given(value=RIGHT[name])
    def sent(value: Any) -> None:
        assert check(place, listener, name, value), name

    sent()
