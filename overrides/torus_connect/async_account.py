"""One user's account: each operation of the spec that needs an access token, as a method of one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect_api.types import UNSET

from ._calls.request import custom_request
from ._credentials.credentials import ACCESS_TOKEN
from ._orders.async_orders import AsyncOrders
from .secret import half_built_too

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._credentials.access_token import AccessToken
    from ._credentials.session import Session
    from ._trading import Trading
    from .async_client import AsyncTorusConnect


class AsyncAccount(AsyncOrders):
    """What `AsyncTorusConnect.account` returns: the calls of one user, over the connections of that client.

    Its methods are the operations of the spec. Any number of accounts share one client. Those that act on the user's
    money are experimental, and for an account that was made with `trading=` only.
    """

    __slots__ = ()

    def __init__(self, client: AsyncTorusConnect, token: AccessToken, trading: Trading | None = None) -> None:
        super().__init__(client.with_credentials(trading=trading, **{ACCESS_TOKEN: token}))
        self._token = token
        self._torus = client
        self._trading = trading

    @property
    def session(self) -> Session:
        """The session whose access token is sent: the first one, or the last one that a login yielded."""
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
        return await self._client.send(custom_request(method, path, json, params, idempotent=idempotent))

    @half_built_too
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.session!r}>"
