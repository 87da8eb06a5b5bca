"""See the funds.

`POST /funds/`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.fund_limit import FundLimit
    from ...models.source_request import SourceRequest
    from ...reading import Rows

OPERATION = Operation(
    "funds",
    "POST",
    "/funds/",
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


def request(*, body: SourceRequest | Mapping[str, object]) -> Request[Rows[FundLimit]]:
    """Return the request."""
    return Request(OPERATION, "/funds/", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[FundLimit]:
    from ... import reading as read
    from ...models.fund_limit import FundLimit

    return read.rows(data, FundLimit, unwrap="data")


def sync(*, client: Client, body: SourceRequest | Mapping[str, object]) -> Rows[FundLimit]:
    """See the funds."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: SourceRequest | Mapping[str, object]) -> Rows[FundLimit]:
    """See the funds."""
    return await client.send(request(body=body))
