"""The sandbox trades, once a test has set something of its exchange: called over HTTP, by the SDK."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from torus_connect import BadRequest, Outcome, ReplyLost, ServiceError, TorusConnect, Trading
from torus_connect.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IDEA = "14366"
DEVICE = Trading(ip="192.0.2.1", uu_id="12345678", app_id="12345678")
READS = ("order_book", "trades", "positions", "holdings", "funds", "market_status")
NOT_A_PRICE = [14.65, True, "0", 0, "-1", "NaN", "1e3", "", "1.23456", None, Decimal("Infinity")]


@pytest.fixture(scope="module")
def torus(torus_sandbox: Sandbox) -> Iterator[TorusConnect]:
    with TorusConnect(**torus_sandbox.credentials, max_retries=0) as client:
        yield client


@pytest.fixture
def log_in(torus: TorusConnect, torus_sandbox: Sandbox) -> Callable[[str], Any]:
    def log_in(user: str) -> Any:
        return torus.account(torus.generate_session(torus_sandbox.issue_request_token(user=user)), trading=DEVICE)

    return log_in


@pytest.fixture
def me(log_in: Callable[[str], Any]) -> Any:
    return log_in("sandbox-user")


def order(side: str = "B", quantity: int = 10, **more: str) -> dict[str, Any]:
    fields = {"exchange": "NSE", "segment": "E", "product": "I", "security_id": IDEA, "price": "0.00", "mkt_type": "NL"}
    return fields | {"txn_type": side, "quantity": str(quantity), "order_type": "MKT", "validity": "DAY"} | more


def again(row: Any, **more: str) -> dict[str, Any]:
    """Return what a change must send of a row of the book."""
    sent = order(row.txn_type, row.quantity, order_type=row.order_type, price=str(row.price), remarks=row.remarks)
    numbers = {"order_no": row.order_no, "serial_no": row.serial_no, "group_id": row.group_id}
    return sent | numbers | {"off_mkt_flag": "true" if row.off_mkt_flag == "1" else "false"} | more


def documented(account: Any) -> list[Any]:
    return [getattr(account, name)().raw for name in READS]


def test_a_day_is_in_all_books(torus_sandbox: Sandbox, me: Any, log_in: Callable[[str], Any]) -> None:
    torus_sandbox.set_price(IDEA, "14.65", quantity=4)
    torus_sandbox.set_funds("1000")
    answer = me.order_entry(**order(remarks="demo1"))
    number = answer.data[0].order_no
    assert answer.message == f"Order submitted successfully. Your Order Ref No. {number}"
    assert answer.error_code == "RS-0023"
    (row,) = me.order_book()
    assert (row.order_no, row.status, row.remarks, row.symbol) == (number, "Part-Traded", "demo1", "IDEA")
    assert (row.quantity, row.traded_qty, row.remaining_quantity, row.rem_qty_tot_qty) == (10, 4, 6, "6/10")
    assert (row.avg_traded_price, row.serial_no, row.off_mkt_flag) == (Decimal("14.65"), "2", "0")
    torus_sandbox.set_price(IDEA, Decimal("14.75"))
    (row,) = me.order(order_no=number, segment="E")
    assert (row.status, row.traded_quantity, row.serial_no, row.reason_description) == ("Traded", 10, "3", "")
    assert me.order(order_no="1", segment="E") == []
    assert [(trade.quantity, trade.traded_price) for trade in me.trades()] == [
        (4, Decimal("14.65")),
        (6, Decimal("14.75")),
    ]
    assert [trade.order_no for trade in me.order_trades(order_no=number, segment="E")] == [number, number]
    assert me.order_trades(order_no="1", segment="E") == []
    me.order_entry(**order("S", 5))
    (position,) = me.positions()
    assert (position.net_qty, position.buy_avg, position.sell_avg) == (5, Decimal("14.71"), Decimal("14.75"))
    assert (position.realised_profit, position.mtm) == (Decimal("0.2"), Decimal("0.2"))
    (funds,) = me.funds()
    assert (funds.available_balance, funds.limit_sod) == (Decimal("926.65"), 1000)
    assert (funds.amount_utilized, funds.total_balance) == (Decimal("73.55"), Decimal("1000.2"))
    ravi = log_in("ravi")
    assert [getattr(ravi, name)() for name in READS[:4]] == [[], [], [], []]
    assert ravi.funds()[0].available_balance == 1_000_000


def test_an_order_is_changed_and_cancelled(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_price(IDEA, 15)
    number = me.order_entry(**order(order_type="LMT", price="14.00", remarks="demo1")).data[0].order_no
    (row,) = me.order_book()
    assert me.order_modify(**again(row, price="14.50")).data[0].order_no == number
    (changed,) = me.order_book()
    assert (changed.status, changed.serial_no, changed.price) == ("Modified", "2", Decimal("14.5"))
    assert changed.remarks == "demo1"
    with pytest.raises(BadRequest) as caught:
        me.order_cancel(**again(row))  # as it was before the change
    assert caught.value.outcome is Outcome.REFUSED
    assert me.order_cancel(**again(changed)).data[0].order_no == number
    (row,) = me.order_book()
    assert (row.status, row.serial_no) == ("Cancelled", "3")
    with pytest.raises(BadRequest):
        me.order_modify(**again(row))
    with pytest.raises(BadRequest):
        me.order_entry(**order(order_type="LMT"))
    assert len(me.order_book()) == 1


def test_a_rejection_for_funds_is_in_a_success(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_price(IDEA, "12.80")
    torus_sandbox.set_funds("15.77")
    number = me.order_entry(**order(quantity=2)).data[0].order_no
    (row,) = me.order(order_no=number, segment="E")
    assert row.status == "Rejected"
    assert row.reason_description == "Fund Limit Insufficient. Insuff By 9.83 & Available Amount 15.77."
    assert (me.trades(), row.exch_order_no, me.order_book()[0].remarks) == ([], "0", "NR")


def test_a_closed_market_answers_with_an_error_that_has_an_order_number(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_market_status("CLOSE")
    assert {(row.exchange, row.market_type, row.status) for row in me.market_status()} == {
        ("NSE", "NL", "CLOSE"),
        ("BSE", "NL", "CLOSE"),
    }
    with pytest.raises(ServiceError) as caught:
        me.order_entry(**order(remarks="demo1"))
    assert caught.value.outcome is Outcome.UNKNOWN
    me.order_entry(**order(off_mkt_flag="true", remarks="demo2"))
    rejected, waiting = me.order_book()
    assert (rejected.status, rejected.remarks) == ("Rejected", "demo1")
    assert (waiting.status, waiting.off_mkt_flag, waiting.remarks) == ("O-Pending", "1", "demo2")
    torus_sandbox.set_market_status("OPEN")
    assert [row.status for row in me.order_book()] == ["Rejected", "Traded"]


def test_holdings_are_sold_and_a_position_is_converted(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_holding(IDEA, 10, cost_price="9.50")
    torus_sandbox.set_price(IDEA, "14.65")
    me.order_entry(**order("S", 4, product="C"))
    (row,) = me.holdings()
    assert (row.quantity, row.utilized_quantity, row.remaining_quantity) == (10, 4, 6)
    assert (row.cost_price, row.last_traded_price, row.nse_security_id) == (Decimal("9.5"), Decimal("14.65"), IDEA)
    me.order_entry(**order("B", 3))
    fields = {"exchange": "NSE", "segment": "E", "security_id": IDEA, "mkt_type": "NL", "user_type": "C"}
    converted = {"quantity": 3, "txn_type": "B", "product_from": "I", "product_to": "C"}
    assert me.convert_position(**fields, **converted).message == "Position converted successfully."
    assert {row.product: row.net_qty for row in me.positions()} == {"C": -1, "I": 0}
    with pytest.raises(BadRequest):
        me.convert_position(**fields, **converted)


def test_a_price_that_walks_moves_with_each_call(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_holding(IDEA, 1)
    seen = []
    for _ in range(2):
        torus_sandbox.set_price(IDEA, 100, seed=7)
        seen.append([me.holdings()[0].last_traded_price for _ in range(5)])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 1


def test_a_reply_that_is_lost_after_the_order_was_taken_in(torus_sandbox: Sandbox, me: Any) -> None:
    torus_sandbox.set_price(IDEA, "14.65")
    losses: list[tuple[Literal["before", "after"], int]] = [("before", 0), ("after", 1)]
    for lost, count in losses:
        torus_sandbox.set_fault("orderEntry", lost=lost, times=1)
        with pytest.raises(ReplyLost) as caught:
            me.order_entry(**order(remarks=lost))
        assert caught.value.outcome is Outcome.UNKNOWN
        assert len(me.order_book()) == count


def test_without_any_of_it_the_examples_are_answered_and_orders_are_not_kept(me: Any) -> None:
    before = documented(me)
    assert me.order_entry(**order()).data[0].order_no == "1121240611100"
    assert documented(me) == before
    assert before[0]["data"][0]["order_no"] == "1121240611100"


@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_trades_ends_with_it(torus_sandbox: Sandbox, me: Any, _time: int) -> None:
    before = documented(me)
    assert before[0]["data"][0]["order_no"] == "1121240611100"
    torus_sandbox.set_price(IDEA, 1)
    me.order_entry(**order())
    assert len(me.order_book()) == 1
    torus_sandbox.reset()
    assert documented(me) == before
    torus_sandbox.set_price(IDEA, 1)
    assert me.order_book() == []


@pytest.mark.parametrize("price", NOT_A_PRICE)
def test_what_is_no_price_is_not_set(torus_sandbox: Sandbox, me: Any, price: Any) -> None:
    before = me.funds().raw
    with pytest.raises(ValueError, match=r"amount|above zero"):
        torus_sandbox.set_price(IDEA, price)
    assert me.funds().raw == before


def test_what_else_cannot_be_set(torus_sandbox: Sandbox, me: Any) -> None:
    before = me.funds().raw
    for quantity in (-1, 1.0, True, "1"):
        with pytest.raises(ValueError, match="quantity must be a whole number from 0 on"):
            torus_sandbox.set_price(IDEA, 1, quantity=quantity)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="quantity must be a whole number from 0 on"):
            torus_sandbox.set_holding(IDEA, quantity)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="status must be one of OPEN, CLOSE, PREOPEN, POSTCLOSE"):
        torus_sandbox.set_market_status("open")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="user must be a name"):
        torus_sandbox.set_funds(1, user="")
    with pytest.raises(ValueError, match="user must be a name"):
        torus_sandbox.set_holding(IDEA, 1, user="")
    assert me.funds().raw == before


def test_a_reply_that_does_not_fit_the_document_is_not_sent(torus_sandbox: Sandbox, torus: TorusConnect) -> None:
    session = torus.generate_session(torus_sandbox.issue_request_token())
    with torus_sandbox._state.trading.exchange() as exchange:
        exchange.market_status = 7  # type: ignore[assignment]
    headers = {"Authorization": session.authorization}
    reply = httpx.post(f"{torus_sandbox.base_url}/market/status", headers=headers, json={"source": "N"})
    assert (reply.status_code, reply.json()["error"]) == (500, "sandbox_fault")
