"""What there is one of."""

from __future__ import annotations

from typing import NoReturn


class Uncopied:
    """Something that is neither copied nor pickled: what closes a copy would close the connections of the original."""

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        msg = "an engine is neither copied nor pickled"
        raise TypeError(msg)
