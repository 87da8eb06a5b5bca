from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from typing import Any

    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error import Error
    from ...models.generate_session_response import GenerateSessionResponse
    from ...models.generate_session_with_totp_request import (
        GenerateSessionWithTotpRequest,
    )
    from ...types import Response


BODY_FIELDS = {
    "api_key": "API_KEY",
    "totp": "TOTP",
}
"""The fields that the body must have: what the model calls them, and what they are called on the wire."""
RESPONSE_200_FIELDS = {
    "access_token": "AccessToken",
}
"""The fields that this reply must have: what the model calls them, and what they are called on the wire."""


def _get_kwargs(
    *,
    body: GenerateSessionWithTotpRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/session/totp/generate",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | GenerateSessionResponse:
    from ...models.error import Error
    from ...models.generate_session_response import GenerateSessionResponse

    if response.status_code == 200:
        response_200 = GenerateSessionResponse.from_dict(response.json())

        return response_200

    response_default = Error.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | GenerateSessionResponse]:
    from http import HTTPStatus

    from ...types import Response

    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: GenerateSessionWithTotpRequest,
) -> Response[Error | GenerateSessionResponse]:
    """Generate a session with a TOTP

     Trades the current code of a user's authenticator app (a time-based one-time password, TOTP) for an
    access token, without a login in the browser.

    It takes the **API key** and the **code**, both in the JSON body. There is no API secret and no
    `Token` header on this call.

    The reply is that of `generateSession`; its access token is good for a period that is not given.

    Send each code once, and do not follow a redirect.

    Args:
        body (GenerateSessionWithTotpRequest): The merchant's API key, and the current code of the
            user's authenticator app.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | GenerateSessionResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: GenerateSessionWithTotpRequest,
) -> Error | GenerateSessionResponse | None:
    """Generate a session with a TOTP

     Trades the current code of a user's authenticator app (a time-based one-time password, TOTP) for an
    access token, without a login in the browser.

    It takes the **API key** and the **code**, both in the JSON body. There is no API secret and no
    `Token` header on this call.

    The reply is that of `generateSession`; its access token is good for a period that is not given.

    Send each code once, and do not follow a redirect.

    Args:
        body (GenerateSessionWithTotpRequest): The merchant's API key, and the current code of the
            user's authenticator app.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | GenerateSessionResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: GenerateSessionWithTotpRequest,
) -> Response[Error | GenerateSessionResponse]:
    """Generate a session with a TOTP

     Trades the current code of a user's authenticator app (a time-based one-time password, TOTP) for an
    access token, without a login in the browser.

    It takes the **API key** and the **code**, both in the JSON body. There is no API secret and no
    `Token` header on this call.

    The reply is that of `generateSession`; its access token is good for a period that is not given.

    Send each code once, and do not follow a redirect.

    Args:
        body (GenerateSessionWithTotpRequest): The merchant's API key, and the current code of the
            user's authenticator app.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | GenerateSessionResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: GenerateSessionWithTotpRequest,
) -> Error | GenerateSessionResponse | None:
    """Generate a session with a TOTP

     Trades the current code of a user's authenticator app (a time-based one-time password, TOTP) for an
    access token, without a login in the browser.

    It takes the **API key** and the **code**, both in the JSON body. There is no API secret and no
    `Token` header on this call.

    The reply is that of `generateSession`; its access token is good for a period that is not given.

    Send each code once, and do not follow a redirect.

    Args:
        body (GenerateSessionWithTotpRequest): The merchant's API key, and the current code of the
            user's authenticator app.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | GenerateSessionResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
