"""Generate a session with a TOTP.

`POST /session/totp/generate`
"""

from __future__ import annotations

from ...client import Operation, Request, json_ready
from ...types import Secret

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...client import AsyncClient, Client
    from ...models.generate_session_response import GenerateSessionResponse
    from ...models.generate_session_with_totp_request import (
        GenerateSessionWithTotpRequest,
    )

OPERATION = Operation(
    "generateSessionWithTotp",
    "POST",
    "/session/totp/generate",
    idempotent=False,
    servers=("https://oapi-cug.torusdigital.com/api/v1",),
    spends="code",
    renew="Wait for the next code of the authenticator app, and see that the clock of this machine is right, and the authenticator's secret that of this user.",
)


def json_body(*, api_key: str, totp: str) -> dict[str, object]:
    """Return the body of the request.

    Args:
        api_key: The merchant's API key. Inferred: It is not empty (minLength).
        totp: The code that the authenticator app shows. How many digits it has, how long it is good and which hash
            makes it are not documented; six digits, 30 seconds and SHA-1 are usual. Inferred: It has six to eight
            digits (pattern). What is usual.
    """
    return {"API_KEY": api_key, "TOTP": totp}


def request(*, body: GenerateSessionWithTotpRequest | Mapping[str, object]) -> Request[GenerateSessionResponse]:
    """Return the request."""
    return Request(OPERATION, "/session/totp/generate", json=json_ready(body), parse=_parse)


def _parse(data: object) -> GenerateSessionResponse:
    from ...models.generate_session_response import GenerateSessionResponse

    return GenerateSessionResponse.parse(data)


def read_access_token(data: object) -> Secret:
    """Return `AccessToken` of a reply, for whoever needs no more; `ValueError` where it is missing or empty."""
    value = data.get("AccessToken") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise ValueError("the reply has no AccessToken")
    return Secret(value)


def sync(*, client: Client, body: GenerateSessionWithTotpRequest | Mapping[str, object]) -> GenerateSessionResponse:
    """Generate a session with a TOTP."""
    return client.send(request(body=body))


async def asyncio(
    *, client: AsyncClient, body: GenerateSessionWithTotpRequest | Mapping[str, object]
) -> GenerateSessionResponse:
    """Generate a session with a TOTP."""
    return await client.send(request(body=body))
