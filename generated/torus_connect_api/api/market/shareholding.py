"""See who holds a company.

`GET /share-holding-pattern/{cocode}`
"""

from __future__ import annotations

from ...client import Operation, Request
from ...client import segment as _segment

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.shareholding import Shareholding
    from ...reading import Rows

OPERATION = Operation(
    "shareholding",
    "GET",
    "/share-holding-pattern/{cocode}",
    idempotent=True,
)


def request(*, cocode: int) -> Request[Rows[Shareholding]]:
    """Return the request; `ValueError` where a path parameter is empty, or made of dots."""
    return Request(OPERATION, f"/share-holding-pattern/{_segment('cocode', cocode)}", parse=_parse)


def _parse(data: object) -> Rows[Shareholding]:
    from ... import reading as read
    from ...models.shareholding import Shareholding

    return read.rows(data, Shareholding)


def sync(*, client: Client, cocode: int) -> Rows[Shareholding]:
    """See who holds a company."""
    return client.send(request(cocode=cocode))


async def asyncio(*, client: AsyncClient, cocode: int) -> Rows[Shareholding]:
    """See who holds a company."""
    return await client.send(request(cocode=cocode))
