"""Which order of the book is that of a reference, and which words of the book are final."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from torus_connect import Ambiguous, Found, NotSeen, OrderStatus
from torus_connect._orders.book import OrderBook
from torus_connect._orders.journal import JournalEntry
from torus_connect_api.models.order import Order

SENT_AT = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)  # 09:30 in India
FIELDS = {
    "security_id": "14366", "txn_type": "B", "order_type": "LMT", "product": "I", "exchange": "NSE", "quantity": "3",
    "price": "14.60",
}  # fmt: skip


def row(order_no: str | int | None = "1", **more: Any) -> dict[str, Any]:
    terms = FIELDS | {"quantity": 3, "price": 14.6, "order_date_time": "2026-11-30 09:30:01"}
    return terms | {"order_no": order_no, "status": "Pending"} | more


def entry(reference: str = "ref1", order_no: str | None = None) -> JournalEntry:
    return JournalEntry(reference=reference, fields=FIELDS, sent_at=SENT_AT, order_no=order_no)


def found(rows: list[dict[str, Any]], *entries: JournalEntry) -> Found | NotSeen | Ambiguous:
    return OrderBook(map(Order.from_dict, rows), {each.reference: each for each in entries}).find("ref1")


@pytest.mark.parametrize(
    "remarks", [{"remarks": "ref1"}, {"remarks": "NR", "remarks1": "REF1"}, {"remarks2": " ref1 ", "remarks": None}]
)
def test_by_remarks_whatever_they_are_called(remarks: dict[str, Any]) -> None:
    result = found([row("1", remarks="other"), row("2", **remarks)])
    assert isinstance(result, Found)
    assert (result.order.order_no, result.probable) == ("2", False)


def test_a_number_of_digits_may_come_back_as_a_number() -> None:
    book = OrderBook([Order.from_dict(row(1, remarks=502929))], {})
    result = book.find("502929")
    assert isinstance(result, Found)
    assert result.order.order_no == "1"


def test_by_the_number_that_the_service_gave_it() -> None:
    result = found([row("1", remarks="other"), row("2")], entry(order_no="2"))
    assert isinstance(result, Found)
    assert (result.order.order_no, result.probable) == ("2", False)


def test_a_refusal_may_name_the_order_of_another_reference() -> None:
    other = row("2", remarks="other")
    result = found([other], entry(order_no="2"))
    assert isinstance(result, Ambiguous)
    assert [order.order_no for order in result.orders] == ["2"]
    ours = found([other, row("3", remarks="ref1")], entry(order_no="2"))
    assert isinstance(ours, Found)
    assert ours.order.order_no == "3"
    assert isinstance(found([other], attrs.evolve(entry(order_no="2"), outcome="acknowledged")), Found)
    assert isinstance(found([row("2", remarks="REF1")], entry(order_no="2")), Found)


def test_an_acknowledgement_may_be_a_late_copy_of_that_of_another_reference() -> None:
    acknowledged = attrs.evolve(entry(order_no="2"), outcome="acknowledged")
    result = found([row("2", remarks="other"), row("3", remarks="ref1")], acknowledged)
    assert isinstance(result, Found)
    assert result.order.order_no == "3"
    # One of yesterday, for which the reference was used before.
    result = found([row("2", remarks="ref1"), row("1", remarks="ref1")], acknowledged)
    assert isinstance(result, Found)
    assert result.order.order_no == "2"


def test_two_orders_of_one_reference() -> None:
    result = found([row("1", remarks="ref1"), row("2", remarks="ref1")])
    assert isinstance(result, Ambiguous)
    assert [order.order_no for order in result.orders] == ["1", "2"]


def test_two_rows_of_one_order_and_one_without_a_number() -> None:
    rows = [row("1", remarks="ref1", leg_no=1), row("1", remarks="ref1", leg_no=2)]
    assert isinstance(found(rows), Found)
    assert isinstance(found([row(None, remarks="ref1")]), Found)


@pytest.mark.parametrize("number", ["0", "00", " ", 0, None])
def test_what_stands_for_no_number_is_not_that_of_two_orders(number: str | int | None) -> None:
    result = found([row(number, remarks="ref1"), row(number, remarks="other")])
    assert isinstance(result, Found)
    assert result.order.remarks == "ref1"


def test_a_number_may_have_blanks_around_it() -> None:
    book = OrderBook([Order.from_dict(row(" 7 ", remarks="NR"))], {"ref1": entry(order_no="7")})
    assert isinstance(book.find("ref1"), Found)
    assert book["7"] is book[" 7"] is not None


def test_an_order_of_several_legs_has_the_remarks_of_any_and_is_final_where_all_of_them_are() -> None:
    legs = [row("1", remarks="ref1", leg_no=1), row("1", remarks="NR", leg_no=2, status="Cancelled")]
    for rows in (legs, legs[::-1]):
        result = found(rows)
        assert isinstance(result, Found)
        assert result.order.status == "Pending"
    result = found([legs[0] | {"status": "Traded"}, legs[1]])
    assert isinstance(result, Found)
    assert OrderStatus(order_no="1", order=result.order).is_final
    last = found([legs[0], legs[0] | {"status": "Traded"}])
    assert isinstance(last, Found)
    assert last.order.status == "Traded"


def test_an_order_is_not_taken_for_one_whose_number_or_end_is_known() -> None:
    """By its terms, that is; the book may lag, and another order of the same terms may be the user's own."""
    assert isinstance(found([row("9")], entry(order_no="1")), NotSeen)
    for outcome in ("refused", "not_sent"):
        assert isinstance(found([row("9")], attrs.evolve(entry(), outcome=outcome)), NotSeen)
    assert isinstance(found([row("9")], entry(), attrs.evolve(entry("ref2"), outcome="refused")), Found)


def test_one_order_is_not_taken_for_that_of_two_references() -> None:
    result = found([row("9")], entry(), entry("ref2"))
    assert isinstance(result, Ambiguous)
    assert (len(result.orders), result.probable) == (1, True)


def test_an_order_that_was_lost_yesterday_is_no_rival() -> None:
    yesterday = JournalEntry(reference="ref2", fields=FIELDS, sent_at=SENT_AT - timedelta(days=1))
    assert isinstance(found([row("9")], entry(), yesterday), Found)
    evening = JournalEntry(reference="ref1", fields=FIELDS, sent_at=SENT_AT - timedelta(hours=17))
    assert isinstance(found([row("9")], evening), Found)  # for the next day


def test_a_number_of_an_order_may_be_given_as_a_number() -> None:
    assert OrderBook([Order.from_dict(row(1))], {})[1] is not None  # type: ignore[index]


def test_by_its_terms_only_where_the_book_has_no_remarks() -> None:
    probable = found([row("1", remarks="NR"), row("2", txn_type="S", remarks="NA")], entry())
    assert isinstance(probable, Found)
    assert (probable.order.order_no, probable.probable) == ("1", True)
    assert isinstance(found([row("1"), row("2", txn_type="S", remarks="mine")], entry()), NotSeen)
    assert isinstance(found([row("1")]), NotSeen)  # its terms are not known
    both = found([row("1"), row("2")], entry())
    assert isinstance(both, Ambiguous)
    assert both.probable


@pytest.mark.parametrize(
    "other",
    [
        {"security_id": "1660"}, {"txn_type": "S"}, {"order_type": "MKT"}, {"product": "C"}, {"exchange": "BSE"},
        {"quantity": 4}, {"price": 14.65}, {"order_date_time": "2026-11-30 09:27:00"}, {"order_date_time": None},
        {"order_date_time": "2026-12-01 09:30:00"},
    ],
    ids=str,
)  # fmt: skip
def test_an_order_of_other_terms_is_another(other: dict[str, Any]) -> None:
    assert isinstance(found([row("1", **other)], entry()), NotSeen)


def test_an_order_that_is_known_is_another() -> None:
    for number in ("1", " 1"):
        assert isinstance(found([row(number)], entry(), entry("ref2", order_no="1")), NotSeen)
    for none in ("0", None):  # which is not known
        assert isinstance(found([row(none)], entry(), entry("ref2", order_no="1")), Found)
    late = JournalEntry(reference="ref1", fields=FIELDS, sent_at=SENT_AT + timedelta(minutes=2))
    assert isinstance(found([row("1")], late), Found)  # the clocks differ


WORDS = {
    "Pending": (True, False), "TRANSIT": (True, False), "part-traded": (True, False), "Part Traded": (True, False),
    "O-Pending": (True, False), "Traded": (False, True), "REJECTED": (False, True), " cancelled ": (False, True),
    "Queued": (False, False), "": (False, False), None: (False, False),
}  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_of_the_book(word: str | None) -> None:
    status = OrderStatus(order_no="1", order=Order.from_dict(row(status=word, traded_qty=1)))
    assert (status.is_open, status.is_final) == WORDS[word]
    assert status.traded == 1


def test_a_repr_shows_what_matters_of_a_row() -> None:
    order = Order.from_dict(row("1", remarks="ref1", symbol="IDEA", traded_qty=1, exch_order_no="7"))
    shown = (
        "Order(order_no='1', remarks='ref1', status='Pending', txn_type='B', exchange='NSE', symbol='IDEA', "
        "security_id='14366', quantity=3, traded_qty=1, price=Decimal('14.6'), ...)"
    )
    assert repr(Found(reference="ref1", order=order)) == f"Found(reference='ref1', order={shown}, probable=False)"
    assert f"orders=({shown}, Order(...))," in str(Ambiguous(reference="ref1", orders=(order, Order())))
    assert str(OrderStatus(order_no="1", order=order)) == f"OrderStatus(order_no='1', order={shown})"
    assert repr(OrderStatus(order_no="1", order=None)) == "OrderStatus(order_no='1', order=None)"
    assert order.exch_order_no == "7"


def test_an_order_that_the_book_does_not_show() -> None:
    status = OrderStatus(order_no="1", order=None)
    assert (status.status, status.traded, status.is_open, status.is_final) == (None, None, False, False)
