"""Calculate the margin of an order.

`POST /order/calculate/margin`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.margin import Margin
    from ...models.margin_request import MarginRequest
    from ...reading import Rows

OPERATION = Operation(
    "margin",
    "POST",
    "/order/calculate/margin",
    idempotent=True,
    security=(("AccessToken",),),
    status_field="status",
    error_words=("error",),
)


def json_body(
    *,
    source: str = "A",
    exchange: str,
    segment: str,
    security_id: str,
    txn_type: str,
    quantity: str,
    price: str,
    product: str,
    trigger_price: str,
) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has A here. Inferred: That it is the default.
        exchange: The exchange.
        segment: The segment, E for equity.
        security_id: The token of the exchange for the security, not its ISIN.
        txn_type: B to buy, S to sell.
        quantity: The quantity.
        price: The price in rupees, 0 for an order at the market.
        product: The product. The documentation's sample has B, its table C.
        trigger_price: The trigger price in rupees.
    """
    return {
        "source": source,
        "data": {
            "exchange": exchange,
            "segment": segment,
            "security_id": security_id,
            "txn_type": txn_type,
            "totalremqty": quantity,
            "price": price,
            "product": product,
            "trigger_price": trigger_price,
        },
    }


def request(*, body: MarginRequest | Mapping[str, object]) -> Request[Rows[Margin]]:
    """Return the request."""
    return Request(OPERATION, "/order/calculate/margin", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[Margin]:
    from ... import reading as read
    from ...models.margin import Margin

    return read.rows(data, Margin, unwrap="data")


def sync(*, client: Client, body: MarginRequest | Mapping[str, object]) -> Rows[Margin]:
    """Calculate the margin of an order."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: MarginRequest | Mapping[str, object]) -> Rows[Margin]:
    """Calculate the margin of an order."""
    return await client.send(request(body=body))
