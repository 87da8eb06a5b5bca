"""What came back over the wire, whole, and hidden from every `repr`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from .secret import Fixed, half_built_too

MAX_REPLY_BYTES = 1024 * 1024
"""How much of a reply is read, unless the operation says otherwise (`x-max-reply-bytes`)."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Headers(Fixed, Mapping[str, str]):
    """Reply headers: names in any case; one that came more than once is joined by a comma and a space.

    The `repr` shows names only, and a pickle holds nothing, because a service may put anything into a value.

    Args:
        items: names and values, read when they are first asked for: a login that succeeds needs none, and to read them
            takes a tenth of a call.
    """

    __slots__ = ("_items", "_read")

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = items
        self._read: dict[str, str] | None = None

    @property
    def _values(self) -> dict[str, str]:
        if self._read is None:
            values: dict[str, str] = {}
            for name, value in self._items:
                key = name.lower()
                values[key] = f"{values[key]}, {value}" if key in values else value
            self._read = values
        return self._read

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @half_built_too
    def __repr__(self) -> str:
        return f"<Headers {', '.join(self._values)}>"

    def __reduce__(self) -> tuple[type[Headers], tuple[()]]:
        return (Headers, ())


class Body:
    """The bytes of a reply while they arrive; hidden from `repr`.

    Args:
        limit: how many are kept, also of what they are decompressed to.

    Attributes:
        encoding: what the header `Content-Encoding` says of them.
        truncated: whether there were more than are kept.
    """

    def __init__(self, limit: int = MAX_REPLY_BYTES) -> None:
        self._limit = limit
        self._received = bytearray()
        self.encoding: str = ""
        self.truncated: bool = False

    def take(self, chunk: bytes) -> bool:
        """Keep a chunk; return whether more may come."""
        left = self._limit - len(self._received)
        self._received += chunk[:left]
        self.truncated = len(chunk) > left
        return not self.truncated

    def reply(self, status_code: int, headers: Headers) -> Reply:
        """Return the reply that these bytes are the body of, decompressed where it came compressed."""
        encoding = self.encoding.strip().lower()
        # A proxy may decompress a body, and leave the header as it was.
        is_decoded = (
            encoding in ("", "identity") or not self._received or parsed_object(bytes(self._received)) is not None
        )
        if not is_decoded and encoding in ("gzip", "x-gzip", "deflate") and not self.truncated:
            is_decoded = self._decompress()
        return Reply(status_code, headers, bytes(self._received), truncated=self.truncated, is_decoded=is_decoded)

    def _decompress(self) -> bool:
        """Return whether that is all of it."""
        import zlib  # noqa: PLC0415 - nothing compressed is asked for

        # Bounded, or a few bytes could fill the memory. What does not decompress stays as it came.
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            content = inflater.decompress(bytes(self._received), self._limit + 1)
        except zlib.error:
            return False
        self._received = bytearray(content[: self._limit])
        self.truncated = len(content) > self._limit
        return inflater.eof and not inflater.unused_data


class Reply(Fixed):
    """The raw reply, kept so that nothing the service answered is lost.

    It may hold an access token, so `repr` shows none of it, and a pickle leaves content and headers out.

    Attributes:
        status_code: the HTTP status.
        headers: the reply's headers.
        content: the body as bytes, decompressed; what arrived of it where the reply was cut short.
        truncated: whether there was more than the operation allows, of which the rest was not read.
        is_decoded: whether `content` is without a `Content-Encoding`: not where that is unknown here, or is not that of
            the whole body.
    """

    __slots__ = ("content", "headers", "is_decoded", "status_code", "truncated")

    def __init__(
        self, status_code: int, headers: Headers, content: bytes, *, truncated: bool = False, is_decoded: bool = True
    ) -> None:
        self.status_code: int = status_code
        self.headers: Headers = headers
        self.content: bytes = content
        self.truncated: bool = truncated
        self.is_decoded: bool = is_decoded

    def json(self) -> object:
        """Return the body as JSON: numbers with a fraction as `Decimal`, and `None` for a name that stands twice.

        Which of two values of one name counts would be a guess. A byte order mark is tolerated.

        Raises:
            ValueError: it is no JSON.
        """
        return parsed(self.content)

    def json_object(self) -> dict[str, Any] | None:
        """Return the body as a JSON object, or `None` where it is anything else."""
        return parsed_object(self.content)

    @half_built_too
    def __repr__(self) -> str:
        return f"<Reply {self.status_code}, {len(self.content)} bytes>"

    def __reduce__(self) -> tuple[type[Reply], tuple[int, Headers, bytes]]:
        return (Reply, (self.status_code, Headers(), b""))


def parsed(content: bytes) -> object:
    """Return a text as JSON; see `Reply.json`."""
    text = content.removeprefix(_BYTE_ORDER_MARK).decode()
    try:
        if sys.get_int_max_str_digits():
            with suppress(ValueError):
                return _DECODER.decode(text)
            with suppress(ArithmeticError, ValueError):
                return _exact_decoders()[0].decode(text)
        # What is left is no JSON, or has a number that Python refuses or takes long to make.
        return _exact_decoders()[1].decode(text)
    except RecursionError:
        pass
    raise ValueError("it is nested too deeply")


def parsed_object(content: bytes) -> dict[str, Any] | None:
    """Return a text as a JSON object, or `None` where it is anything else; see `Reply.json`."""
    try:
        value = parsed(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        values = {}
        for name, value in pairs:
            values[name] = None if name in values else value
    return values


def _refuse(_digits: str) -> object:
    raise ValueError


_MAX_DIGITS = 100
_DECODER = json.JSONDecoder(object_pairs_hook=_unambiguous, parse_float=_refuse)
"""For what has no fraction, such as a session: it does without `decimal`, 0.3 MB and 1 ms of a start."""


@cache
def _exact_decoders() -> tuple[json.JSONDecoder, json.JSONDecoder]:
    """Return a decoder by which a fraction is a `Decimal`, and one that can make any number."""
    from decimal import Decimal  # noqa: PLC0415 - see `_DECODER`

    def whole(digits: str) -> int | Decimal:
        """Return a whole number; one that is absurdly long as a `Decimal`, which takes no time to make."""
        return int(digits) if len(digits) <= _MAX_DIGITS else Decimal(digits)

    def fraction(digits: str) -> Decimal | float:
        """Return a number exactly; one whose exponent no `Decimal` can have, as 0 or infinity."""
        try:
            return Decimal(digits)
        except ArithmeticError:
            return float(digits)

    # The second one calls Python for each number, so that 1,000 holdings take a third longer: the other one goes first.
    return (
        json.JSONDecoder(object_pairs_hook=_unambiguous, parse_float=Decimal),
        json.JSONDecoder(object_pairs_hook=_unambiguous, parse_float=fraction, parse_int=whole),
    )
