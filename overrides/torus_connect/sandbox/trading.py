"""The calls of an account, answered by the exchange of the sandbox instead of by the examples of the document.

What is assumed is said in `exchange.py` and `accounts.py`; the words of an acknowledgement and the codes of a closed
market are those of similar services. The fields that the exchange knows nothing of are those of the examples.
"""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from .exchange import Exchange
from .rows import READS, in_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .accounts import Order
    from .document import Operation
    from .rows import Row


_NO_ORDER = "1121240611100"  # of the examples


class Trading:
    """The exchange of one sandbox, by operation. Safe to share between threads.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._exchange: Exchange | None = None

    @contextmanager
    def exchange(self) -> Iterator[Exchange]:
        """Yield the exchange, to set something of it; from then on, the calls of an account are answered from it."""
        with self._lock:
            if self._exchange is None:
                self._exchange = Exchange(self._clock)
            yield self._exchange

    @contextmanager
    def view(self) -> Iterator[Exchange | None]:
        """Yield the exchange to be read only; `None` where nothing of it was set."""
        with self._lock:
            yield self._exchange and self._exchange.view()

    def reset(self) -> None:
        """Forget the exchange: the examples are back."""
        with self._lock:
            self._exchange = None

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what happened in it."""
        with self._lock:
            before = copy.deepcopy(self._exchange, {id(self._clock): self._clock})  # a clock that is set stays that one
        yield
        with self._lock:
            self._exchange = before

    def orders(self, user: str | None = None) -> list[Row]:
        """Return each order that was taken in, of a user or of all: a row of the book as it is, with its `user`."""
        with self._lock:
            accounts = self._exchange.accounts.items() if self._exchange else ()
            return [
                {"user": name, **in_book(order)}
                for name, account in accounts
                if user in (None, name)
                for order in account.orders.values()
            ]

    def answer(self, operation: Operation, user: str | None, body: bytes, *, closed: bool = False) -> Row | None:
        """Return the reply; `None` where nothing of the exchange was set, or it does not serve this call.

        With `closed`, an order is answered with an error that carries its number, as on a market that is closed.

        Raises:
            ValueError: an order cannot be placed or changed so. The message repeats nothing of it.
        """
        with self._lock:
            served = operation.id in _ACTS or operation.id in READS
            if self._exchange is None or user is None or not operation.example or not served:
                return _closed(_NO_ORDER) if closed else None
            self._exchange.step()
            request, reply = json.loads(body or b"{}"), json.loads(operation.example)
            if closed:
                return _reject(self._exchange, user, request)
            if operation.id in _ACTS:
                return _ACTS[operation.id](self._exchange, user, request)
            base = {name: value if isinstance(value, str) else 0 for name, value in reply["data"][0].items()}
            rows = READS[operation.id](self._exchange, self._exchange.accounts[user], request.get("data", {}))
            return {**reply, "data": [base | row for row in rows]}


def _place(exchange: Exchange, user: str, request: Row) -> Row:
    order = exchange.place(user, request["source"], request["data"])
    if order.reason.startswith("Market"):  # the attempt is in the book
        return _closed(order.order_no)
    return _acknowledged(order, f"Order submitted successfully. Your Order Ref No. {order.order_no}")


def _reject(exchange: Exchange, user: str, request: Row) -> Row:
    if "order_no" in request["data"]:  # a change: the order stays as it is
        return _closed(exchange.open_order(user, request["data"])[1].order_no)
    return _closed(exchange.place(user, request["source"], request["data"], closed=True).order_no)


def _closed(order_no: str) -> Row:
    """Return an error that carries an order number."""
    rows = [{"order_no": order_no, "oms_error_code": "O3052"}]
    return {"status": "error", "message": "Market Is Closed now.", "data": rows, "error_code": "RS-0022"}


def _modify(exchange: Exchange, user: str, request: Row) -> Row:
    return _acknowledged(exchange.modify(user, request["data"]), "Order modification request submitted successfully.")


def _cancel(exchange: Exchange, user: str, request: Row) -> Row:
    return _acknowledged(exchange.cancel(user, request["data"]), "Order cancellation request submitted successfully.")


def _convert(exchange: Exchange, user: str, request: Row) -> Row:
    exchange.convert(user, request["data"], request["data"]["quantity"])
    return {"status": "success", "message": "Position converted successfully.", "data": []}


def _acknowledged(order: Order, message: str) -> Row:
    return {"status": "success", "message": message, "data": [{"order_no": order.order_no}], "error_code": "RS-0023"}


_ACTS: dict[str, Callable[[Exchange, str, Row], Row]] = {
    "orderEntry": _place, "orderModify": _modify, "orderCancel": _cancel, "convertPosition": _convert,
}  # fmt: skip
