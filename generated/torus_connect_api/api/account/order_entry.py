"""Place an order (experimental).

`POST /order/entry`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready
from ...types import UNSET

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.order_answer import OrderAnswer
    from ...models.order_entry_request import OrderEntryRequest
    from ...types import Unset

OPERATION = Operation(
    "orderEntry",
    "POST",
    "/order/entry",
    idempotent=False,
    security=(("AccessToken",),),
    experimental="its reply is known from a Java client only, nobody is known to have tried it, and what `settlor` and `source` should be for an API user is not known.",
    unknown_if_present=("order_no",),
    status_field="status",
    error_words=("error",),
    success_words=("success",),
)


def json_body(
    *,
    source: str = "M",
    txn_type: str,
    exchange: str,
    segment: str,
    product: str,
    security_id: str,
    quantity: str,
    price: str,
    validity: str,
    order_type: str,
    disc_quantity: str | Unset = UNSET,
    trigger_price: str | Unset = UNSET,
    off_mkt_flag: str | Unset = UNSET,
    remarks: str | Unset = UNSET,
    mkt_type: str,
    settlor: str | Unset = UNSET,
    group_id: str | Unset = UNSET,
) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has M here; what it should be for an API user is not
            known. Inferred: That it is the default.
        txn_type: B to buy, S to sell.
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many, a whole number.
        price: The price in rupees; 0.00 at the market.
        validity: How long it is good: DAY, IOC, GTD.
        order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
        disc_quantity: The disclosed quantity.
        trigger_price: The trigger price in rupees; 0.00 for none.
        off_mkt_flag: Whether it is an after-market order: the text true or false.
        remarks: A remark, or a reference number of your own. How long it may be is not known.
        mkt_type: The market type, NL for the normal market.
        settlor: The settling party. What it should be for an API user is not known.
        group_id: The group.
    """
    return {
        "source": source,
        "data": {
            "txn_type": txn_type,
            "exchange": exchange,
            "segment": segment,
            "product": product,
            "security_id": security_id,
            "quantity": quantity,
            "price": price,
            "validity": validity,
            "order_type": order_type,
            "disc_quantity": disc_quantity,
            "trigger_price": trigger_price,
            "off_mkt_flag": off_mkt_flag,
            "remarks": remarks,
            "mkt_type": mkt_type,
            "settlor": settlor,
            "group_id": group_id,
        },
    }


def request(*, body: OrderEntryRequest | Mapping[str, object]) -> Request[OrderAnswer]:
    """Return the request."""
    return Request(OPERATION, "/order/entry", json=json_ready(body), parse=_parse)


def _parse(data: object) -> OrderAnswer:
    from ...models.order_answer import OrderAnswer

    return OrderAnswer.parse(data)


def sync(*, client: Client, body: OrderEntryRequest | Mapping[str, object]) -> OrderAnswer:
    """Place an order (experimental)."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: OrderEntryRequest | Mapping[str, object]) -> OrderAnswer:
    """Place an order (experimental)."""
    return await client.send(request(body=body))
