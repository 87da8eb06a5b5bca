"""The credentials of a caller, by the security schemes of the spec: which of them a call carries, in which header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_text
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal, half_built_too
from torus_connect_api.client import SECURITY_SCHEMES

from .session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torus_connect._trading import Trading
    from torus_connect_api.client import Operation

    from .access_token import AccessToken

ACCESS_TOKEN = "AccessToken"  # noqa: S105 - a name
"""The security scheme of the spec for the access token."""


class Credentials:
    """What a caller has, by the name of its security scheme; `repr` shows the names only.

    Args:
        given: for each scheme a concealed text; or a `Session` or an `AccessToken`, whose token is then sent to its
            origins only, and renewed.
        trading: what the caller opts in with to the experimental calls.

    Raises:
        ConfigurationError: the spec has no such scheme, or a credential cannot be sent.
    """

    def __init__(self, given: Mapping[str, object], trading: Trading | None = None) -> None:
        self.trading: Trading | None = trading
        self._secrets: dict[str, Secret] = {}
        self._tokens: dict[str, AccessToken] = {}
        for name, value in given.items():
            if name not in SECURITY_SCHEMES:
                raise ConfigurationError(
                    f"{name} is no security scheme of the spec: it has {', '.join(SECURITY_SCHEMES)}"
                )
            if isinstance(value, Secret | Unusable | None):
                self._secrets[name] = checked_text(name, value)
            elif SECURITY_SCHEMES[name].type != "http":
                raise ConfigurationError(f"{name} must be a str, not {type(value).__name__}")
            else:
                self._tokens[name] = _access_token(value)
        self._names = frozenset(given)

    def token(self, chosen: tuple[str, ...]) -> AccessToken | None:
        """Return the access token among the chosen credentials, where it is one that can be renewed."""
        return next((self._tokens[name] for name in chosen if name in self._tokens), None)

    def headers(self, chosen: tuple[str, ...], session: Session | None) -> dict[str, Secret]:
        """Return the headers with the chosen credentials.

        Args:
            chosen: see `choose`.
            session: whose access token is sent instead of that of `token`.
        """
        headers: dict[str, Secret] = {}
        for name in chosen:
            scheme = SECURITY_SCHEMES[name]
            credential = session.access_token if session and name in self._tokens else self._secrets[name]
            headers[scheme.parameter] = Secret("".join((scheme.prefix, credential)))
        return headers

    def choose(self, operation: Operation) -> tuple[str, ...]:
        """Return the schemes of the first security alternative of an operation that is wholly there.

        Raises:
            ConfigurationError: there is none; or the operation is experimental, and the caller has not opted in.
        """
        chosen = next((each for each in operation.security or ((),) if self._names.issuperset(each)), None)
        if chosen is not None and (not operation.experimental or self.trading):
            return chosen
        wanted = " or ".join(" and ".join(alternative) for alternative in operation.security)
        error = ConfigurationError(
            f"{operation.id} needs the credential {wanted}: pass it to with_credentials, and call by what that returns"
            if chosen is None
            else f"{operation.id} is experimental: {operation.experimental} Whoever wants it all the same says so by "
            "account(..., trading=Trading(ip=..., uu_id=..., app_id=...))"
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

    return {name: each if isinstance(each, Session | AccessToken) else conceal(each) for name, each in given.items()}


def _access_token(value: object) -> AccessToken:
    from .access_token import AccessToken  # noqa: PLC0415 - a login has none

    return AccessToken(value) if isinstance(value, Session) else value  # type: ignore[return-value]  # see `concealed`
