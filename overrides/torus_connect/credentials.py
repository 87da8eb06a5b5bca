"""The credentials of a caller, by the security schemes of the spec: which of them a call carries, in which header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect_api.client import SECURITY_SCHEMES

from .checks import checked_text
from .errors import ConfigurationError
from .secret import Secret, Unusable, conceal, half_built_too

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torus_connect_api.client import Operation

    from .access_token import AccessToken
    from .session import Session


class Credentials:
    """What a caller has, by the name of its security scheme; `repr` shows the names only.

    Args:
        given: for each scheme a concealed text; or a `Session` or an `AccessToken`, whose token is then sent to its
            origins only, and renewed.

    Raises:
        ConfigurationError: the spec has no such scheme, or a credential cannot be sent.
    """

    __slots__ = ("_secrets", "_tokens")

    def __init__(self, given: Mapping[str, object]) -> None:
        self._secrets: dict[str, Secret] = {}
        self._tokens: dict[str, AccessToken] = {}
        for name, value in given.items():
            if name not in SECURITY_SCHEMES:
                raise ConfigurationError(
                    f"{name} is no security scheme of the spec: it has {', '.join(SECURITY_SCHEMES)}"
                )
            if isinstance(value, Secret | Unusable | None):
                self._secrets[name] = checked_text(name, value)
            else:
                self._tokens[name] = _access_token(name, value)

    def token_for(self, operation: Operation) -> AccessToken | None:
        """Return the access token that a call carries, where it is one that can be renewed.

        Raises:
            ConfigurationError: the operation wants a credential that is not there.
        """
        return next((self._tokens[name] for name in self._chosen(operation) if name in self._tokens), None)

    def headers(self, operation: Operation, session: Session | None) -> dict[str, Secret]:
        """Return the headers with the credentials of a call.

        Args:
            operation: what is called.
            session: whose access token goes in the place of the one of `token_for`.

        Raises:
            ConfigurationError: the operation wants a credential that is not there.
        """
        headers: dict[str, Secret] = {}
        for name in self._chosen(operation):
            scheme = SECURITY_SCHEMES[name]
            credential = session.access_token if session and name in self._tokens else self._secrets[name]
            headers[scheme.parameter] = Secret(scheme.prefix + credential)
        return headers

    def _chosen(self, operation: Operation) -> tuple[str, ...]:
        """Return the schemes of the first security alternative of an operation that is wholly there."""
        for alternative in operation.security or ((),):
            if all(name in self._secrets or name in self._tokens for name in alternative):
                return alternative
        wanted = " or ".join(" and ".join(alternative) for alternative in operation.security)
        error = ConfigurationError(
            f"{operation.id} needs the credential {wanted}: pass it to with_credentials, and call by what that returns"
        )
        error.concern(operation)
        raise error

    @half_built_too
    def __repr__(self) -> str:
        return f"<Credentials {', '.join([*self._secrets, *self._tokens])}>"


NO_CREDENTIALS = Credentials({})
"""For calls that need none."""


def concealed(given: Mapping[str, object]) -> dict[str, object]:
    """Hide what a caller handed in as credentials: texts, and what is of no use."""
    from .access_token import AccessToken  # noqa: PLC0415 - a login has none
    from .session import Session  # noqa: PLC0415 - as above

    return {
        name: value if isinstance(value, Session | AccessToken) else conceal(value) for name, value in given.items()
    }


def _access_token(name: str, value: object) -> AccessToken:
    from .access_token import AccessToken  # noqa: PLC0415 - as above
    from .session import Session  # noqa: PLC0415 - as above

    if SECURITY_SCHEMES[name].type != "http":
        raise ConfigurationError(f"{name} must be a str, not {type(value).__name__}")
    return AccessToken(value) if isinstance(value, Session) else value  # type: ignore[return-value]  # see `concealed`
