"""What the access token of a user opens, to read."""

from __future__ import annotations

from ...client import AsyncOperations

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...models.fund_limit import FundLimit
    from ...models.holding import Holding
    from ...models.holding_detail import HoldingDetail
    from ...models.margin import Margin
    from ...models.market_status import MarketStatus
    from ...models.order import Order
    from ...models.order_details import OrderDetails
    from ...models.order_trade import OrderTrade
    from ...models.portfolio_item import PortfolioItem
    from ...models.position import Position
    from ...models.trade import Trade
    from ...reading import Rows


class AsyncAccount(AsyncOperations):
    """What the access token of a user opens, to read."""

    __slots__ = ()

    async def holdings(self, *, source: str = "N") -> Rows[Holding]:
        """See the holdings.

        Reads what the user holds, one row a security. The path ends with a slash.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import holdings as operation

        body = operation.json_body(source=source)
        return await self._client.send(operation.request(body=body))

    async def positions(self, *, source: str = "M", interop_flag: str = "IP") -> Rows[Position]:
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
        return await self._client.send(operation.request(body=body))

    async def portfolio(self) -> Rows[PortfolioItem]:
        """See the portfolio.

        Reads the portfolio of the user, one row a security. The path ends with a slash; one sample of the
        documentation leaves it out.

        Evidence: documented.
        - Inferred: A success has status S, and a failure `error`.
        """
        from . import portfolio as operation

        return await self._client.send(operation.request())

    async def funds(self, *, source: str = "N") -> Rows[FundLimit]:
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
        return await self._client.send(operation.request(body=body))

    async def order_book(self, *, source: str = "N") -> Rows[Order]:
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
        return await self._client.send(operation.request(body=body))

    async def order(self, *, order_no: str, segment: str, source: str = "N") -> Rows[OrderDetails]:
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
        return await self._client.send(operation.request(body=body))

    async def trades(self, *, source: str = "N") -> Rows[Trade]:
        """See the trades.

        Reads the trades of the user, one row a fill. Which period they cover is not stated.

        Evidence: documented.
        - Inferred: It reads, and may be sent again (x-idempotent).

        Args:
            source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        """
        from . import trades as operation

        body = operation.json_body(source=source)
        return await self._client.send(operation.request(body=body))

    async def order_trades(self, *, order_no: str, segment: str, source: str = "N") -> Rows[OrderTrade]:
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
        return await self._client.send(operation.request(body=body))

    async def margin(
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
        return await self._client.send(operation.request(body=body))

    async def market_status(self, *, source: str = "N") -> Rows[MarketStatus]:
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
        return await self._client.send(operation.request(body=body))

    async def holding_details(self, *, isin: str, source: str = "A") -> Rows[HoldingDetail]:
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
        return await self._client.send(operation.request(body=body))
