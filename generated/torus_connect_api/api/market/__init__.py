"""Companies and indices, without credentials."""

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ._async import AsyncMarket
    from ._sync import Market

__all__ = ("AsyncMarket", "Market")

_MODULES = {"AsyncMarket": "._async", "Market": "._sync"}


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
