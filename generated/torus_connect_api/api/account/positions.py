"""See the net positions.

`POST /holdings/netposition`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.position import Position
    from ...models.positions_request import PositionsRequest
    from ...reading import Rows

OPERATION = Operation(
    "positions",
    "POST",
    "/holdings/netposition",
    idempotent=True,
    security=(("AccessToken",),),
    max_reply_bytes=16777216,
    status_field="status",
    error_words=("error",),
)


def json_body(*, source: str = "M", interop_flag: str = "IP") -> dict[str, object]:
    """Return the body of the request.

    Args:
        source: Where the request comes from. The documentation has M here. Inferred: That it is the default.
        interop_flag: The interoperation flag. The documentation has IP, and no other value.
    """
    return {"source": source, "data": {"interop_flag": interop_flag}}


def request(*, body: PositionsRequest | Mapping[str, object]) -> Request[Rows[Position]]:
    """Return the request."""
    return Request(OPERATION, "/holdings/netposition", json=json_ready(body), parse=_parse)


def _parse(data: object) -> Rows[Position]:
    from ... import reading as read
    from ...models.position import Position

    return read.rows(data, Position, unwrap="data")


def sync(*, client: Client, body: PositionsRequest | Mapping[str, object]) -> Rows[Position]:
    """See the net positions."""
    return client.send(request(body=body))


async def asyncio(*, client: AsyncClient, body: PositionsRequest | Mapping[str, object]) -> Rows[Position]:
    """See the net positions."""
    return await client.send(request(body=body))
