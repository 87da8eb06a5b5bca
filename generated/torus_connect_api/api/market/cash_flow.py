"""See the cash flow of a company.

`GET /cashflow/{cocode}/{reportType}`
"""

from __future__ import annotations

from ...client import Operation, Request
from ...client import segment as _segment

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.statement_line import StatementLine
    from ...reading import Rows

OPERATION = Operation(
    "cashFlow",
    "GET",
    "/cashflow/{cocode}/{reportType}",
    idempotent=True,
)


def request(*, cocode: int, report_type: str) -> Request[Rows[StatementLine]]:
    """Return the request; `ValueError` where a path parameter is empty, or made of dots."""
    return Request(
        OPERATION, f"/cashflow/{_segment('cocode', cocode)}/{_segment('report_type', report_type)}", parse=_parse
    )


def _parse(data: object) -> Rows[StatementLine]:
    from ... import reading as read
    from ...models.statement_line import StatementLine

    return read.rows(data, StatementLine)


def sync(*, client: Client, cocode: int, report_type: str) -> Rows[StatementLine]:
    """See the cash flow of a company."""
    return client.send(request(cocode=cocode, report_type=report_type))


async def asyncio(*, client: AsyncClient, cocode: int, report_type: str) -> Rows[StatementLine]:
    """See the cash flow of a company."""
    return await client.send(request(cocode=cocode, report_type=report_type))
