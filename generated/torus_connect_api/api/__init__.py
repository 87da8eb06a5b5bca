"""All operations, by tag."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from ..client import AsyncClient, Client
    from . import session
    from .session import AsyncSession, Session

__all__ = ("Api", "AsyncApi", "session")

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return import_module(f".{name}", __name__)


class Api:
    """Every operation, sent by one client."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def session(self) -> Session:
        """From a request token, or a code, to an access token."""
        from .session import Session

        return Session(self._client)


class AsyncApi:
    """Every operation, sent by one client."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @property
    def session(self) -> AsyncSession:
        """From a request token, or a code, to an access token."""
        from .session import AsyncSession

        return AsyncSession(self._client)
