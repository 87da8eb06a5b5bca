"""Search stocks.

`GET /stocks`
"""

from __future__ import annotations

from ...client import Operation, Request
from ...client import query as _query

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.stock import Stock
    from ...reading import Rows

OPERATION = Operation(
    "searchStocks",
    "GET",
    "/stocks",
    idempotent=True,
)


def request(*, query: str, page: int = 1, limit: int = 10) -> Request[Rows[Stock]]:
    """Return the request."""
    return Request(
        OPERATION, "/stocks", params=_query([("query", query), ("page", page), ("limit", limit)]), parse=_parse
    )


def _parse(data: object) -> Rows[Stock]:
    from ... import reading as read
    from ...models.stock import Stock

    return read.rows(data, Stock)


def sync(*, client: Client, query: str, page: int = 1, limit: int = 10) -> Rows[Stock]:
    """Search stocks."""
    return client.send(request(query=query, page=page, limit=limit))


async def asyncio(*, client: AsyncClient, query: str, page: int = 1, limit: int = 10) -> Rows[Stock]:
    """Search stocks."""
    return await client.send(request(query=query, page=page, limit=limit))
