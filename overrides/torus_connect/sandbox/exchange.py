"""An exchange in memory: prices, and the orders of users against them. Without HTTP.

ALL OF THIS IS ASSUMED but for the text of a funds rejection, which a sample of the service shows. It is not documented
how the service checks funds, or fills and changes orders.
"""

from __future__ import annotations

import copy
import math
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from torus_connect._dates import INDIA

from .accounts import AFTER_MARKET, OPEN, STOP_ORDERS, Account, Order, Position, Terms, Trade, need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_START, _TICK = Decimal(100), Decimal("0.05")


@dataclass(slots=True)
class Price:
    """What a security trades at. `quantity` is how many still can; `walk` makes the steps of a price that moves."""

    value: Decimal
    quantity: int | None = None
    walk: Random | None = None


class Exchange:
    """The state. Not safe to share between threads: `Trading` has the lock.

    Args:
        clock: seconds since the epoch, for the stamps of orders and trades.

    Attributes:
        accounts: by user.
        market_status: OPEN, or another word of the documentation.
        book_lag: how late the order book of a user is: in seconds, and in reads of it.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.accounts: defaultdict[str, Account] = defaultdict(Account)
        self.market_status: str = "OPEN"
        self.book_lag: tuple[float, int] = (0, 0)
        self._clock = clock
        self._prices: dict[str, Price] = {}
        self._order_numbers, self._trade_numbers = count(101), count(80_000_001)

    def price(self, security_id: str) -> Price:
        """Return what a security trades at; one without a price begins a walk of its own at 100, always the same."""
        return self._prices.setdefault(security_id, Price(_START, walk=Random(security_id)))  # noqa: S311 - no secret

    def view(self) -> Exchange:
        """Return the same exchange to be read: a price that begins as it is asked for is not kept."""
        view = copy.copy(self)
        view._prices = self._prices.copy()  # noqa: SLF001 - of the same class
        return view

    def set_price(self, security_id: str, price: Price) -> None:
        """Set a price, and fill what can be."""
        self._prices[security_id] = price
        self._match()

    def set_market_status(self, status: str) -> None:
        """Open or close the market; as it opens, after-market orders go to it."""
        self.market_status = status
        for account, order in self._open():
            if status == "OPEN" and order.status in AFTER_MARKET:
                self._change(account, order, "Pending")
        self._match()

    def step(self) -> None:
        """Move each price that walks by up to half a percent."""
        walking = [(price, price.walk) for price in self._prices.values() if price.walk]
        for price, walk in walking:
            moved = price.value * (10_000 + walk.randrange(-50, 51)) / 10_000
            price.value = max(_TICK, round(moved / _TICK) * _TICK)
        if walking:
            self._match()

    def read_book(self, account: Account) -> list[Order]:
        """Return what the order book of an account shows."""
        seconds, reads = self.book_lag
        return account.read_book(self._clock() - seconds if seconds else math.inf, reads)

    def place(self, user: str, source: str, sent: Mapping[str, str], *, closed: bool = False) -> Order:
        """Take an order in; one that is rejected, as on a market that is `closed`, has a `reason`.

        Raises:
            ValueError: it is no order, and there is none then. The message repeats nothing of it.
        """
        terms, account, now = Terms.of(sent), self.accounts[user], self._clock()
        day = datetime.fromtimestamp(now, INDIA)
        order = Order(f"1141{day:%y%m%d}{next(self._order_numbers)}", source, terms, now, now)
        account.orders[order.order_no] = order
        if sent.get("off_mkt_flag") == "true" and not closed:
            order.status = "O-Pending"
        elif closed or self.market_status != "OPEN":
            order.reason = "Market Is Closed now."
        order.reason = order.reason or self._reserve(account, order)
        order.status = "Rejected" if order.reason else order.status
        account.changed(order)
        if order.reason:
            return order
        account.open[order.order_no] = order
        self._fill(account, order)
        if sent["validity"] == "IOC" and order.status in OPEN - AFTER_MARKET:
            self._change(account, order, "Cancelled")
        return order

    def modify(self, user: str, sent: Mapping[str, str]) -> Order:
        """State an open order anew: what is left out is gone, and `quantity` is the whole of it.

        Raises:
            ValueError: there is no such open order, or it cannot be so; it stays as it is.
        """
        account, order = self.open_order(user, sent)
        terms = Terms.of(sent)
        same = (terms.key, terms.is_buy) == (order.terms.key, order.terms.is_buy)
        need(same, "An order keeps its security, product and side.")
        need(terms.quantity > order.traded, "quantity must be above what was traded.")
        changed = replace(order, terms=terms, triggered=False)
        reason = self._reserve(account, changed, freed=order.blocked)
        need(not reason, reason)
        order.terms, order.triggered = terms, False
        order.opening, order.reserved = changed.opening, changed.reserved
        self._change(account, order, {"O-Pending": "O-Modified", "Pending": "Modified"}.get(order.status, order.status))
        self._fill(account, order)
        return order

    def cancel(self, user: str, sent: Mapping[str, str]) -> Order:
        """Cancel what remains of an open order; raises as `modify` does."""
        account, order = self.open_order(user, sent)
        self._change(account, order, "Cancelled")
        return order

    def convert(self, user: str, sent: Mapping[str, str], quantity: int) -> None:
        """Move some of a position to another product.

        Raises:
            ValueError: the user has no such position, or fewer of it.
        """
        positions, is_buy = self.accounts[user].positions, sent["txn_type"] == "B"
        security = sent["exchange"], sent["security_id"]
        position = positions.get((*security, sent["product_from"]), Position())
        enough = 0 < quantity <= (position.net if is_buy else -position.net)
        need(enough, "There are not as many in a position of this side and product.")
        average = position.buy_average if is_buy else position.sell_average
        position.add(-quantity, average, is_buy=is_buy)
        positions.setdefault((*security, sent["product_to"]), Position()).add(quantity, average, is_buy=is_buy)

    def open_order(self, user: str, sent: Mapping[str, str]) -> tuple[Account, Order]:
        """Return the open order that is to be changed; raises as `modify` does."""
        account = self.accounts[user]
        need(sent["order_no"] in account.open, "No order of this number is open.")
        order = account.open[sent["order_no"]]
        need(sent["serial_no"] == str(order.serial_no), "The order was changed: its serial_no is another by now.")
        return account, order

    def _open(self) -> Iterator[tuple[Account, Order]]:
        for account in self.accounts.values():
            for order in list(account.open.values()):
                yield account, order

    def _change(self, account: Account, order: Order, status: str) -> None:
        order.status, order.serial_no, order.changed_at = status, order.serial_no + 1, self._clock()
        account.changed(order)
        if status not in OPEN:
            del account.open[order.order_no]

    def _reserve(self, account: Account, order: Order, freed: Decimal = Decimal()) -> str:
        """Block what an order needs; return why it cannot be."""
        order.opening = max(0, order.remaining - account.closable(order))
        if order.opening and order.terms.key[2] == "C" and not order.terms.is_buy:
            return "Holdings Insufficient."
        order.reserved = order.terms.price or order.terms.trigger_price or self.price(order.terms.key[1]).value
        available = account.available + freed
        missing = order.opening * order.reserved - available
        if missing > 0:
            return f"Fund Limit Insufficient. Insuff By {missing:.2f} & Available Amount {available:.2f}."
        return ""

    def _match(self) -> None:
        """Fill what can be, the oldest order first."""
        for account, order in sorted(self._open(), key=lambda each: int(each[1].order_no)):
            self._fill(account, order)

    def _fill(self, account: Account, order: Order) -> None:
        """Fill an order as far as can be, at the price of the security: its own limit, or a better one."""
        if self.market_status != "OPEN" or order.status in AFTER_MARKET:
            return
        terms, sign, price = order.terms, 1 if order.terms.is_buy else -1, self.price(order.terms.key[1])
        stops = terms.sent["order_type"] in STOP_ORDERS
        order.triggered = order.triggered or not stops or sign * (price.value - terms.trigger_price) >= 0
        quantity = order.remaining if price.quantity is None else min(order.remaining, price.quantity)
        too_dear = terms.price and sign * (price.value - terms.price) > 0
        if not order.triggered or too_dear or not quantity:
            return
        if price.quantity is not None:
            price.quantity -= quantity
        trade = Trade(next(self._trade_numbers), order, quantity, price.value, self._clock())
        order.fills.append(trade)
        account.trades.append(trade)
        account.positions.setdefault(terms.key, Position()).add(quantity, price.value, is_buy=terms.is_buy)
        self._change(account, order, "Part-Traded" if order.remaining else "Traded")
