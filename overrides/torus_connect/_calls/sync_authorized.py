# Made from async_authorized.py by tools/unasync.py: do not edit.
"""What sends generated requests for one user; `sync_authorized.py` is made from this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.secret import half_built_too

if TYPE_CHECKING:
    from typing import TypeVar

    from torus_connect._credentials.credentials import Credentials
    from torus_connect.client import TorusConnect
    from torus_connect_api.client import Request

    T = TypeVar("T")


class AuthorizedClient:
    """What `TorusConnect.with_credentials` returns; it uses the connections of that client, and ends with it."""

    __slots__ = ("_client", "_credentials")

    def __init__(self, client: TorusConnect, credentials: Credentials) -> None:
        self._client = client
        self._credentials = credentials

    def send(self, request: Request[T]) -> T:
        """Send a request of a generated operation and return its result.

        Raises:
            ConfigurationError: the operation needs a credential that is not there; nothing was sent.
            WrongOrigin: the access token is not for where the call goes; nothing was sent.
            SessionExpired: the session is over; nothing was sent.
            TorusError: as for `TorusConnect.generate_session`; what a lost reply means depends on the operation.
        """
        return self._client._send(request, self._credentials)  # noqa: SLF001 - a part of it

    @half_built_too
    def __repr__(self) -> str:
        return f"<{type(self).__name__} with {self._credentials!r}>"
