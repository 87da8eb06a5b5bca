"""What a test sets of the exchange of a sandbox: prices, funds, holdings, the market, the lag of its book."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Literal

from .accounts import need, rupees
from .exchange import Price
from .replies import DEFAULT_USER, check_user

if TYPE_CHECKING:
    from decimal import Decimal

    from .rows import Row
    from .state import SandboxState

_LONGEST_LAG = 86_400
_STATUSES = ("OPEN", "CLOSE", "PREOPEN", "POSTCLOSE")


class Controls:
    """The part of `Sandbox` that concerns orders. Once the exchange is set, the sandbox trades, until `reset()`."""

    _state: SandboxState

    def set_price(
        self, security_id: str, price: Decimal | str | int, *, quantity: int | None = None, seed: int | None = None
    ) -> None:
        """Set what a security trades at, and fill the open orders that can be.

        From then on, the sandbox trades: it takes orders in and fills them against prices, and the calls of an account
        (orders, trades, positions, holdings, funds, market status) are answered from that, for all users. How it does
        this is assumed: neither the status words nor the rules of the real service are documented. A security without
        a price begins at 100 and walks.

        Args:
            security_id: the token of the exchange, as in an order.
            price: in rupees, above zero.
            quantity: how many are traded at this price, over all orders; what remains of an order waits, as
                `Part-Traded`, for the next price. Without it, as many as are asked for.
            seed: lets the price walk from here: up to half a percent with each call that is answered from the
                exchange, the same way for the same seed. Without it, the price stays.

        Raises:
            ValueError: `price` is no amount of rupees above zero (a float is none), or `quantity` no whole number from
                0 on.
        """
        value = rupees(price)
        need(value, "price must be above zero")
        need(quantity is None or _is_whole(quantity), "quantity must be a whole number from 0 on")
        walk = None if seed is None else Random(seed)  # noqa: S311 - a price, no secret
        with self._state.trading.exchange() as exchange:
            exchange.set_price(security_id, Price(value, quantity, walk))

    def set_funds(self, amount: Decimal | str | int, *, user: str = DEFAULT_USER) -> None:
        """Set what a user has at the start of the day; the sandbox trades from then on (see `set_price`).

        What orders block and positions cost comes off it. An order that needs more than is left is taken in and then
        rejected: `reason_description` in the order book begins with "Fund Limit Insufficient.".

        Args:
            amount: in rupees; 1,000,000 unless it is set.
            user: whose it is.

        Raises:
            ValueError: `amount` is no amount of rupees (a float is none), or `user` no name.
        """
        check_user(user)
        funds = rupees(amount)
        with self._state.trading.exchange() as exchange:
            exchange.accounts[user].funds = funds

    def set_holding(
        self, security_id: str, quantity: int, *, cost_price: Decimal | str | int = 0, user: str = DEFAULT_USER
    ) -> None:
        """Set how many of a security a user holds from before today; the sandbox trades from then on (see `set_price`).

        An order that sells a delivery (product C) needs holdings, or what was bought as C today.

        Args:
            security_id: the token of the exchange, as in an order.
            quantity: how many.
            cost_price: what each has cost, in rupees.
            user: whose they are.

        Raises:
            ValueError: `quantity` is no whole number from 0 on, `cost_price` no amount, or `user` no name.
        """
        check_user(user)
        need(_is_whole(quantity), "quantity must be a whole number from 0 on")
        holding = quantity, rupees(cost_price)
        with self._state.trading.exchange() as exchange:
            exchange.accounts[user].holdings[security_id] = holding

    def set_market_status(self, status: Literal["OPEN", "CLOSE", "PREOPEN", "POSTCLOSE"]) -> None:
        """Open or close the market; the sandbox trades from then on (see `set_price`).

        It is open unless it is set. While it is not, no order is filled, and a new one is answered with an error that
        carries its number; it is in the order book, rejected. An after-market order (`off_mkt_flag` is true) waits, as
        `O-Pending`, until the market is set to open again. Orders of the day are not ended by a close.

        Args:
            status: a word of the documentation of the market status; the market is open for `OPEN` only.

        Raises:
            ValueError: it is another word.
        """
        need(status in _STATUSES, f"status must be one of {', '.join(_STATUSES)}")
        with self._state.trading.exchange() as exchange:
            exchange.set_market_status(status)

    def set_book_lag(self, *, seconds: float = 0, reads: int = 0) -> None:
        """Let the order book lag, for all users; the sandbox trades from then on (see `set_price`).

        A new order, or what became of one, is in `orderBook` only later. All other calls, and `orders()`, are up to
        date. Without arguments, the book is up to date again.

        Args:
            seconds: how much later, 0 to 86400.
            reads: how many times the user reads the book in vain.

        Raises:
            ValueError: `seconds` is no number, or out of range, or `reads` no whole number from 0 on.
        """
        good = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= _LONGEST_LAG
        need(good, f"seconds must be a number from 0 to {_LONGEST_LAG}")
        need(_is_whole(reads), "reads must be a whole number from 0 on")
        with self._state.trading.exchange() as exchange:
            exchange.book_lag = seconds, reads

    def orders(self, user: str | None = None) -> list[Row]:
        """Return each order that was taken in, whatever came of it and of its reply, the oldest of a user first.

        Returns:
            The rows of the order book as they are, without lag, each with its `user`: dicts with `order_no`, `remarks`
            ("NR" where none were sent), `status`, `quantity` and so on, amounts in rupees. None where nothing trades.

        Args:
            user: whose orders; without it, those of all.
        """
        self._state.timeline.catch_up()
        return self._state.trading.orders(user)


def _is_whole(quantity: object) -> bool:
    return isinstance(quantity, int) and not isinstance(quantity, bool) and quantity >= 0
