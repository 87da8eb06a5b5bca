"""Convert a position (experimental).

`POST /order/convert/delivery`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.conversion_answer import ConversionAnswer
    from ...models.convert_position_request import ConvertPositionRequest

OPERATION = Operation(
    "convertPosition",
    "POST",
    "/order/convert/delivery",
    idempotent=False,
    security=(("AccessToken",),),
    experimental="it acts on the user's money, nobody is known to have tried it, and one sample of its reply is all that is known.",
    unknown_if_present=("order_no",),
    status_field="status",
    error_words=("error",),
    success_words=("success",),
)


def json_body(
    *,
    source: str = "N",
    exchange: str,
    segment: str,
    security_id: str,
    quantity: int,
    txn_type: str,
    mkt_type: str,
    product_from: str,
    product_to: str,
    user_type: str,
) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many: a number here, where other calls of orders take a text.
        txn_type: B for a position that was bought, S for one that was sold.
        mkt_type: The market type. The documentation's sample has NL, its table N.
        product_from: The product that it is.
        product_to: The product that it becomes.
        user_type: C client, D dealer.
    """
    return {
        "source": source,
        "data": {
            "exchange": exchange,
            "segment": segment,
            "security_id": security_id,
            "quantity": quantity,
            "txn_type": txn_type,
            "mkt_type": mkt_type,
            "product_from": product_from,
            "product_to": product_to,
            "user_type": user_type,
        },
    }


def request(*, body: ConvertPositionRequest | Mapping[str, object]) -> Request[ConversionAnswer]:
    """Return the request."""
    return Request(OPERATION, "/order/convert/delivery", json=json_ready(body), parse=_parse)


def _parse(data: object) -> ConversionAnswer:
    from ...models.conversion_answer import ConversionAnswer

    return ConversionAnswer.parse(data)


def sync(*, client: Client, body: ConvertPositionRequest | Mapping[str, object]) -> ConversionAnswer:
    """Convert a position (experimental)."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: ConvertPositionRequest | Mapping[str, object]) -> ConversionAnswer:
    """Convert a position (experimental)."""
    return await client.send(request(body=body))
