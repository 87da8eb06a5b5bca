"""See a company.

`GET /stocks/{companySlug}`
"""

from __future__ import annotations

from ...client import Operation, Request
from ...client import segment as _segment

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...client import AsyncClient, Client
    from ...models.company import Company

OPERATION = Operation(
    "company",
    "GET",
    "/stocks/{companySlug}",
    idempotent=True,
)


def request(*, company_slug: str) -> Request[Company]:
    """Return the request; `ValueError` where a path parameter is empty, or made of dots."""
    return Request(OPERATION, f"/stocks/{_segment('company_slug', company_slug)}", parse=_parse)


def _parse(data: object) -> Company:
    from ...models.company import Company

    return Company.parse(data)


def sync(*, client: Client, company_slug: str) -> Company:
    """See a company."""
    return client.send(request(company_slug=company_slug))


async def asyncio(*, client: AsyncClient, company_slug: str) -> Company:
    """See a company."""
    return await client.send(request(company_slug=company_slug))
