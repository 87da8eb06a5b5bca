"""See the portfolio.

`GET /portfolio/`
"""

from __future__ import annotations

from ...client import Operation, Request

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.portfolio_item import PortfolioItem
    from ...reading import Rows

OPERATION = Operation(
    "portfolio",
    "GET",
    "/portfolio/",
    idempotent=True,
    security=(("AccessToken",),),
    max_reply_bytes=16777216,
    status_field="status",
    error_words=("error",),
)


def request() -> Request[Rows[PortfolioItem]]:
    """Return the request."""
    return Request(OPERATION, "/portfolio/", parse=_parse)


def _parse(data: object) -> Rows[PortfolioItem]:
    from ... import reading as read
    from ...models.portfolio_item import PortfolioItem

    return read.rows(data, PortfolioItem, unwrap="data")


def sync(*, client: Client) -> Rows[PortfolioItem]:
    """See the portfolio."""
    return client.send(request())


async def asyncio(*, client: AsyncClient) -> Rows[PortfolioItem]:
    """See the portfolio."""
    return await client.send(request())
