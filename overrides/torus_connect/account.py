"""One user's account: each operation of the spec that needs an access token, as a method of one object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torus_connect_api.api.account import Account as Operations
from torus_connect_api.api.account import AsyncAccount as AsyncOperations
from torus_connect_api.client import Operation, Request, json_ready
from torus_connect_api.types import UNSET

from ._credentials.access_token import ACCESS_TOKEN, AccessToken
from ._credentials.session import Session
from .errors import ConfigurationError
from .secret import half_built_too

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .async_client import AsyncTorusConnect
    from .client import TorusConnect

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_MAX_REPLY_BYTES = 16 * 1024 * 1024
_is_path = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@-]+)+/?").fullmatch


class Account(Operations):
    """What `TorusConnect.account` returns: the calls of one user, over the connection pool of that client.

    Its methods are the operations of the spec. Any number of accounts share one client.
    """

    __slots__ = ("_token",)

    def __init__(self, client: TorusConnect, token: AccessToken) -> None:
        super().__init__(client.with_credentials(**{ACCESS_TOKEN: token}))
        self._token = token

    @property
    def session(self) -> Session:
        """The session whose access token is sent: the first one, or the last one that a login yielded."""
        return self._token.session

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = UNSET,
        params: Mapping[str, str | int] | None = None,
        idempotent: bool = False,
    ) -> object:
        """Make a call that the spec does not have yet, with the access token, and with all that protects the others.

        Args:
            method: of HTTP.
            path: below the base URL, such as `/holdings/`.
            json: the body; nothing is sent by default.
            params: the query.
            idempotent: whether it may be sent again where its answer is lost, as what only reads may.

        Returns:
            The decoded JSON of the reply; numbers with a fraction are `Decimal`.

        Raises:
            ConfigurationError: the method, the path or the body cannot be sent; nothing was sent.
            TorusError: otherwise as for the other calls.
        """
        return self._client.send(_request(method, path, json, params, idempotent=idempotent))

    @half_built_too
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.session!r}>"


class AsyncAccount(AsyncOperations):
    """What `AsyncTorusConnect.account` returns; see `Account`."""

    __slots__ = ("_token",)

    def __init__(self, client: AsyncTorusConnect, token: AccessToken) -> None:
        super().__init__(client.with_credentials(**{ACCESS_TOKEN: token}))
        self._token = token

    @property
    def session(self) -> Session:
        """See `Account.session`."""
        return self._token.session

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = UNSET,
        params: Mapping[str, str | int] | None = None,
        idempotent: bool = False,
    ) -> object:
        """Make a call that the spec does not have yet; see `Account.request`."""
        return await self._client.send(_request(method, path, json, params, idempotent=idempotent))

    @half_built_too
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.session!r}>"


def given_token(user: object, login: object) -> AccessToken:
    """Return the access token where the caller has a session.

    Raises:
        ConfigurationError: it is none, or there is a `login` beside it, which needs the name of a user.
    """
    if login is not None:
        raise ConfigurationError("login goes with the name of a user, whose session is then stored")
    if isinstance(user, AccessToken):
        return user
    if isinstance(user, Session):
        return AccessToken(user)
    raise ConfigurationError(f"user must be the name of a user, a Session or an AccessToken, not {type(user).__name__}")


def _request(
    method: str, path: str, json: object, params: Mapping[str, str | int] | None, *, idempotent: bool
) -> Request[object]:
    if method not in _METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(_METHODS)}")
    if not isinstance(path, str) or not _is_path(path):
        raise ConfigurationError(
            "path must be a path below the base URL, such as /holdings/: without scheme, host and query, for which "
            "there is params"
        )
    operation = Operation(
        "request", method, path, idempotent=idempotent, security=((ACCESS_TOKEN,),), max_reply_bytes=_MAX_REPLY_BYTES
    )
    query = [(name, str(value)) for name, value in (params or {}).items()]
    body = json if json is UNSET else json_ready(json)
    return Request(operation, path, parse=lambda data: data, params=query, json=body)
