"""What requests and replies have in common; nothing is loaded for it."""

from __future__ import annotations

TYPE_CHECKING: bool = False  # as type checkers know it; `typing` itself need not be loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final, Literal, NoReturn, Self


class Unset:
    """The type of `UNSET`."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""The value of an argument that is not sent at all; `None` is sent as null."""


class Secret(str):
    """A `str` whose `repr` shows nothing, so that it stays out of logs, tracebacks and debuggers.

    It is the text itself wherever text is used on purpose: in an f-string, as a header value, with `str(secret)`.
    Its parts are `Secret`, too: a slice, a character, and what `split`, `strip`, `+`, `format` and the like return.
    A copy is the same object; pickling is refused, because a pickle is a file or a message that shows it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __format__(self, spec: str) -> str:
        return Secret(str.__format__(self, spec)) if spec else str(self)

    def __iter__(self) -> Iterator[Secret]:
        return map(Secret, str.__iter__(self))

    def __radd__(self, text: object) -> Secret:
        return Secret(str.__add__(text, self)) if isinstance(text, str) else NotImplemented

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        msg = "a Secret is not pickled; where it must travel, send str(secret) over a channel that is safe for it"
        raise TypeError(msg)


_GIVING_TEXT = """
    __add__ __getitem__ __getnewargs__ __mod__ __mul__ __rmul__ capitalize casefold center expandtabs format format_map
    join ljust lower lstrip partition removeprefix removesuffix replace rjust rpartition rsplit rstrip split splitlines
    strip swapcase title translate upper zfill
"""

_SEVERAL = (list, tuple)


def _concealing(method: Callable[..., Any]) -> Callable[..., object]:
    """Return a method of `str` that gives `Secret` where it gives text."""

    def concealing(*args: Any, **options: Any) -> object:
        given = method(*args, **options)
        return type(given)(map(Secret, given)) if isinstance(given, _SEVERAL) else Secret(given)

    concealing.__name__, concealing.__doc__ = method.__name__, method.__doc__
    return concealing


for _name in _GIVING_TEXT.split():
    setattr(Secret, _name, _concealing(getattr(str, _name)))
