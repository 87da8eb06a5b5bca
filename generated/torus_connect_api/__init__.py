"""A client for the Torus Digital Open API."""

TYPE_CHECKING: bool = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from .api import Api, AsyncApi
    from .client import AsyncClient, Client, Operation, Request, SecurityScheme
    from .errors import UnexpectedStatus
    from .standalone import AsyncStandaloneClient, StandaloneClient
    from .types import UNSET, Secret, Unset

__all__ = (
    "Api",
    "AsyncApi",
    "AsyncClient",
    "AsyncStandaloneClient",
    "Client",
    "Operation",
    "Request",
    "Secret",
    "SecurityScheme",
    "StandaloneClient",
    "UNSET",
    "UnexpectedStatus",
    "Unset",
)

_MODULES = {
    "Api": ".api",
    "AsyncApi": ".api",
    "AsyncClient": ".client",
    "AsyncStandaloneClient": ".standalone",
    "Client": ".client",
    "Operation": ".client",
    "Request": ".client",
    "Secret": ".types",
    "SecurityScheme": ".client",
    "StandaloneClient": ".standalone",
    "UNSET": ".types",
    "UnexpectedStatus": ".errors",
    "Unset": ".types",
}


if not TYPE_CHECKING:  # they know every name, and that there is no other

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
