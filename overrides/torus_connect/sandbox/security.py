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

    def check(self, operation: Operation, request: Request) -> None:
        """Pass if one of the operation's alternatives is wholly there; no alternative asks for nothing.

        Raises:
            Refused: none is. It says what is missing of the first.
        """
        refusals = [self._missing(alternative, request) for alternative in operation.security]
        if refusals and None not in refusals:
            raise Refused(refusals[0] or Refusal.CREDENTIAL_MISSING)

    def _missing(self, alternative: tuple[Scheme, ...], request: Request) -> Refusal | None:
        refusals = (self._refusal(scheme, request) for scheme in alternative)
        return next((refusal for refusal in refusals if refusal), None)

    def _refusal(self, scheme: Scheme, request: Request) -> Refusal | None:
        value = _sent(scheme, request)
        if scheme.place == "bearer":
            return None if self.is_bearer_of_a_session(value) else Refusal.ACCESS_TOKEN_UNKNOWN
        if scheme == self._request_token and value:
            return None if self._state.has_issued(value) else Refusal.TOKEN_UNKNOWN
        return None if value else Refusal.CREDENTIAL_MISSING

    def is_bearer_of_a_session(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header carries the access token of a session that has not ended."""
        scheme, _, access_token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._state.has_generated(access_token)


def _sent(scheme: Scheme, request: Request) -> str:
    """Return the one value that was sent for a scheme; nothing where there is none, or several."""
    if scheme.place == "cookie":
        return request.cookies.get(scheme.name, "")
    values = (request.query_params if scheme.place == "query" else request.headers).getlist(scheme.name)
    return values[0] if len(values) == 1 else ""
