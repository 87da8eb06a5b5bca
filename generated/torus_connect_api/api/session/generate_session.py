"""Generate a session.

`POST /session/generate`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready
from ...types import Secret

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.generate_session_request import GenerateSessionRequest
    from ...models.generate_session_response import GenerateSessionResponse

OPERATION = Operation(
    "generateSession",
    "POST",
    "/session/generate",
    idempotent=False,
    security=(("RequestToken",),),
    spends="request token",
    renew="Let the user log in again.",
)


def json_body(*, api_key: str, api_secret: str) -> dict[str, object]:
    """Return the body of the request.

    Args:
        api_key: The merchant's API key. It is also a path segment of the login URL. Inferred: It is not empty
            (minLength).
        api_secret: The merchant's API secret. It belongs on a server, never in a browser or an app. Inferred: It is
            not empty (minLength). Where it belongs. This is advice.
    """
    return {"API_KEY": api_key, "API_SECRET": api_secret}


def request(*, body: GenerateSessionRequest | Mapping[str, object]) -> Request[GenerateSessionResponse]:
    """Return the request."""
    return Request(OPERATION, "/session/generate", json=json_ready(body), parse=_parse)


def _parse(data: object) -> GenerateSessionResponse:
    from ...models.generate_session_response import GenerateSessionResponse

    return GenerateSessionResponse.parse(data)


def read_access_token(data: object) -> Secret:
    """Return `AccessToken` of a reply, for whoever needs no more; `ValueError` where it is missing or empty."""
    value = data.get("AccessToken") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise ValueError("the reply has no AccessToken")
    return Secret(value)


def sync(*, client: Client, body: GenerateSessionRequest | Mapping[str, object]) -> GenerateSessionResponse:
    """Generate a session."""
    return client.send(request(body=body))


async def asyncio(
    *, client: AsyncClient, body: GenerateSessionRequest | Mapping[str, object]
) -> GenerateSessionResponse:
    """Generate a session."""
    return await client.send(request(body=body))
