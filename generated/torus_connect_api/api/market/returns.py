"""See the returns of a company.

`GET /returns/{exchange}/{cocode}/{reportType}`
"""

from __future__ import annotations

from ...client import Operation, Request
from ...client import segment as _segment

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.returns import Returns

OPERATION = Operation(
    "returns",
    "GET",
    "/returns/{exchange}/{cocode}/{reportType}",
    idempotent=True,
)


def request(*, exchange: str, cocode: int, report_type: str) -> Request[Returns]:
    """Return the request; `ValueError` where a path parameter is empty, or made of dots."""
    return Request(
        OPERATION,
        f"/returns/{_segment('exchange', exchange)}/{_segment('cocode', cocode)}/{_segment('report_type', report_type)}",
        parse=_parse,
    )


def _parse(data: object) -> Returns:
    from ...models.returns import Returns

    return Returns.parse(data)


def sync(*, client: Client, exchange: str, cocode: int, report_type: str) -> Returns:
    """See the returns of a company."""
    return client.send(request(exchange=exchange, cocode=cocode, report_type=report_type))


async def asyncio(*, client: AsyncClient, exchange: str, cocode: int, report_type: str) -> Returns:
    """See the returns of a company."""
    return await client.send(request(exchange=exchange, cocode=cocode, report_type=report_type))
