# Made from async_orders.py by tools/unasync.py: do not edit.
"""What an account can do with orders, beyond the operations of the spec; `sync_orders.py` is made from this module."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from torus_connect._config.checks import checked_flag
from torus_connect._credentials.access_token import AccessToken
from torus_connect._credentials.credentials import ACCESS_TOKEN
from torus_connect.errors import AuthenticationFailed, Outcome, TorusError
from torus_connect_api.api.account import order_book, order_cancel, order_entry, order_modify
from torus_connect_api.client import json_ready
from torus_connect_api.types import UNSET

from .sync_find import FindOrders, settle_entry

# What orders need is loaded by who places one: most read holdings, and do without.
if TYPE_CHECKING:
    from torus_connect._calls.sync_authorized import AuthorizedClient
    from torus_connect.client import TorusConnect
    from torus_connect_api.client import Request
    from torus_connect_api.models.order_answer import OrderAnswer

    from .results import OrderAck
    from .terms import Number


class Orders(FindOrders):
    """Experimental: orders that are never sent twice, and how to find out what became of them."""

    __slots__ = ("_token", "_torus")

    _token: AccessToken
    _torus: TorusConnect

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
        validity: str = "DAY",
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
            ConfigurationError: an argument is documented as wrong, or nobody has opted in by `account(..., trading=)`;
                nothing was sent. What only other brokers refuse is a `UserWarning`.
            ReferenceUsed: an order with this reference was sent before, and may exist; nothing was sent now.
            StoreError: the journal cannot be written; nothing was sent.
            Exception: what a login raised that the order would have waited for; nothing was sent.
            TorusError: `error.outcome` says what became of it, and `error.reference` what it is found by.
        """
        from . import journal as journals  # noqa: PLC0415
        from . import results, terms  # noqa: PLC0415

        fields: dict[str, Any] = {
            "txn_type": terms.code("side", terms.Side, side),
            "exchange": terms.code("exchange", terms.Exchange, exchange),
            "segment": terms.text("segment", segment),
            "product": terms.code("product", terms.Product, product),
            "security_id": terms.security_id(security_id),
            "quantity": terms.whole("quantity", quantity),
            "price": terms.rupees("price", price),
            "validity": terms.code("validity", terms.Validity, validity),
            "order_type": terms.code("order_type", terms.OrderType, order_type),
            "trigger_price": terms.rupees("trigger_price", trigger_price),
            "off_mkt_flag": "true" if checked_flag("after_market", after_market) else "false",
            "mkt_type": "NL",
            "remarks": terms.new_reference() if reference is None else terms.checked_reference(reference),
            "settlor": UNSET if settlor is None else terms.text("settlor", settlor),
        }
        terms.check(fields)
        entry = journals.JournalEntry(reference=fields["remarks"], fields=json_ready(fields))
        request = order_entry.request(body=order_entry.json_body(**fields))
        journal = journals.journal_of(self._trading)
        client = self._with_session_of_now()  # a login that fails now is no order, and on no record
        try:
            journal.begin(entry)
            try:
                ack = client.send(request.map(lambda answer: results.acknowledged(answer, entry.reference)))
            except TorusError as error:
                settle_entry(journal, entry, error.outcome.value, results.number_in(error.reply))
                raise
            settle_entry(journal, entry, journals.ACKNOWLEDGED, ack.order_no)
        except TorusError as error:
            error.concern_order(entry.reference)
            raise
        except BaseException as exc:
            exc.add_note(f"The order may be placed: find_order({entry.reference!r}) tells.")
            raise
        return ack

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
        from . import terms  # noqa: PLC0415

        changes = {
            "quantity": terms.whole("quantity", quantity),
            "price": price if price is None else terms.rupees("price", price),
            "trigger_price": trigger_price if trigger_price is None else terms.rupees("trigger_price", trigger_price),
            "order_type": order_type if order_type is None else terms.code("order_type", terms.OrderType, order_type),
            "validity": validity if validity is None else terms.code("validity", terms.Validity, validity),
        }
        for name, kinds in terms.PRICES.items():
            if order_type is not None and changes["order_type"] not in kinds:
                changes[name] = changes[name] or "0.00"  # and not that of its former type
        fields: dict[str, Any] = self._restated(order_no, serial_no)
        fields |= {name: value for name, value in changes.items() if value is not None}
        if fields["validity"] != terms.Validity.GTD:
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

    def _with_session_of_now(self) -> AuthorizedClient:
        """Return what sends an order and logs nobody in meanwhile: how a login ends is no outcome of the order."""
        session = self._token.good() if self._trading else self._token.session
        token = AccessToken(session, on_refused=self._token.refuse)
        return self._torus.with_credentials(trading=self._trading, **{ACCESS_TOKEN: token})

    def _restated(self, order_no: str, serial_no: str | int | None) -> dict[str, str]:
        try:
            book = self._book()
        except TorusError as error:
            # Of a read: no change was sent. Of a login for it, a request token may be spent.
            if error.outcome is Outcome.UNKNOWN and error.operation == order_book.OPERATION.id:
                error.outcome = Outcome.NOT_SENT
            raise
        return book.restated(order_no, serial_no)

    def _change(self, request: Request[OrderAnswer], fields: dict[str, str]) -> OrderAck:
        from .results import acknowledged  # noqa: PLC0415

        order_no, reference = fields["order_no"], fields.get("remarks")
        client = self._with_session_of_now()
        try:
            return client.send(request.map(lambda answer: acknowledged(answer, reference, order_no)))
        except TorusError as error:
            if reference:
                error.concern_order(reference)
            # After a 401, the book could be read by whoever logs in only.
            if error.outcome is not Outcome.NOT_SENT and not isinstance(error, AuthenticationFailed):
                with suppress(Exception):  # of a hook, too: the error of the change counts
                    now = (self._book())[order_no]
                    if now and now.serial_no != fields["serial_no"]:
                        error.add_note(f"Its serial_no was {fields['serial_no']}, and is {now.serial_no} now.")
            raise
