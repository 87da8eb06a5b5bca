"""See which markets are open.

`POST /market/status`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.market_status import MarketStatus
    from ...models.source_request import SourceRequest
    from ...reading import Rows

OPERATION = Operation(
    "marketStatus",
    "POST",
    "/market/status",
    idempotent=True,
    security=(("AccessToken",),),
    status_field="status",
    error_words=("error",),
)


def json_body(*, source: str = "N") -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
    """
    return {"source": source}


def request(*, body: SourceRequest | Mapping[str, object]) -> Request[Rows[MarketStatus]]:
    """Return the request."""
    return Request(OPERATION, "/market/status", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[MarketStatus]:
    from ... import reading as read
    from ...models.market_status import MarketStatus

    return read.rows(data, MarketStatus, unwrap="data")


def sync(*, client: Client, body: SourceRequest | Mapping[str, object]) -> Rows[MarketStatus]:
    """See which markets are open."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: SourceRequest | Mapping[str, object]) -> Rows[MarketStatus]:
    """See which markets are open."""
    return await client.send(request(body=body))
