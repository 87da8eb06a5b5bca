"""A client library for accessing Torus Digital Open API session"""

TYPE_CHECKING = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)


if not TYPE_CHECKING:  # they know every name, and that there is no other

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import client

        return getattr(client, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
