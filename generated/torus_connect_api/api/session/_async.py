"""From a request token, or a code, to an access token."""

from __future__ import annotations

from ...client import AsyncOperations

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...models.generate_session_response import GenerateSessionResponse


class AsyncSession(AsyncOperations):
    """From a request token, or a code, to an access token."""

    __slots__ = ()

    async def generate_session(self, *, api_key: str, api_secret: str) -> GenerateSessionResponse:
        """Generate a session.

        Exchanges a request token for an access token, which lets its holder transact and fetch details for one
        user's account.

        It takes three inputs:

        - the **API key** and the **API secret**, issued to the merchant when he is onboarded, in the JSON body;
        - the **request token**, which the user's login in the browser yields, in the `Token` header. It is sent
          bare, without `Bearer`, and there is no `Authorization` header on this call.

        The reply holds the **access token**. Send it as `Authorization: Bearer <access token>` on every account
        call. It is another token than the request token.

        Send each request token once. Whether the service accepts it a second time is not documented, so a request
        whose reply was lost must not be repeated: let the user log in again. Do not follow a redirect.

        Evidence: documented.
        - Inferred: The request token is what the Token header carries; no other reading of the documentation fits.
        - Inferred: The request token and the access token are two different tokens, though the documentation writes
          them alike.
        - Inferred: A request token is to be sent once, and redirects are not to be followed. This is advice.

        Args:
            api_key: The merchant's API key. It is also a path segment of the login URL. Inferred: It is not empty
                (minLength).
            api_secret: The merchant's API secret. It belongs on a server, never in a browser or an app. Inferred:
                It is not empty (minLength). Where it belongs. This is advice.
        """
        from . import generate_session as operation

        body = operation.json_body(api_key=api_key, api_secret=api_secret)
        return await self._client.send(operation.request(body=body))

    async def generate_session_with_totp(self, *, api_key: str, totp: str) -> GenerateSessionResponse:
        """Generate a session with a TOTP.

        Exchanges the current code of a user's authenticator app (a time-based one-time password, TOTP) for an
        access token, without a login in the browser.

        It takes the **API key** and the **code**, both in the JSON body. There is no API secret and no `Token`
        header on this call.

        The reply is that of `generateSession`; its access token is good for a period that is not given.

        Send each code once, and do not follow a redirect.

        Evidence: documented.
        - Inferred: A code is to be sent once, and redirects are not to be followed. This is advice.

        Args:
            api_key: The merchant's API key. Inferred: It is not empty (minLength).
            totp: The code that the authenticator app shows. How many digits it has, how long it is good and which
                hash makes it are not documented; six digits, 30 seconds and SHA-1 are usual. Inferred: It has six
                to eight digits (pattern). What is usual.
        """
        from . import generate_session_with_totp as operation

        body = operation.json_body(api_key=api_key, totp=totp)
        return await self._client.send(operation.request(body=body))
