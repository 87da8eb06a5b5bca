"""Read the fields of replies, whose types are documented by one example each at the most.

Each function takes a value of decoded JSON and returns one Python type, or `None`: for null, for what the service
sends where there is nothing ("", "NA", the year 1), and for what cannot be read. Nothing here raises for any JSON,
but `required`. Numbers are exact where the JSON was decoded with `parse_float=Decimal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import (
    Clamped,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
    Subnormal,
)
from typing import Protocol, TypeVar

from .types import Secret

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")
"""India time, Asia/Kolkata: it has no summer time."""

_NOTHING = frozenset({"", "NA"})
_MOST_DIGITS, _LARGEST = 60, 30
_LEAST, _MOST = -(10 ** (_LARGEST + 1)), 10 ** (_LARGEST + 1)
# No number of a broker's is beyond this; one that is would take minutes to compute with.
_exactly = Context(
    _MOST_DIGITS, Emin=-_LARGEST, Emax=_LARGEST, traps=[Clamped, Inexact, InvalidOperation, Overflow, Subnormal]
).plus
_is_number = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{0,60})?(?:[Ee][+-]?[0-9]{1,2})?").fullmatch
# Dates that are not ISO, with the month as a word: none that could be read in two ways.
_is_date = re.compile(
    r"(?:[0-9]{1,2}[ -][A-Za-z]{3,9}[ -]|[A-Za-z]{3,9} [0-9]{1,2},? )[0-9]{4}"
    r"(?:,? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AP]M)?)?"
).fullmatch


class Readable(Protocol[T_co]):
    """A model of a reply."""

    def from_dict(self, data: Mapping[str, object]) -> T_co:
        """Read one object."""
        ...


class Rows(list[T]):
    """The rows of a list that the service replied with.

    Attributes:
        message: what the service says beside them, where there is something.
        raw: the whole reply, as it was decoded.
        unreadable: how many rows are left out, because they are no object.
    """

    __slots__ = ("message", "raw", "unreadable")

    def __init__(
        self, rows: Iterable[T] = (), *, message: str | None = None, raw: object = None, unreadable: int = 0
    ) -> None:
        super().__init__(rows)
        self.message: str | None = message
        self.raw: object = raw
        self.unreadable: int = unreadable


def rows(data: object, model: Readable[T], *, unwrap: str | None = None) -> Rows[T]:
    """Read the rows of a reply.

    Args:
        data: the reply: an array, or an object that holds one.
        model: the class of the rows.
        unwrap: the field of the object that holds the array; one row may stand there without an array, and null.

    Raises:
        ValueError: the reply is of another kind.
    """
    content, message = data, None
    if unwrap is not None:
        if not isinstance(data, Mapping):
            raise ValueError("the reply is no object")
        content, message = data.get(unwrap), text(data.get("message"))
        if not isinstance(content, list):
            content = [] if content is None else [content]
    if not isinstance(content, list):
        raise ValueError("the reply is no array")
    found = [row for each in content if (row := item(each, model)) is not None]
    return Rows(found, message=message, raw=data, unreadable=len(content) - len(found))


def required(name: str, value: T | None) -> T:
    """Return a value that a reply must have.

    Raises:
        ValueError: it is missing, or cannot be read.
    """
    if value is None:
        raise ValueError(f"{name} is missing from the reply, or cannot be read")
    return value


def item(value: object, model: Readable[T]) -> T | None:
    """Read an object of a model; `None` for what is no object."""
    if not isinstance(value, Mapping):
        return None
    try:
        return model.from_dict(value)
    except ValueError:
        return None


def model_rows(value: object, model: Readable[T]) -> Rows[T] | None:
    """Read an array of objects within a reply."""
    return rows(value, model) if isinstance(value, list) else None


def sequence(value: object, read: Callable[[object], T | None]) -> list[T] | None:
    """Read the items of an array; those that cannot be read are left out."""
    return [found for each in value if (found := read(each)) is not None] if isinstance(value, list) else None


def mapping(value: object, read: Callable[[object], T]) -> dict[str, T] | None:
    """Read the values of an object whose keys the document does not know."""
    return {key: read(each) for key, each in value.items()} if isinstance(value, Mapping) else None


def anything(value: object) -> object:
    """Return what was sent."""
    return value


def text(value: object) -> str | None:
    """Read a string; "" and "NA" are what they are."""
    return value if isinstance(value, str) else None


def secret(value: object) -> Secret | None:
    """Read a string that nothing should show; never an empty one."""
    return Secret(value) if isinstance(value, str) and value else None


def boolean(value: object) -> bool | None:
    """Read true or false."""
    return value if isinstance(value, bool) else None


def identifier(value: object) -> str | None:
    """Read an identifier, which some replies have as a string and others as a number."""
    if isinstance(value, str):
        return None if value in _NOTHING else value
    number = integer(value)
    return None if number is None else str(number)


def decimal(value: object) -> Decimal | None:
    """Read a number, which may be in a string, of up to 60 digits and below 10 to the power of 31."""
    if type(value) is int:  # and no bool
        return Decimal(value) if _LEAST < value < _MOST else None
    if isinstance(value, Decimal):
        found = value
    elif isinstance(value, str) and _is_number(value.strip()):
        found = Decimal(value.strip())
    elif isinstance(value, float):
        found = Decimal(repr(value))
    else:
        return None
    try:
        return found if _exactly(found).is_finite() else None
    except ArithmeticError:
        return None


def integer(value: object) -> int | None:
    """Read a whole number, which may be in a string, or be written with a fraction of zero."""
    if type(value) is int:
        return value if _LEAST < value < _MOST else None
    number = decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def india_datetime(value: object) -> datetime | None:
    """Read a date with a time; one without a zone is in India time."""
    stamp = _stamp(value)
    try:
        if stamp is None or stamp.year == 1:
            return None
        return stamp.replace(tzinfo=INDIA) if stamp.tzinfo is None else stamp.astimezone(INDIA)
    except OverflowError:
        return None


def india_date(value: object) -> date | None:
    """Read a date, in India where a time with a zone stands beside it."""
    stamp = india_datetime(value)
    return None if stamp is None else stamp.date()


def _stamp(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    value = value.strip()
    try:
        if value[4:5] == "-":
            return datetime.fromisoformat(value)
        if not _is_date(value):
            return None
        from dateutil import parser

        return parser.parse(value)
    except (ValueError, OverflowError):
        return None
