"""What there is one of."""

from __future__ import annotations

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import NoReturn


class Uncopied:
    """Something that is neither copied nor pickled: what closes a copy would close the connection of the original."""

    __slots__ = ()

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        msg = f"{type(self).__name__} is neither copied nor pickled"
        raise TypeError(msg)
