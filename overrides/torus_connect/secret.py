"""Text that shows nothing of itself by accident."""

from __future__ import annotations

from torus_connect_api.types import Secret

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self, TypeVar

    T = TypeVar("T")

__all__ = ["Secret", "Unusable", "conceal", "half_built_too"]


class Unusable:
    """What stands in for a value that is no text: its type, and nothing of what it held."""

    def __init__(self, value: object) -> None:
        self.type_name: str = type(value).__name__


def conceal(value: object) -> Secret | Unusable | None:
    """Hide what a caller handed in before anything is done with it, so that no frame below holds it in the open.

    Args:
        value: anything at all.

    Returns:
        `None` for `None`, a `Secret` for text, else an `Unusable` that knows the type only.
    """
    if value is None:
        return None
    # The text itself, whatever a subclass of str makes of being printed.
    return Secret(str.__str__(value)) if issubclass(type(value), str) else Unusable(value)


class Fixed:
    """An object that is not changed: a copy of it is itself, and holds what no pickle does."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


def half_built_too(shown: Callable[[T], str]) -> Callable[[T], str]:
    """Make a `__repr__` work where a constructor failed: a report of local variables asks for it then."""

    def __repr__(self: T) -> str:  # noqa: N807 - it is one
        try:
            return shown(self)
        except AttributeError:
            return f"<{type(self).__name__}, half-built>"

    return __repr__
