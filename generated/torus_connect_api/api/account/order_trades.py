"""See the trades of one order.

`POST /trade/details`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.order_request import OrderRequest
    from ...models.order_trade import OrderTrade
    from ...reading import Rows

OPERATION = Operation(
    "orderTrades",
    "POST",
    "/trade/details",
    idempotent=True,
    security=(("AccessToken",),),
    status_field="status",
    error_words=("error",),
)


def json_body(*, source: str = "N", order_no: str, segment: str) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        order_no: The number of the order.
        segment: Its segment: E equity, D derivatives, C currency, M commodity.
    """
    return {"source": source, "data": {"order_no": order_no, "segment": segment}}


def request(*, body: OrderRequest | Mapping[str, object]) -> Request[Rows[OrderTrade]]:
    """Return the request."""
    return Request(OPERATION, "/trade/details", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[OrderTrade]:
    from ... import reading as read
    from ...models.order_trade import OrderTrade

    return read.rows(data, OrderTrade, unwrap="data")


def sync(*, client: Client, body: OrderRequest | Mapping[str, object]) -> Rows[OrderTrade]:
    """See the trades of one order."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: OrderRequest | Mapping[str, object]) -> Rows[OrderTrade]:
    """See the trades of one order."""
    return await client.send(request(body=body))
