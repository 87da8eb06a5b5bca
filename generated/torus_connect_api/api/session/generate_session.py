from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from typing import Any

    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error import Error
    from ...models.generate_session_request import GenerateSessionRequest
    from ...models.generate_session_response import GenerateSessionResponse
    from ...types import Response


BODY_FIELDS = {
    "api_key": "API_KEY",
    "api_secret": "API_SECRET",
}
"""The fields that the body must have: what the model calls them, and what they are called on the wire."""
RESPONSE_200_FIELDS = {
    "access_token": "AccessToken",
}
"""The fields that this reply must have: what the model calls them, and what they are called on the wire."""


def _get_kwargs(
    *,
    body: GenerateSessionRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/session/generate",
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
    client: AuthenticatedClient,
    body: GenerateSessionRequest,
) -> Response[Error | GenerateSessionResponse]:
    """Generate a session

     Trades a request token for an access token, which lets its holder transact and fetch details for one
    user's account.

    It takes three inputs:

    - the **API key** and the **API secret**, issued to the merchant when he is onboarded, in the JSON
    body;
    - the **request token**, which the user's login in the browser yields, in the `Token` header. It is
    sent bare, without `Bearer`, and there is no `Authorization` header on this call.

    The reply holds the **access token**. Send it as `Authorization: Bearer <access token>` on every
    account call. It is another token than the request token.

    Send each request token once. Whether the service accepts it a second time is not documented, so a
    request whose reply was lost must not be repeated: let the user log in again. Do not follow a
    redirect.

    Args:
        body (GenerateSessionRequest): The credentials of the merchant, issued when he is
            onboarded.

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
    client: AuthenticatedClient,
    body: GenerateSessionRequest,
) -> Error | GenerateSessionResponse | None:
    """Generate a session

     Trades a request token for an access token, which lets its holder transact and fetch details for one
    user's account.

    It takes three inputs:

    - the **API key** and the **API secret**, issued to the merchant when he is onboarded, in the JSON
    body;
    - the **request token**, which the user's login in the browser yields, in the `Token` header. It is
    sent bare, without `Bearer`, and there is no `Authorization` header on this call.

    The reply holds the **access token**. Send it as `Authorization: Bearer <access token>` on every
    account call. It is another token than the request token.

    Send each request token once. Whether the service accepts it a second time is not documented, so a
    request whose reply was lost must not be repeated: let the user log in again. Do not follow a
    redirect.

    Args:
        body (GenerateSessionRequest): The credentials of the merchant, issued when he is
            onboarded.

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
    client: AuthenticatedClient,
    body: GenerateSessionRequest,
) -> Response[Error | GenerateSessionResponse]:
    """Generate a session

     Trades a request token for an access token, which lets its holder transact and fetch details for one
    user's account.

    It takes three inputs:

    - the **API key** and the **API secret**, issued to the merchant when he is onboarded, in the JSON
    body;
    - the **request token**, which the user's login in the browser yields, in the `Token` header. It is
    sent bare, without `Bearer`, and there is no `Authorization` header on this call.

    The reply holds the **access token**. Send it as `Authorization: Bearer <access token>` on every
    account call. It is another token than the request token.

    Send each request token once. Whether the service accepts it a second time is not documented, so a
    request whose reply was lost must not be repeated: let the user log in again. Do not follow a
    redirect.

    Args:
        body (GenerateSessionRequest): The credentials of the merchant, issued when he is
            onboarded.

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
    client: AuthenticatedClient,
    body: GenerateSessionRequest,
) -> Error | GenerateSessionResponse | None:
    """Generate a session

     Trades a request token for an access token, which lets its holder transact and fetch details for one
    user's account.

    It takes three inputs:

    - the **API key** and the **API secret**, issued to the merchant when he is onboarded, in the JSON
    body;
    - the **request token**, which the user's login in the browser yields, in the `Token` header. It is
    sent bare, without `Bearer`, and there is no `Authorization` header on this call.

    The reply holds the **access token**. Send it as `Authorization: Bearer <access token>` on every
    account call. It is another token than the request token.

    Send each request token once. Whether the service accepts it a second time is not documented, so a
    request whose reply was lost must not be repeated: let the user log in again. Do not follow a
    redirect.

    Args:
        body (GenerateSessionRequest): The credentials of the merchant, issued when he is
            onboarded.

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
