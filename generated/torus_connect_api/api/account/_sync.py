"""What the access token of a user opens, to read; and orders, which are experimental."""

from __future__ import annotations

from ...client import Operations
from ...types import UNSET

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...models.conversion_answer import ConversionAnswer
    from ...models.fund_limit import FundLimit
    from ...models.holding import Holding
    from ...models.holding_detail import HoldingDetail
    from ...models.margin import Margin
    from ...models.market_status import MarketStatus
    from ...models.order import Order
    from ...models.order_answer import OrderAnswer
    from ...models.order_details import OrderDetails
    from ...models.order_trade import OrderTrade
    from ...models.portfolio_item import PortfolioItem
    from ...models.position import Position
    from ...models.trade import Trade
    from ...reading import Rows
    from ...types import Unset


class Account(Operations):
    """What the access token of a user opens, to read; and orders, which are experimental."""

    __slots__ = ()

    def holdings(self, *, source: str = "N") -> Rows[Holding]:
        """See the holdings.

        Reads what the user holds, one row a security. The path ends with a slash.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import holdings as operation

        body = operation.json_body(source=source)
        return self._client.send(operation.request(body=body))

    def positions(self, *, source: str = "M", interop_flag: str = "IP") -> Rows[Position]:
        """See the net positions.

        Reads the net positions of the user, one row a position.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has M here. Inferred: That it is the default.
            interop_flag: The interoperation flag. The documentation has IP, and no other value.
        """
        from . import positions as operation

        body = operation.json_body(source=source, interop_flag=interop_flag)
        return self._client.send(operation.request(body=body))

    def portfolio(self) -> Rows[PortfolioItem]:
        """See the portfolio.

        Reads the portfolio of the user, one row a security. The path ends with a slash; one sample of the
        documentation leaves it out.

        Evidence: documented.
        - Inferred: A success has status S, and a failure `error`.
        """
        from . import portfolio as operation

        return self._client.send(operation.request())

    def funds(self, *, source: str = "N") -> Rows[FundLimit]:
        """See the funds.

        Reads the fund limits of the user, one row a limit type and segment. The path ends with a slash.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).
        - Inferred: There may be several rows.

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import funds as operation

        body = operation.json_body(source=source)
        return self._client.send(operation.request(body=body))

    def order_book(self, *, source: str = "N") -> Rows[Order]:
        """See the orders of the day.

        Reads the orders of the current day; the book is cleared after the session. There are no pages and no
        filter.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import order_book as operation

        body = operation.json_body(source=source)
        return self._client.send(operation.request(body=body))

    def order(self, *, order_no: str, segment: str, source: str = "N") -> Rows[OrderDetails]:
        """See one order.

        Reads the latest state of one order of the same day. The reply has neither remarks nor the group: these are
        in the book.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).
        - Inferred: There may be several rows, for an order of several legs.

        Args:
            order_no: The number of the order.
            segment: Its segment: E equity, D derivatives, C currency, M commodity.
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import order as operation

        body = operation.json_body(source=source, order_no=order_no, segment=segment)
        return self._client.send(operation.request(body=body))

    def trades(self, *, source: str = "N") -> Rows[Trade]:
        """See the trades.

        Reads the trades of the user, one row a fill. Which period they cover is not stated.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import trades as operation

        body = operation.json_body(source=source)
        return self._client.send(operation.request(body=body))

    def order_trades(self, *, order_no: str, segment: str, source: str = "N") -> Rows[OrderTrade]:
        """See the trades of one order.

        Reads the trades of one order, one row a fill. Order and trade number are numbers here, and strings
        elsewhere.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            order_no: The number of the order.
            segment: Its segment: E equity, D derivatives, C currency, M commodity.
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import order_trades as operation

        body = operation.json_body(source=source, order_no=order_no, segment=segment)
        return self._client.send(operation.request(body=body))

    def margin(
        self,
        *,
        exchange: str,
        segment: str,
        security_id: str,
        txn_type: str,
        quantity: str,
        price: str,
        product: str,
        trigger_price: str,
        source: str = "A",
    ) -> Rows[Margin]:
        """Calculate the margin of an order.

        Calculates what an order would need; nothing is placed. One older copy of the documentation, and the Java
        client, have the path `/order/margin/calculate`; which one the service serves is not known.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            exchange: The exchange.
            segment: The segment, E for equity.
            security_id: The token of the exchange for the security, not its ISIN.
            txn_type: B to buy, S to sell.
            quantity: The quantity.
            price: The price in rupees, 0 for an order at the market.
            product: The product. The documentation's sample has B, its table C.
            trigger_price: The trigger price in rupees.
            source: Where the request comes from. The documentation has A here. Inferred: That it is the default.
        """
        from . import margin as operation

        body = operation.json_body(
            source=source,
            exchange=exchange,
            segment=segment,
            security_id=security_id,
            txn_type=txn_type,
            quantity=quantity,
            price=price,
            product=product,
            trigger_price=trigger_price,
        )
        return self._client.send(operation.request(body=body))

    def market_status(self, *, source: str = "N") -> Rows[MarketStatus]:
        """See which markets are open.

        Reads the state of the markets, one row an exchange, segment and market type. NSE equity is the row of NSE,
        E and NL. Holidays are not covered.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import market_status as operation

        body = operation.json_body(source=source)
        return self._client.send(operation.request(body=body))

    def holding_details(self, *, isin: str, source: str = "A") -> Rows[HoldingDetail]:
        """See details of a holding, with an unknown effect.

        Whether this call only reads is not known: the documentation speaks of an update of payout details, and of
        quantities after it. Do not send it again, and do not take it for a safe read.

        Evidence: documented.
        - Inferred: It is not to be sent again (x-idempotent). This is caution.

        Args:
            isin: The ISIN of the security.
            source: Where the request comes from. The documentation has A here. Inferred: That it is the default.
        """
        from . import holding_details as operation

        body = operation.json_body(source=source, isin=isin)
        return self._client.send(operation.request(body=body))

    def order_entry(
        self,
        *,
        txn_type: str,
        exchange: str,
        segment: str,
        product: str,
        security_id: str,
        quantity: str,
        price: str,
        validity: str,
        order_type: str,
        mkt_type: str,
        source: str = "M",
        disc_quantity: str | Unset = UNSET,
        trigger_price: str | Unset = UNSET,
        off_mkt_flag: str | Unset = UNSET,
        remarks: str | Unset = UNSET,
        settlor: str | Unset = UNSET,
        group_id: str | Unset = UNSET,
    ) -> OrderAnswer:
        """Place an order (experimental).

        Experimental: its reply is known from a Java client only, nobody is known to have tried it, and what
        `settlor` and `source` should be for an API user is not known.

        Places an order. A success says that it was taken in, not that the exchange has it, and not that it was
        traded: read `orderBook`. Never send it again after a lost reply: the order may be there. `remarks` of your
        own, made and kept before it is sent, is what the order may be found by.

        Evidence: documented.
        - Inferred: It is not to be sent again (x-idempotent). This is caution.
        - Inferred: Only `success` says that it was taken in. This is caution.
        - Inferred: A success says that the request was taken in, not what the exchange makes of it.
        - Inferred: The order may be found by its `remarks`.

        Args:
            txn_type: B to buy, S to sell.
            exchange: The exchange, NSE or BSE.
            segment: The segment, E for equity.
            product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
            security_id: The token of the exchange for the security, not its ISIN.
            quantity: How many, a whole number.
            price: The price in rupees; 0.00 at the market.
            validity: How long it is good: DAY, IOC, GTD.
            order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
            mkt_type: The market type, NL for the normal market.
            source: Where the request comes from. The documentation has M here; what it should be for an API user is
                not known. Inferred: That it is the default.
            disc_quantity: The disclosed quantity.
            trigger_price: The trigger price in rupees; 0.00 for none.
            off_mkt_flag: Whether it is an after-market order: the text true or false.
            remarks: A remark, or a reference number of your own. How long it may be is not known.
            settlor: The settling party. What it should be for an API user is not known.
            group_id: The group.
        """
        from . import order_entry as operation

        body = operation.json_body(
            source=source,
            txn_type=txn_type,
            exchange=exchange,
            segment=segment,
            product=product,
            security_id=security_id,
            quantity=quantity,
            price=price,
            validity=validity,
            order_type=order_type,
            disc_quantity=disc_quantity,
            trigger_price=trigger_price,
            off_mkt_flag=off_mkt_flag,
            remarks=remarks,
            mkt_type=mkt_type,
            settlor=settlor,
            group_id=group_id,
        )
        return self._client.send(operation.request(body=body))

    def order_modify(
        self,
        *,
        txn_type: str,
        exchange: str,
        segment: str,
        product: str,
        security_id: str,
        quantity: str,
        price: str,
        validity: str,
        order_type: str,
        off_mkt_flag: str,
        mkt_type: str,
        order_no: str,
        serial_no: str,
        group_id: str,
        source: str = "N",
        disc_quantity: str | Unset = UNSET,
        trigger_price: str | Unset = UNSET,
        remarks: str | Unset = UNSET,
        good_till_days_date: str | Unset = UNSET,
        encash_flag: str | Unset = UNSET,
        ip: str | Unset = UNSET,
        uu_id: str | Unset = UNSET,
        app_id: str | Unset = UNSET,
        settlor: str | Unset = UNSET,
    ) -> OrderAnswer:
        """Change an order (experimental).

        Experimental: its reply is known from a Java client only, nobody is known to have tried it, and what `ip`,
        `uu_id`, `app_id`, `settlor` and `source` should be for an API user is not known.

        Changes an order that is open or pending. The whole order is stated anew, as it is to be: what is left out
        may be lost. Number, serial number and group are those of `orderBook`. Whether `quantity` is the whole or
        what remains is not documented. An order may be traded meanwhile: only the book tells.

        Evidence: documented.
        - Inferred: It is not to be sent again (x-idempotent). This is caution.
        - Inferred: Only `success` says that it was taken in. This is caution.
        - Inferred: A success says that the request was taken in, not what the exchange makes of it.
        - Inferred: What is left out may be lost.

        Args:
            txn_type: B to buy, S to sell.
            exchange: The exchange, NSE or BSE.
            segment: The segment, E for equity.
            product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
            security_id: The token of the exchange for the security, not its ISIN.
            quantity: How many, a whole number that is not 0. Whether it is the whole or what remains is not
                documented.
            price: The price in rupees; not 0 for a limit order.
            validity: How long it is good: DAY, IOC, GTD.
            order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
            off_mkt_flag: Whether it is an after-market order: the text true or false.
            mkt_type: The market type, NL for the normal market.
            order_no: The number of the order, as in the order book.
            serial_no: The serial number of the order, as in the order book.
            group_id: The group of the order, as in the order book.
            source: Where the request comes from; what it should be for an API user is not known. (java-client)
                Inferred: That N is the default as in the sample of the cancel call.
            disc_quantity: The disclosed quantity.
            trigger_price: The trigger price in rupees; 0.00 for none.
            remarks: A remark, or a reference number of your own. Whether a change without it clears it is not
                known.
            good_till_days_date: The last day, YYYY-MM-DD, for a validity of GTD.
            encash_flag: The schedule of an after-market order, where there are several.
            ip: The IP address of the device of the user. Left out, it is that of `trading=`; the standalone client
                has none.
            uu_id: A random identifier that is made once for an installation, and kept. Left out, it is that of
                `trading=`; the standalone client has none.
            app_id: The identifier of the app on the device. Who issues it is not known. Left out, it is that of
                `trading=`; the standalone client has none.
            settlor: The settling party. What it should be for an API user is not known. (java-client)
        """
        from . import order_modify as operation

        body = operation.json_body(
            source=source,
            txn_type=txn_type,
            exchange=exchange,
            segment=segment,
            product=product,
            security_id=security_id,
            quantity=quantity,
            price=price,
            validity=validity,
            order_type=order_type,
            disc_quantity=disc_quantity,
            trigger_price=trigger_price,
            off_mkt_flag=off_mkt_flag,
            remarks=remarks,
            mkt_type=mkt_type,
            good_till_days_date=good_till_days_date,
            encash_flag=encash_flag,
            order_no=order_no,
            serial_no=serial_no,
            group_id=group_id,
            ip=ip,
            uu_id=uu_id,
            app_id=app_id,
            settlor=settlor,
        )
        return self._client.send(operation.request(body=body))

    def order_cancel(
        self,
        *,
        txn_type: str,
        exchange: str,
        segment: str,
        product: str,
        security_id: str,
        quantity: str,
        price: str,
        validity: str,
        order_type: str,
        off_mkt_flag: str,
        mkt_type: str,
        order_no: str,
        serial_no: str,
        group_id: str,
        source: str = "N",
        disc_quantity: str | Unset = UNSET,
        trigger_price: str | Unset = UNSET,
        remarks: str | Unset = UNSET,
        good_till_days_date: str | Unset = UNSET,
        ip: str | Unset = UNSET,
        uu_id: str | Unset = UNSET,
        app_id: str | Unset = UNSET,
        settlor: str | Unset = UNSET,
    ) -> OrderAnswer:
        """Cancel an order (experimental).

        Experimental: its reply is known from a Java client only, nobody is known to have tried it, and what `ip`,
        `uu_id`, `app_id`, `settlor` and `source` should be for an API user is not known.

        Asks to cancel an order that is open or pending, an after-market order among them. A success says that the
        request was taken in: only `orderBook` tells that the order is cancelled. Number, serial number and group
        are those of `orderBook`. Whether `quantity` is the whole or what remains is not documented.

        Evidence: documented.
        - Inferred: It is not to be sent again (x-idempotent). This is caution.
        - Inferred: Only `success` says that it was taken in. This is caution.
        - Inferred: A success says that the request was taken in, not what the exchange makes of it.

        Args:
            txn_type: B to buy, S to sell.
            exchange: The exchange, NSE or BSE.
            segment: The segment, E for equity.
            product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
            security_id: The token of the exchange for the security, not its ISIN.
            quantity: How many, a whole number that is not 0. Whether it is the whole or what remains is not
                documented.
            price: The price in rupees; not 0 for a limit order.
            validity: How long it is good: DAY, IOC, GTD.
            order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
            off_mkt_flag: Whether it is an after-market order: the text true or false.
            mkt_type: The market type, NL for the normal market.
            order_no: The number of the order, as in the order book.
            serial_no: The serial number of the order, as in the order book.
            group_id: The group of the order, as in the order book.
            source: Where the request comes from. The documentation has N here; what it should be for an API user is
                not known. Inferred: That it is the default.
            disc_quantity: The disclosed quantity.
            trigger_price: The trigger price in rupees; 0.00 for none.
            remarks: A remark, or a reference number of your own. How long it may be is not known.
            good_till_days_date: The last day, YYYY-MM-DD, for a validity of GTD.
            ip: The IP address of the device of the user. Left out, it is that of `trading=`; the standalone client
                has none.
            uu_id: A random identifier that is made once for an installation, and kept. Left out, it is that of
                `trading=`; the standalone client has none.
            app_id: The identifier of the app on the device. Who issues it is not known. Left out, it is that of
                `trading=`; the standalone client has none.
            settlor: The settling party. What it should be for an API user is not known. (java-client)
        """
        from . import order_cancel as operation

        body = operation.json_body(
            source=source,
            txn_type=txn_type,
            exchange=exchange,
            segment=segment,
            product=product,
            security_id=security_id,
            quantity=quantity,
            price=price,
            validity=validity,
            order_type=order_type,
            disc_quantity=disc_quantity,
            trigger_price=trigger_price,
            off_mkt_flag=off_mkt_flag,
            remarks=remarks,
            mkt_type=mkt_type,
            good_till_days_date=good_till_days_date,
            order_no=order_no,
            serial_no=serial_no,
            group_id=group_id,
            ip=ip,
            uu_id=uu_id,
            app_id=app_id,
            settlor=settlor,
        )
        return self._client.send(operation.request(body=body))

    def convert_position(
        self,
        *,
        exchange: str,
        segment: str,
        security_id: str,
        quantity: int,
        txn_type: str,
        mkt_type: str,
        product_from: str,
        product_to: str,
        user_type: str,
        source: str = "N",
    ) -> ConversionAnswer:
        """Convert a position (experimental).

        Experimental: it acts on the user's money, nobody is known to have tried it, and one sample of its reply is
        all that is known.

        Converts a position from one product to another, such as from intraday to delivery. The documentation
        promises the details of an order in `data`, which is empty in its sample.

        Evidence: documented.
        - Inferred: It is not to be sent again (x-idempotent). This is caution.
        - Inferred: Only `success` says that it was done. This is caution.

        Args:
            exchange: The exchange, NSE or BSE.
            segment: The segment, E for equity.
            security_id: The token of the exchange for the security, not its ISIN.
            quantity: How many: a number here, where other calls of orders take a text.
            txn_type: B for a position that was bought, S for one that was sold.
            mkt_type: The market type. The documentation's sample has NL, its table N.
            product_from: The product that it is.
            product_to: The product that it becomes.
            user_type: C client, D dealer.
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import convert_position as operation

        body = operation.json_body(
            source=source,
            exchange=exchange,
            segment=segment,
            security_id=security_id,
            quantity=quantity,
            txn_type=txn_type,
            mkt_type=mkt_type,
            product_from=product_from,
            product_to=product_to,
            user_type=user_type,
        )
        return self._client.send(operation.request(body=body))
