"""See the trades.

`POST /trade/book`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.source_request import SourceRequest
    from ...models.trade import Trade
    from ...reading import Rows

OPERATION = Operation(
    "trades",
    "POST",
    "/trade/book",
    idempotent=True,
    security=(("AccessToken",),),
    max_reply_bytes=16777216,
    status_field="status",
    error_words=("error",),
)


def json_body(*, source: str = "N") -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
    """
    return {"source": source}


def request(*, body: SourceRequest | Mapping[str, object]) -> Request[Rows[Trade]]:
    """Return the request."""
    return Request(OPERATION, "/trade/book", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[Trade]:
    from ... import reading as read
    from ...models.trade import Trade

    return read.rows(data, Trade, unwrap="data")


def sync(*, client: Client, body: SourceRequest | Mapping[str, object]) -> Rows[Trade]:
    """See the trades."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: SourceRequest | Mapping[str, object]) -> Rows[Trade]:
    """See the trades."""
    return await client.send(request(body=body))
