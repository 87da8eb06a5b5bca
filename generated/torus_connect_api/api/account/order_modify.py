"""Change an order (experimental).

`POST /order/modify`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready
from ...types import UNSET

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.order_answer import OrderAnswer
    from ...models.order_modify_request import OrderModifyRequest
    from ...types import Unset

OPERATION = Operation(
    "orderModify",
    "POST",
    "/order/modify",
    idempotent=False,
    security=(("AccessToken",),),
    experimental="its reply is known from a Java client only, nobody is known to have tried it, and what `ip`, `uu_id`, `app_id`, `settlor` and `source` should be for an API user is not known.",
    from_trading=(("data", "ip"), ("data", "uu_id"), ("data", "app_id")),
    unknown_if_present=("order_no",),
    status_field="status",
    error_words=("error",),
    success_words=("success",),
)


def json_body(
    *,
    source: str = "N",
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
    off_mkt_flag: str,
    remarks: str | Unset = UNSET,
    mkt_type: str,
    good_till_days_date: str | Unset = UNSET,
    encash_flag: str | Unset = UNSET,
    order_no: str,
    serial_no: str,
    group_id: str,
    ip: str | Unset = UNSET,
    uu_id: str | Unset = UNSET,
    app_id: str | Unset = UNSET,
    settlor: str | Unset = UNSET,
) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from; what it should be for an API user is not known. (java-client)
            Inferred: That N is the default as in the sample of the cancel call.
        txn_type: B to buy, S to sell.
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many, a whole number that is not 0. Whether it is the whole or what remains is not documented.
        price: The price in rupees; not 0 for a limit order.
        validity: How long it is good: DAY, IOC, GTD.
        order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
        disc_quantity: The disclosed quantity.
        trigger_price: The trigger price in rupees; 0.00 for none.
        off_mkt_flag: Whether it is an after-market order: the text true or false.
        remarks: A remark, or a reference number of your own. Whether a change without it clears it is not known.
        mkt_type: The market type, NL for the normal market.
        good_till_days_date: The last day, YYYY-MM-DD, for a validity of GTD.
        encash_flag: The schedule of an after-market order, where there are several.
        order_no: The number of the order, as in the order book.
        serial_no: The serial number of the order, as in the order book.
        group_id: The group of the order, as in the order book.
        ip: The IP address of the device of the user. Left out, it is that of `trading=`; the standalone client has
            none.
        uu_id: A random identifier that is made once for an installation, and kept. Left out, it is that of
            `trading=`; the standalone client has none.
        app_id: The identifier of the app on the device. Who issues it is not known. Left out, it is that of
            `trading=`; the standalone client has none.
        settlor: The settling party. What it should be for an API user is not known. (java-client)
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
            "good_till_days_date": good_till_days_date,
            "encash_flag": encash_flag,
            "order_no": order_no,
            "serial_no": serial_no,
            "group_id": group_id,
            "ip": ip,
            "uu_id": uu_id,
            "app_id": app_id,
            "settlor": settlor,
        },
    }


def request(*, body: OrderModifyRequest | Mapping[str, object]) -> Request[OrderAnswer]:
    """Return the request."""
    return Request(OPERATION, "/order/modify", json=json_ready(body), parse=_parse)


def _parse(data: object) -> OrderAnswer:
    from ...models.order_answer import OrderAnswer

    return OrderAnswer.parse(data)


def sync(*, client: Client, body: OrderModifyRequest | Mapping[str, object]) -> OrderAnswer:
    """Change an order (experimental)."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: OrderModifyRequest | Mapping[str, object]) -> OrderAnswer:
    """Change an order (experimental)."""
    return await client.send(request(body=body))
