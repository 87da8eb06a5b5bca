"""What the access token of a user opens, to read; and orders, which are experimental."""

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ._async import AsyncAccount
    from ._sync import Account

__all__ = ("AsyncAccount", "Account")

_MODULES = {"AsyncAccount": "._async", "Account": "._sync"}


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
