"""The account of a user in the exchange of the sandbox: orders, trades, positions, holdings and funds.

ALL OF THIS IS ASSUMED. No list of the service's status words is documented (these are those of similar services), and
nothing of how it counts funds. Here, what is bought costs its whole value, and a short position blocks its value.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

AFTER_MARKET = frozenset({"O-Pending", "O-Modified"})
OPEN = AFTER_MARKET | {"Pending", "Modified", "Part-Traded"}
"""The status words of an order that is not final. Assumed; the final ones are Traded, Rejected and Cancelled."""
FUNDS = Decimal(1_000_000)
"""What each user has at the start of the day, in rupees, unless it is set."""

_MARKET_ORDERS, STOP_ORDERS = ("MKT", "SLM"), ("SL", "SLM")
_WHOLE = re.compile(r"0*[1-9][0-9]{0,8}")
_RUPEES = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")

Key = tuple[str, str, str]  # exchange, security and product of a position


def need(condition: object, why: str) -> None:
    """Check what is asked for.

    Raises:
        ValueError: the condition is not met.
    """
    if not condition:
        raise ValueError(why)


def rupees(amount: Decimal | str | int) -> Decimal:
    """Return an amount.

    Raises:
        ValueError: it is none, or a float.
    """
    good = not isinstance(amount, float | bool) and _RUPEES.fullmatch(str(amount))
    need(good, "An amount must be in rupees with at most four decimals, such as 14.65, and no float.")
    return Decimal(amount)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order asks for: the fields as they were sent, and the numbers among them; no price is 0."""

    sent: Mapping[str, str]
    quantity: int
    price: Decimal
    trigger_price: Decimal

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Terms:
        """Read the fields of an entry or a change.

        Raises:
            ValueError: they are none of an order. The message repeats nothing of them.
        """
        kind = sent["order_type"]
        need(sent["txn_type"] in ("B", "S"), "txn_type must be B or S.")
        need(kind in ("MKT", "LMT", "SL", "SLM"), "order_type must be MKT, LMT, SL or SLM.")
        need(_WHOLE.fullmatch(sent["quantity"]), "quantity must be a whole number from 1 to 999999999.")
        price = rupees(sent["price"])
        trigger_price = rupees(sent.get("trigger_price", "")) if kind in STOP_ORDERS else Decimal()
        need(price or kind in _MARKET_ORDERS, "LMT and SL need a price.")
        need(trigger_price or kind not in STOP_ORDERS, "SL and SLM need a trigger_price.")
        return cls(sent, int(sent["quantity"]), Decimal() if kind in _MARKET_ORDERS else price, trigger_price)

    @property
    def is_buy(self) -> bool:
        """Whether it buys; else it sells."""
        return self.sent["txn_type"] == "B"

    @property
    def key(self) -> Key:
        """The position that it changes."""
        return self.sent["exchange"], self.sent["security_id"], self.sent["product"]


@dataclass(frozen=True, slots=True)
class Trade:
    """A fill of an order."""

    trade_no: int
    order: Order
    quantity: int
    price: Decimal
    at: float


@dataclass(slots=True)
class Order:
    """An order. `opening` is how many of it open a position, at `reserved` rupees each, where the rest closes one."""

    order_no: str
    source: str
    terms: Terms
    placed_at: float
    changed_at: float
    status: str = "Pending"
    serial_no: int = 1
    reason: str = ""
    triggered: bool = False
    opening: int = 0
    reserved: Decimal = Decimal()
    fills: list[Trade] = field(default_factory=list, repr=False)

    @property
    def traded(self) -> int:
        """How many were traded so far."""
        return sum(fill.quantity for fill in self.fills)

    @property
    def remaining(self) -> int:
        """How many were not."""
        return self.terms.quantity - self.traded

    @property
    def blocked(self) -> Decimal:
        """The rupees that it blocks while it is open."""
        return min(self.opening, self.remaining) * self.reserved


@dataclass(slots=True)
class Position:
    """What was bought and sold today of a security as a product; values in rupees."""

    buy_quantity: int = 0
    buy_value: Decimal = Decimal()
    sell_quantity: int = 0
    sell_value: Decimal = Decimal()

    @property
    def net(self) -> int:
        """How many there are; below zero, how many are short."""
        return self.buy_quantity - self.sell_quantity

    @property
    def buy_average(self) -> Decimal:
        """Rupees for each that was bought."""
        return self.buy_value / self.buy_quantity if self.buy_quantity else Decimal()

    @property
    def sell_average(self) -> Decimal:
        """Rupees for each that was sold."""
        return self.sell_value / self.sell_quantity if self.sell_quantity else Decimal()

    @property
    def realised(self) -> Decimal:
        """The profit of what was bought and sold again."""
        return min(self.buy_quantity, self.sell_quantity) * (self.sell_average - self.buy_average)

    def add(self, quantity: int, price: Decimal, *, is_buy: bool) -> None:
        """Count what was traded."""
        if is_buy:
            self.buy_quantity, self.buy_value = self.buy_quantity + quantity, self.buy_value + quantity * price
        else:
            self.sell_quantity, self.sell_value = self.sell_quantity + quantity, self.sell_value + quantity * price


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an order, when, and after how many reads of the order book."""

    order: Order
    at: float
    reads: int


@dataclass(slots=True)
class Account:
    """What one user has. `holdings` are those of the start of the day: quantity and cost price by security.

    `book` is what the order book shows, which may lag: `changes` are not in it yet.
    """

    funds: Decimal = FUNDS
    orders: dict[str, Order] = field(default_factory=dict)
    open: dict[str, Order] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    positions: dict[Key, Position] = field(default_factory=dict)
    holdings: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    book: dict[str, Order] = field(default_factory=dict)
    changes: deque[Change] = field(default_factory=deque)
    reads: int = 0

    @property
    def available(self) -> Decimal:
        """The funds without what positions cost and open orders block; a short position blocks what it brought in."""
        cash = self.funds - sum(order.blocked for order in self.open.values())
        for (_, _, product), position in self.positions.items():
            cash += position.sell_value - position.buy_value
            if position.net < 0 and product != "C":
                cash += 2 * position.net * position.sell_average
        return cash

    def changed(self, order: Order) -> None:
        """Take down how an order is now, for the order book."""
        self.changes.append(Change(replace(order, fills=order.fills[:]), order.changed_at, self.reads))

    def read_book(self, before: float, reads: int) -> list[Order]:
        """Return the orders as they were then, in seconds since the epoch, and so many reads of the book ago."""
        while self.changes and self.changes[0].at <= before and self.changes[0].reads <= self.reads - reads:
            order = self.changes.popleft().order
            self.book[order.order_no] = order
        self.reads += 1
        return list(self.book.values())

    def closable(self, order: Order) -> int:
        """Return how many of an order close what the user has, beside the other open orders that do."""
        key, is_buy = order.terms.key, order.terms.is_buy
        net = self.positions.get(key, Position()).net
        if key[2] == "C":
            net += self.holdings.get(key[1], (0, Decimal()))[0]
        others = (each for each in self.open.values() if each.order_no != order.order_no and each.terms.key == key)
        return max(0, (-net if is_buy else net) - sum(each.remaining for each in others if each.terms.is_buy == is_buy))

    def sold_of(self, security_id: str) -> int:
        """Return how many of a holding are sold, or are to be sold by an open order."""
        sold = sum(-each.net for key, each in self.positions.items() if key[1:] == (security_id, "C"))
        orders = (order for order in self.open.values() if order.terms.key[1:] == (security_id, "C"))
        return max(0, sold + sum(order.remaining for order in orders if not order.terms.is_buy))
