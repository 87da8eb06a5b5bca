"""See the indices.

`GET /indices`
"""

from __future__ import annotations

from ...client import Operation, Request

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.index import Index
    from ...reading import Rows

OPERATION = Operation(
    "indices",
    "GET",
    "/indices",
    idempotent=True,
)


def request() -> Request[Rows[Index]]:
    """Return the request."""
    return Request(OPERATION, "/indices", parse=_parse)


def _parse(data: object) -> Rows[Index]:
    from ... import reading as read
    from ...models.index import Index

    return read.rows(data, Index)


def sync(*, client: Client) -> Rows[Index]:
    """See the indices."""
    return client.send(request())


async def asyncio(*, client: AsyncClient) -> Rows[Index]:
    """See the indices."""
    return await client.send(request())
