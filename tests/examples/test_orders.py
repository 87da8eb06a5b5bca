"""The examples that place orders: after a lost reply, a second run and a `kill -9`, there is one order."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
import rebalance
import stop_loss
from examples.conftest import DEVICE, IDEA, SHIVAM, Start

from torus_connect import Account, ReplyLost, TorusConnect, Trading
from torus_connect._dates import INDIA
from torus_connect._orders import sync_find
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.losses import Fault

SOLD = ("S", 10, "Traded")
HALVES = {IDEA: Decimal("0.5"), SHIVAM: Decimal("0.5")}


@pytest.fixture
def sandbox(torus_sandbox: Sandbox) -> Sandbox:
    """Return one that trades."""
    torus_sandbox.set_price(IDEA, "15.00")
    torus_sandbox.set_price(SHIVAM, "40.00")
    return torus_sandbox


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(me: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a program with arguments, and returns its exit code and what it printed."""

    def run(main: Callable[[], int], *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["", *arguments])
        return main(), *capsys.readouterr()

    return run


def sent(sandbox: Sandbox) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in ("txn_type", "quantity", "status", "remarks")) for row in sandbox.orders()]


def name_of(start: str, security_id: str) -> str:
    return f"{start}{datetime.now(INDIA):%Y%m%d}{security_id}"


def test_to_rebalance_twice_on_one_day_places_nothing_twice(sandbox: Sandbox, run: Run) -> None:
    sandbox.set_holding(IDEA, 200)
    sandbox.set_holding(SHIVAM, 25)
    sandbox.set_funds("200")
    sandbox.lose_replies("reset_after", times=1)
    code, printed, errors = run(rebalance.main, f"{IDEA}=0.5", f"{SHIVAM}=0.5")
    assert (code, errors) == (0, "")
    sold, bought = ("S", 67, "Traded", name_of("rb", IDEA)), ("B", 25, "Traded", name_of("rb", SHIVAM))
    assert sent(sandbox) == [sold, bought]
    assert printed.splitlines() == [
        f"{IDEA}: -67 at 14.85, Traded, 67 traded, {sold[3]}",
        f"{SHIVAM}: +25 at 40.40, Traded, 25 traded, {bought[3]}",
    ]
    sandbox.set_price(SHIVAM, "60.00")  # now there is too much of it
    code, printed, _ = run(rebalance.main, f"{IDEA}=0.5", f"{SHIVAM}=0.5")
    assert (code, sent(sandbox)) == (0, [sold, bought])
    assert printed.count("had its order today") == 2


def test_what_is_bought_is_paid_for_by_the_funds(sandbox: Sandbox, me: Account) -> None:
    sandbox.set_holding(IDEA, 200)
    sandbox.set_holding(SHIVAM, 25)
    sandbox.set_funds("100")
    sandbox.set_price(IDEA, "15.00", quantity=0)  # nobody buys them
    assert [line.split(",")[0] for line in rebalance.rebalance(me, HALVES, timeout=0)] == [
        f"{IDEA}: -67 at 14.85",
        f"{SHIVAM}: +2 at 40.40",
    ]


def test_what_is_open_or_not_in_the_book_yet_is_not_placed_again(
    sandbox: Sandbox, me: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_find, "_FIRST_PAUSE", 0.01)
    sandbox.set_holding(IDEA, 200)
    sandbox.set_holding(SHIVAM, 50)
    sandbox.set_price(IDEA, "15.00", quantity=0)  # nobody buys them
    sandbox.set_book_lag(reads=3)
    weights = {IDEA: Decimal("0.5")}
    (first,) = rebalance.rebalance(me, weights, timeout=0)
    (again,) = rebalance.rebalance(me, weights, timeout=0)  # its journal knows the order before the book does
    assert (first.split(", ")[1], again.split(", ")[1]) == ("None", "Pending")
    with TorusConnect() as torus:
        another_machine = torus.account(me.session, trading=Trading(**DEVICE))
        (line,) = rebalance.rebalance(another_machine, weights)
    assert "had its order today" in line
    assert sent(sandbox) == [("S", 100, "Pending", name_of("rb", IDEA))]
    with pytest.raises(ValueError, match="no price is known of 500325"):
        list(rebalance.rebalance(me, {"500325": Decimal(1)}))


def buy(me: Account) -> None:
    me.place_order(
        side="BUY", exchange="NSE", security_id=IDEA, quantity=10, product="MIS", order_type="MARKET", reference="first"
    )  # fmt: skip


def test_a_stop_loss_sells_once_whatever_becomes_of_its_order(sandbox: Sandbox, me: Account) -> None:
    buy(me)
    looks: Iterator[tuple[str, Fault]] = iter(
        [("14.10", "reset_before"), ("14.00", "too_many_requests"), ("14.00", "reset_after")]
    )

    def price_of(_: object) -> Decimal:
        price, fault = next(looks)
        sandbox.lose_replies(fault, times=1)
        return Decimal(price)

    state = stop_loss.stop_loss(me, IDEA, Decimal("14.00"), price_of=price_of, pause=0)
    assert state
    assert list(looks) == []
    assert [row[:3] for row in sent(sandbox)] == [("B", 10, "Traded"), SOLD]
    assert stop_loss.stop_loss(me, IDEA, Decimal("14.00")) == state  # started again: it sells nothing else


def test_a_stop_loss_survives_kill_9_before_the_reply(
    sandbox: Sandbox, me: Account, start: Start, run: Run, tmp_path: Path
) -> None:
    buy(me)
    sandbox.lose_replies("late_reply", times=1, delay=2)
    killed = start("stop_loss.py", IDEA, "14.00", TORUS_SESSION_STORE=f"file:{tmp_path / 'sessions'}")
    assert killed.stdout
    assert killed.stdout.readline().startswith(f"{IDEA}: 15")
    sandbox.set_price(IDEA, "13.90")
    end = time.monotonic() + 30
    while len(sent(sandbox)) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    code, printed, errors = run(stop_loss.main, IDEA, "14.00")
    assert (code, errors) == (0, "")
    assert "Traded, 10 sold" in printed
    assert [row[:3] for row in sent(sandbox)] == [("B", 10, "Traded"), SOLD]


def test_a_stop_loss_ends_where_its_order_is_not_seen(
    sandbox: Sandbox, me: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(me)
    sandbox.set_price(IDEA, "13.90")
    sandbox.lose_replies("reset_before", times=1)
    monkeypatch.setattr(sync_find, "monotonic", count(0, 60).__next__)  # to look for it takes no time
    with pytest.raises(ReplyLost):
        stop_loss.stop_loss(me, IDEA, Decimal("14.00"))
    code, _, errors = run(stop_loss.main, IDEA, "14.00")
    assert code == 1
    assert "is not in the order book" in errors
    assert [row[0] for row in sent(sandbox)] == ["B"]


def test_a_stop_loss_without_a_position_ends(me: Account, run: Run) -> None:
    assert run(stop_loss.main, IDEA, "14.00") == (0, f"{IDEA}: there is nothing to sell\n", "")
