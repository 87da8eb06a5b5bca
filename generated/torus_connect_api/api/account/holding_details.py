"""See details of a holding, with an unknown effect.

`POST /holdings/details`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.holding_detail import HoldingDetail
    from ...models.holding_details_request import HoldingDetailsRequest
    from ...reading import Rows

OPERATION = Operation(
    "holdingDetails",
    "POST",
    "/holdings/details",
    idempotent=False,
    security=(("AccessToken",),),
    status_field="status",
    error_words=("error",),
    success_words=("success",),
)


def json_body(*, source: str = "A", isin: str) -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has A here. Inferred: That it is the default.
        isin: The ISIN of the security.
    """
    return {"source": source, "data": {"ISIN_id": isin}}


def request(*, body: HoldingDetailsRequest | Mapping[str, object]) -> Request[Rows[HoldingDetail]]:
    """Return the request."""
    return Request(OPERATION, "/holdings/details", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[HoldingDetail]:
    from ... import reading as read
    from ...models.holding_detail import HoldingDetail

    return read.rows(data, HoldingDetail, unwrap="data")


def sync(*, client: Client, body: HoldingDetailsRequest | Mapping[str, object]) -> Rows[HoldingDetail]:
    """See details of a holding, with an unknown effect."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: HoldingDetailsRequest | Mapping[str, object]) -> Rows[HoldingDetail]:
    """See details of a holding, with an unknown effect."""
    return await client.send(request(body=body))
