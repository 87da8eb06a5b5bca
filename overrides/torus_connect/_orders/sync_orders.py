# Made from async_orders.py by tools/unasync.py: do not edit.
"""What an account can do with orders, beyond the operations of the spec; `sync_orders.py` is made from this module."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import attrs

from torus_connect._config.checks import checked_flag
from torus_connect.errors import Outcome, TorusError
from torus_connect_api.api.account import Account as Operations
from torus_connect_api.api.account import order_book, order_cancel, order_entry, order_modify
from torus_connect_api.client import json_ready
from torus_connect_api.types import UNSET

from . import terms
from .changes import restated
from .journal import ACKNOWLEDGED, JournalEntry
from .lookup import OrderBook, readable
from .open_journal import journal_of
from .results import Found, NotSeen, OrderStatus, acknowledged, number_in
from .terms import OrderType, Validity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torus_connect._trading import Trading
    from torus_connect_api.client import Request
    from torus_connect_api.models.order_answer import OrderAnswer

    from .open_journal import Journal
    from .results import Ambiguous, OrderAck
    from .terms import Number

_log = logging.getLogger("torus_connect")
DEFAULT_SETTLE = 10.0
"""Seconds for which an order that is not seen is looked for: a guess, as nothing is known of how the book lags."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0


class Orders(Operations):
    """Experimental: orders that are never sent twice, and how to find out what became of them."""

    __slots__ = ("_trading",)

    _trading: Trading | None

    def place_order(  # noqa: PLR0913 - what an order has
        self,
        *,
        side: str,
        exchange: str,
        security_id: str,
        quantity: Number,
        product: str,
        order_type: str,
        price: Number | None = None,
        trigger_price: Number | None = None,
        validity: str = Validity.DAY,
        after_market: bool = False,
        reference: str | None = None,
        segment: str = "E",
        settlor: str | None = None,
    ) -> OrderAck:
        """Place an order (experimental): nobody is known to have tried it, and its reply is known from elsewhere.

        It is sent once. Where its answer is lost, the error has the outcome `UNKNOWN`, and `find_order` tells what
        became of it. Names and codes are taken in any case: `Side.BUY`, `"buy"` and `"B"` are the same.

        Args:
            side: `Side`: BUY or SELL.
            exchange: `Exchange`: NSE or BSE.
            security_id: the token of the exchange for the security, such as `"14366"`; not its ISIN.
            quantity: how many; a whole number above 0.
            product: `Product`: INTRADAY (MIS) or DELIVERY (CNC), among others.
            order_type: `OrderType`: MARKET, LIMIT, STOP_LIMIT (SL) or STOP_MARKET.
            price: in rupees, exact: a `Decimal`, `int` or `str`; a `float` of four decimals at the most. For a limit.
            trigger_price: in rupees. For a stop order.
            validity: `Validity`: DAY or IOC, among others.
            after_market: whether it is an after-market order (AMO).
            reference: 1 to 20 letters and digits of your own, sent as `remarks`: one for each order of a day, also over
                all who share the journal. By default, a new one is made.
            segment: E for equity.
            settlor: the settling party; what it should be is not known, and it is left out by default.

        Returns:
            The acknowledgement, with the number of the order. It is no fill.

        Raises:
            ConfigurationError: an argument is documented as wrong, the reference was used, or nobody has opted in by
                `account(..., trading=)`; nothing was sent. What only other brokers refuse is a `UserWarning`.
            StoreError: the journal cannot be written; nothing was sent.
            TorusError: `error.outcome` says what became of it, and `error.reference` what it is found by.
        """
        fields: dict[str, Any] = {
            "txn_type": terms.code("side", terms.Side, side),
            "exchange": terms.code("exchange", terms.Exchange, exchange),
            "segment": terms.text("segment", segment),
            "product": terms.code("product", terms.Product, product),
            "security_id": terms.security_id(security_id),
            "quantity": terms.whole("quantity", quantity),
            "price": terms.rupees("price", price),
            "validity": terms.code("validity", Validity, validity),
            "order_type": terms.code("order_type", OrderType, order_type),
            "trigger_price": terms.rupees("trigger_price", trigger_price),
            "off_mkt_flag": "true" if checked_flag("after_market", after_market) else "false",
            "mkt_type": "NL",
            "remarks": terms.new_reference() if reference is None else terms.checked_reference(reference),
            "settlor": UNSET if settlor is None else terms.text("settlor", settlor),
        }
        terms.check(fields)
        entry = JournalEntry(reference=fields["remarks"], fields=json_ready(fields))
        request = order_entry.request(body=order_entry.json_body(**fields))
        journal = journal_of(self._trading)
        try:
            journal.begin(entry)
            try:
                ack = self._client.send(request.map(lambda answer: acknowledged(answer, entry.reference)))
            except TorusError as error:
                _settle(journal, entry, error.outcome.value, number_in(error.reply))
                raise
            _settle(journal, entry, ACKNOWLEDGED, ack.order_no)
        except TorusError as error:
            error.concern_order(entry.reference)
            raise
        except BaseException as exc:
            exc.add_note(f"The order may be placed: find_order({entry.reference!r}) tells.")
            raise
        return ack

    def find_order(self, reference: str | None, *, settle: float = DEFAULT_SETTLE) -> Found | NotSeen | Ambiguous:
        """Look for an order by its reference, such as that of an error: see `find_orders`. `None` is refused."""
        wanted = reference or ""
        return (self.find_orders([wanted], settle=settle))[wanted]

    def find_orders(
        self, references: str | Iterable[str] | None = None, *, settle: float = DEFAULT_SETTLE
    ) -> dict[str, Found | NotSeen | Ambiguous]:
        """Look for orders of the day by their references, all of them in each read of the order book.

        An order is found by the number that the journal has of it, or by its reference in `remarks`, `remarks1` or
        `remarks2`. Only where no order in the book shows any remarks, it is found by its terms and its time, which the
        journal must have, and called `probable`. What is found goes into the journal.

        Args:
            references: as `place_order` took them, or as an error has them. By default, all of the journal of which it
                is not known whether there is an order: after a restart, for one.
            settle: for how many seconds the book is read again while one of them is not seen, the last time at their
                end; 0 reads it once.

        Returns:
            For each reference `Found`, `NotSeen` or `Ambiguous`. **Not seen is no proof** that there is no order: the
            book may lag by longer, it may not return the remarks, and it is cleared after the session. An order that
            was not seen may still come, and to send it again is your decision.

        Raises:
            ConfigurationError: a reference is malformed.
            StoreError: the journal cannot be read.
            TorusError: the book could not be read.
        """
        journal = journal_of(self._trading)
        references = [references] if isinstance(references, str) else references
        wanted = None if references is None else list(map(terms.checked_reference, references))
        entries = {} if wanted == [] else journal.entries(wanted)
        if wanted is None:
            wanted = [reference for reference, entry in entries.items() if not entry.is_settled]
        found: dict[str, Found | NotSeen | Ambiguous] = {}
        end, pause = monotonic() + settle, _FIRST_PAUSE
        while wanted:
            is_last = monotonic() >= end  # as it begins: a slow read may show what was before the end
            book = self._book(entries)
            if book.rows and not book.has_remarks:
                entries = journal.entries(None)  # to tell the orders that are known from others
                book = OrderBook(book.rows, entries)
            found = {reference: book.find(reference) for reference in wanted}
            if is_last or not any(isinstance(each, NotSeen) for each in found.values()):
                break
            time.sleep(max(0, min(pause, end - monotonic())))
            pause = min(2 * pause, _LONGEST_PAUSE)
        for reference, each in found.items():
            entry = entries.get(reference)
            if isinstance(each, Found) and not each.probable and entry and entry.outcome != ACKNOWLEDGED:
                _settle(journal, entry, ACKNOWLEDGED, each.order.order_no)
        return found

    def wait_for_order(
        self,
        order_no: str,
        *,
        timeout: float = 60.0,
        on_change: Callable[[OrderStatus], object] | None = None,
    ) -> OrderStatus:
        """Read the order book until nothing more happens to an order: it is traded, rejected or cancelled.

        Args:
            order_no: the number of the order.
            timeout: seconds. The reads are half a second apart at first, and five at the most.
            on_change: a plain function, called with each state that differs from the last one, such as a partial fill.

        Returns:
            The last state that was seen. It need not be final, so see `is_final`. An unknown word is not.

        Raises:
            TorusError: the book could not be read.
        """
        end, pause = monotonic() + timeout, _FIRST_PAUSE
        seen: OrderStatus | None = None
        while True:
            status = OrderStatus(order_no=order_no, order=(self._book())[order_no])
            if on_change and (seen is None or status != seen):
                on_change(status)
            seen = status
            left = end - monotonic()
            if status.is_final or left <= 0:
                return status
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def modify_order(  # noqa: PLR0913 - what may be changed
        self,
        order_no: str,
        *,
        quantity: Number,
        price: Number | None = None,
        trigger_price: Number | None = None,
        order_type: str | None = None,
        validity: str | None = None,
        serial_no: str | int | None = None,
    ) -> OrderAck:
        """Modify an open order (experimental); what is not given stays as the order book has it.

        The order is read, and all of it is sent, its remarks included: the service takes no part of one.

        Args:
            order_no: the number of the order.
            quantity: how many; whether it is the whole or what remains is not documented, so it has no default.
            price: in rupees; see `place_order` for this one and the next ones.
            trigger_price: in rupees.
            order_type: `OrderType`.
            validity: `Validity`.
            serial_no: of the row that you decided by; where the order has another by now, nothing is sent.

        Returns:
            The acknowledgement. The change may come too late, see `wait_for_order`.

        Raises:
            OrderNotChanged: the order is final, was changed, or the book does not say all of it; nothing was sent.
            ConfigurationError: as for `place_order`; nothing was sent.
            TorusError: `error.outcome` says what became of it. A note of the error says so where the order has another
                `serial_no` since it was read.
        """
        changes = {
            "quantity": terms.whole("quantity", quantity),
            "price": price if price is None else terms.rupees("price", price),
            "trigger_price": trigger_price if trigger_price is None else terms.rupees("trigger_price", trigger_price),
            "order_type": order_type if order_type is None else terms.code("order_type", OrderType, order_type),
            "validity": validity if validity is None else terms.code("validity", Validity, validity),
        }
        for name, kinds in (("price", terms.LIMIT), ("trigger_price", terms.STOP)):
            if order_type is not None and changes["order_type"] not in kinds:
                changes[name] = changes[name] or "0.00"  # and not that of its former type
        fields: dict[str, Any] = self._restated(order_no, serial_no)
        fields |= {name: value for name, value in changes.items() if value is not None}
        if fields["validity"] != Validity.GTD:
            fields.pop("good_till_days_date", None)
        terms.check(fields)
        return self._change(order_modify.request(body=order_modify.json_body(**fields)), fields)

    def cancel_order(self, order_no: str, *, serial_no: str | int | None = None) -> OrderAck:
        """Cancel an open order (experimental).

        Args:
            order_no: the number of the order.
            serial_no: as for `modify_order`.

        Returns:
            The acknowledgement. The order may trade before, see `wait_for_order`.

        Raises:
            TorusError: as for `modify_order`.
        """
        fields: dict[str, Any] = self._restated(order_no, serial_no)
        return self._change(order_cancel.request(body=order_cancel.json_body(**fields)), fields)

    def _book(self, entries: Mapping[str, JournalEntry] | None = None) -> OrderBook:
        request = order_book.request(body=order_book.json_body())
        return OrderBook(self._client.send(request.map(readable)), entries or {})

    def _restated(self, order_no: str, serial_no: str | int | None) -> dict[str, str]:
        try:
            book = self._book()
        except TorusError as error:
            if error.outcome is Outcome.UNKNOWN:  # of a read: no change was sent
                error.outcome = Outcome.NOT_SENT
            raise
        return restated(book[order_no], serial_no)

    def _change(self, request: Request[OrderAnswer], fields: dict[str, str]) -> OrderAck:
        order_no, reference = fields["order_no"], fields.get("remarks")
        try:
            return self._client.send(request.map(lambda answer: acknowledged(answer, reference, order_no)))
        except TorusError as error:
            if reference:
                error.concern_order(reference)
            if error.outcome is not Outcome.NOT_SENT:
                with suppress(TorusError):
                    now = (self._book())[order_no]
                    if now and now.serial_no != fields["serial_no"]:
                        error.add_note(f"Its serial_no was {fields['serial_no']}, and is {now.serial_no} now.")
            raise


def _settle(journal: Journal, entry: JournalEntry, outcome: str, order_no: str | None) -> None:
    """Record what became of an order. Where that fails, it stands in the journal as one that may exist."""
    try:
        journal.settle(attrs.evolve(entry, outcome=outcome, order_no=order_no))
    except Exception:  # noqa: BLE001 - whatever it is, the acknowledgement or the error of the order counts
        _log.warning("the journal could not record that the order %s is %s", entry.reference, outcome)
