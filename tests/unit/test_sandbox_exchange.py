"""The exchange of the sandbox by itself: what orders become of prices, and what that does to an account."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from torus_connect.sandbox.accounts import Account, Order
from torus_connect.sandbox.exchange import Exchange, Price

IDEA = "14366"
AT = 1_718_089_543.0  # 2024-06-11 12:35:43 in India


def exchange(price: str = "14.65", **more: Any) -> Exchange:
    made = Exchange(lambda: AT)
    made.set_price(IDEA, Price(Decimal(price), **more))
    return made


def sent(side: str = "B", quantity: int | str = 10, **more: str) -> dict[str, str]:
    fields = {"exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "price": "0.00", "mkt_type": "NL"}
    given = {"txn_type": side, "quantity": str(quantity), "order_type": "MKT", "validity": "DAY"}
    return fields | given | more


def place(of: Exchange, side: str = "B", quantity: int = 10, **more: str) -> Order:
    return of.place("asha", "M", sent(side, quantity, **more))


def limit(of: Exchange, side: str = "B", quantity: int = 10, price: str = "14.00", **more: str) -> Order:
    return place(of, side, quantity, order_type="LMT", price=price, **more)


def again(order: Order, **more: str) -> dict[str, str]:
    return {**order.terms.sent, "order_no": order.order_no, "serial_no": str(order.serial_no), **more}


def test_a_market_order_is_filled_at_the_price() -> None:
    market = exchange()
    order = place(market)
    assert (order.status, order.serial_no, order.traded, order.remaining) == ("Traded", 2, 10, 0)
    assert [(fill.quantity, fill.price) for fill in order.fills] == [(10, Decimal("14.65"))]
    assert order.order_no == "1141240611101"
    account = market.accounts["asha"]
    assert (account.open, account.trades, list(account.orders)) == ({}, order.fills, [order.order_no])
    assert account.available == 1_000_000 - Decimal("146.50")
    assert market.accounts["ravi"] == Account()


@pytest.mark.parametrize(("side", "bad", "good"), [("B", "14.05", "13.90"), ("S", "13.95", "14.10")])
def test_a_limit_order_waits_for_its_price_or_a_better_one(side: str, bad: str, good: str) -> None:
    market = exchange(bad)
    order = limit(market, side)
    assert (order.status, order.serial_no) == ("Pending", 1)
    assert market.accounts["asha"].available == 1_000_000 - 140  # blocked by its limit
    market.set_price(IDEA, Price(Decimal(good)))
    assert (order.status, order.fills[0].price) == ("Traded", Decimal(good))
    position = market.accounts["asha"].positions["NSE", IDEA, "I"]
    assert (position.net, position.realised) == ({"B": 10, "S": -10}[side], Decimal(0))
    assert market.accounts["asha"].available == 1_000_000 - 10 * Decimal(good)


@pytest.mark.parametrize(("side", "waits", "reached"), [("B", "14.90", "15.00"), ("S", "15.10", "15.00")])
@pytest.mark.parametrize("kind", ["SL", "SLM"])
def test_a_stop_order_waits_for_its_trigger_and_stays_triggered(side: str, waits: str, reached: str, kind: str) -> None:
    market = exchange(waits, quantity=10)
    order = place(market, side, order_type=kind, price="15.00", trigger_price="15.00")
    assert (order.status, order.triggered) == ("Pending", False)
    market.set_price(IDEA, Price(Decimal(reached), quantity=4))
    assert (order.status, order.traded) == ("Part-Traded", 4)
    market.set_price(IDEA, Price(Decimal(waits)))
    assert order.status == "Traded"


def test_only_so_many_are_filled_the_oldest_order_first() -> None:
    market = exchange(quantity=0)
    first, second = place(market, quantity=10), market.place("ravi", "M", sent(quantity=10))
    assert (first.status, second.status) == ("Pending", "Pending")
    market.set_price(IDEA, Price(Decimal(14), 13))
    assert [(order.status, order.traded, order.serial_no) for order in (first, second)] == [
        ("Traded", 10, 2),
        ("Part-Traded", 3, 2),
    ]
    market.set_price(IDEA, Price(Decimal(16), 6))
    assert (second.status, second.remaining, second.serial_no) == ("Part-Traded", 1, 3)
    assert market.accounts["ravi"].positions["NSE", IDEA, "I"].buy_average == Decimal(138) / 9
    market.cancel("ravi", again(second))
    assert (second.status, second.traded, second.serial_no) == ("Cancelled", 9, 4)


def test_what_is_not_filled_at_once_of_an_ioc_order_is_cancelled() -> None:
    order = place(exchange(quantity=4), validity="IOC")
    assert (order.status, order.traded) == ("Cancelled", 4)
    assert place(exchange(), validity="IOC").status == "Traded"


def test_an_order_that_needs_more_than_there_is_says_so_as_the_documentation_does() -> None:
    market = exchange()
    market.accounts["asha"].funds = Decimal("15.77")
    order = place(market, quantity=2)
    assert (order.status, order.serial_no, order.fills) == ("Rejected", 1, [])
    assert order.reason == "Fund Limit Insufficient. Insuff By 13.53 & Available Amount 15.77."
    assert market.accounts["asha"].available == Decimal("15.77")
    assert limit(market, quantity=1, price="10").status == "Pending"
    assert place(market, quantity=1).reason.endswith("Insuff By 8.88 & Available Amount 5.77.")


def test_funds_are_released_by_a_cancel_and_by_a_sale() -> None:
    market = exchange()
    account = market.accounts["asha"]
    order = limit(market, quantity=100)
    assert account.available == 1_000_000 - 1400
    market.cancel("asha", again(order))
    assert account.available == 1_000_000
    place(market, quantity=100)
    market.set_price(IDEA, Price(Decimal("14.75")))
    place(market, "S", quantity=100)
    assert account.available == 1_000_010
    assert account.positions["NSE", IDEA, "I"].realised == 10
    place(market, "S", quantity=100)  # short now, which blocks its value
    assert account.available == 1_000_010 - 1475


def test_what_closes_a_position_needs_no_funds_and_counts_once() -> None:
    market = exchange("10")
    account = market.accounts["asha"]
    account.funds = Decimal(100)
    assert place(market, quantity=10).status == "Traded"
    closing = limit(market, "S", quantity=10, price="11")
    assert (closing.status, account.available) == ("Pending", Decimal(0))
    assert limit(market, "S", quantity=1, price="11").status == "Rejected"  # it would open a short position


def test_a_delivery_is_sold_of_what_is_held() -> None:
    market = exchange()
    account = market.accounts["asha"]
    account.holdings[IDEA] = 10, Decimal(9)
    assert place(market, "S", 11, product="C").reason == "Holdings Insufficient."
    assert place(market, "S", 4, product="C").status == "Traded"
    assert limit(market, "S", 6, "20", product="C").status == "Pending"
    assert place(market, "S", 1, product="C").reason == "Holdings Insufficient."
    assert (account.sold_of(IDEA), account.available) == (10, 1_000_000 + 4 * Decimal("14.65"))
    place(market, "B", 1, product="C")
    assert account.sold_of(IDEA) == 9


def test_an_after_market_order_waits_until_the_market_opens() -> None:
    market = exchange()
    market.set_market_status("CLOSE")
    order = place(market, off_mkt_flag="true", validity="IOC")
    assert (order.status, order.serial_no) == ("O-Pending", 1)
    assert market.accounts["asha"].available == 1_000_000 - Decimal("146.50")
    market.modify("asha", again(order, quantity="4"))
    assert (order.status, order.serial_no) == ("O-Modified", 2)
    market.set_price(IDEA, Price(Decimal(15)))
    assert order.status == "O-Modified"
    market.set_market_status("OPEN")
    assert (order.status, order.traded, order.serial_no) == ("Traded", 4, 4)


def test_a_closed_market_rejects_and_fills_nothing() -> None:
    market = exchange()
    waiting = limit(market)
    market.set_market_status("POSTCLOSE")
    market.set_price(IDEA, Price(Decimal(13)))
    order = place(market)
    assert (order.status, order.reason, waiting.status) == ("Rejected", "Market Is Closed now.", "Pending")
    market.set_market_status("OPEN")
    assert (order.status, waiting.status) == ("Rejected", "Traded")


def test_a_change_states_the_order_anew() -> None:
    market = exchange()
    order = limit(market, remarks="502929")
    market.modify("asha", again(order, price="14.50", quantity="20", remarks="502930"))
    assert (order.status, order.serial_no, order.terms.quantity) == ("Modified", 2, 20)
    assert (order.terms.sent["remarks"], market.accounts["asha"].available) == ("502930", Decimal(999_710))
    market.set_price(IDEA, Price(Decimal("14.50"), 5))
    market.modify("asha", again(order, order_type="MKT", quantity="8"))
    assert (order.status, order.serial_no) == ("Part-Traded", 4)
    market.set_price(IDEA, Price(Decimal(15)))
    assert (order.status, order.traded, order.fills[1].price) == ("Traded", 8, Decimal(15))


def test_what_cannot_be_changed_stays_as_it_is() -> None:
    market = exchange(quantity=4)
    market.accounts["asha"].funds = Decimal(200)
    order, done = limit(market, price="14.65"), limit(market, quantity=1, price="1")
    market.cancel("asha", again(done))
    for user, wrong, why in [
        ("ravi", {}, "No order of this number is open"),
        ("asha", {"order_no": "1"}, "No order of this number is open"),
        ("asha", {"order_no": done.order_no}, "No order of this number is open"),
        ("asha", {"serial_no": "1"}, "serial_no is another by now"),
        ("asha", {"quantity": "4"}, "quantity must be above what was traded"),
        ("asha", {"txn_type": "S"}, "keeps its security, product and side"),
        ("asha", {"product": "C"}, "keeps its security, product and side"),
        ("asha", {"price": "0"}, "LMT and SL need a price"),
        ("asha", {"price": "99"}, r"Fund Limit Insufficient\. Insuff By 452\.60 & Available Amount 141\.40\."),
    ]:
        before = repr(order)
        with pytest.raises(ValueError, match=why):
            market.modify(user, again(order, **wrong))
        assert repr(order) == before
    for wrong in ({"order_no": done.order_no}, {"serial_no": "1"}):
        with pytest.raises(ValueError, match=r"No order of this number is open|serial_no is another by now"):
            market.cancel("asha", again(order, **wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        *[{"quantity": text} for text in ("0", "-1", "1.5", "", "1e3", "9999999999", "\u0967")],
        *[{"price": text} for text in ("-1", "NaN", "1e3", "", "14.65000", "canary")],
        *[{"order_type": text} for text in ("LMT", "SL", "SLM", "XX")],
        {"txn_type": "canary"},
        {"order_type": "SL", "price": "1", "trigger_price": "x"},
    ],
)
def test_what_is_no_order_is_not_there(wrong: dict[str, str]) -> None:
    market = exchange()
    with pytest.raises(ValueError, match=r"\.$") as caught:
        market.place("asha", "M", sent() | wrong)
    assert "canary" not in str(caught.value)
    assert ("quantity must be a whole number from 1 to 999999999." in str(caught.value)) is ("quantity" in wrong)
    assert market.accounts["asha"].orders == {}


def test_a_position_is_converted() -> None:
    market = exchange()
    place(market, quantity=10)
    fields = {"exchange": "NSE", "security_id": IDEA, "txn_type": "B", "product_from": "I", "product_to": "C"}
    market.convert("asha", fields, 4)
    positions = market.accounts["asha"].positions
    assert [(each.net, each.buy_average) for each in positions.values()] == [
        (6, Decimal("14.65")),
        (4, Decimal("14.65")),
    ]
    for wrong in ({"txn_type": "S"}, {"product_from": "M"}, {"exchange": "BSE"}):
        with pytest.raises(ValueError, match="There are not as many"):
            market.convert("asha", fields | wrong, 1)
    with pytest.raises(ValueError, match="There are not as many"):
        market.convert("asha", fields, 7)


def test_a_price_walks_the_same_way_for_the_same_seed() -> None:
    def walked(seed: int) -> list[Decimal]:
        market = exchange("100", walk=Random(seed))
        prices = []
        for _ in range(50):
            market.step()
            prices.append(market.price(IDEA).value)
        return prices

    first = walked(7)
    assert (first == walked(7), first == walked(8)) == (True, False)
    assert all(price % Decimal("0.05") == 0 for price in first)
    assert all(abs(one / other - 1) < Decimal("0.006") for one, other in pairwise(first))
    market = exchange("14.65")
    market.step()
    assert market.price(IDEA).value == Decimal("14.65")  # one that is set stays
    assert market.price("1660").value == 100  # one that is not begins there
    order = limit(market, security_id="1660", price="99.00")
    for _ in range(1000):
        if order.status == "Traded":
            break
        market.step()
    assert order.fills[0].price <= 99


@pytest.mark.parametrize("off_mkt_flag", ["true", "false"])
def test_an_order_may_be_rejected_as_on_a_closed_market(off_mkt_flag: str) -> None:
    market = exchange()
    order = market.place("asha", "M", sent(off_mkt_flag=off_mkt_flag), closed=True)
    assert (order.status, order.reason, market.market_status) == ("Rejected", "Market Is Closed now.", "OPEN")
    account = market.accounts["asha"]
    assert (account.open, [each.status for each in market.read_book(account)]) == ({}, ["Rejected"])


def test_the_book_shows_how_an_order_was() -> None:
    market = exchange("15.00")
    market.book_lag = (0, 1)
    order = limit(market)
    account = market.accounts["asha"]
    market.set_price(IDEA, Price(Decimal("13.90"), quantity=4))
    assert [market.read_book(account) for _ in range(2)] == [[], [order]]
    market.set_price(IDEA, Price(Decimal("13.90")))
    (shown,) = market.read_book(account)
    assert (shown.status, shown.traded, order.status, order.traded) == ("Part-Traded", 4, "Traded", 10)
    (shown,) = market.read_book(account)
    assert (shown.status, shown.traded, account.changes) == ("Traded", 10, deque())
