"""All operations, by tag."""

from __future__ import annotations

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ..client import AsyncClient, Client
    from . import account, market, session
    from .account import Account, AsyncAccount
    from .market import AsyncMarket, Market
    from .session import AsyncSession, Session

__all__ = ("Api", "AsyncApi", "session", "account", "market")

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

    @property
    def account(self) -> Account:
        """What the access token of a user opens, to read; and orders, which are experimental."""
        from .account import Account

        return Account(self._client)

    @property
    def market(self) -> Market:
        """Companies and indices, without credentials."""
        from .market import Market

        return Market(self._client)


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

    @property
    def account(self) -> AsyncAccount:
        """What the access token of a user opens, to read; and orders, which are experimental."""
        from .account import AsyncAccount

        return AsyncAccount(self._client)

    @property
    def market(self) -> AsyncMarket:
        """Companies and indices, without credentials."""
        from .market import AsyncMarket

        return AsyncMarket(self._client)
