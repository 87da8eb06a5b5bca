"""Who may call an operation: whoever sends what its security schemes ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from starlette.requests import Request

    from .document import Operation, Scheme
    from .state import SandboxState


class Security:
    """Judges by what one sandbox has issued.

    Args:
        state: the tokens that were issued.
        request_token: the scheme of the request token; any other API key may have any value.
    """

    def __init__(self, state: SandboxState, request_token: Scheme | None) -> None:
        self._state = state
        self._request_token = request_token

    def check(self, operation: Operation, request: Request) -> str | None:
        """Return the user who calls, if one of the operation's alternatives is wholly there.

        Returns:
            The user of the token that was sent; `None` where the operation asks for none.

        Raises:
            Refused: no alternative is there. It says what is missing of the first.
        """
        refused = []
        for alternative in operation.security:
            try:
                return next(filter(None, [self._user(scheme, request) for scheme in alternative]), None)
            except Refused as error:
                refused.append(error)
        if refused:
            raise refused[0]
        return None

    def _user(self, scheme: Scheme, request: Request) -> str | None:
        value = _sent(scheme, request)
        if scheme.place == "bearer":
            return self.bearer(value)
        if not value:
            raise Refused(Refusal.CREDENTIAL_MISSING)
        user = self._state.user_of_request_token(value)
        if user is None and scheme == self._request_token:
            raise Refused(Refusal.TOKEN_UNKNOWN)
        return user

    def bearer(self, authorization: str) -> str:
        """Return the user of an `Authorization` header.

        Raises:
            Refused: it does not carry the access token of a session that has not ended.
        """
        scheme, _, access_token = authorization.partition(" ")
        user = self._state.user_of_access_token(access_token) if scheme.lower() == "bearer" else None
        if user is None:
            raise Refused(Refusal.ACCESS_TOKEN_UNKNOWN)
        return user


def _sent(scheme: Scheme, request: Request) -> str:
    """Return the one value that was sent for a scheme; nothing where there is none, or several."""
    if scheme.place == "cookie":
        return request.cookies.get(scheme.name, "")
    values = (request.query_params if scheme.place == "query" else request.headers).getlist(scheme.name)
    return values[0] if len(values) == 1 else ""
