"""What a value from outside must be like: each check names the argument and the rule, and never the value."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, Unusable, conceal

MAX_COUNT = 10
MAX_SECONDS = 3600
MAX_TEXT_BYTES = 8 * 1024
MIDNIGHT = "00:00"
"""The end of a trading day by default."""
DAY_ENDS_ENV = "TORUS_DAY_ENDS"

# What comes along, mostly unseen, when text is copied from a page or a file: blanks, line ends, marks of direction and
# of byte order.
_UNSEEN = (
    " \t\r\n\v\f\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2066\u2067\u2068\u2069\u3000\ufeff"
)
_QUOTES = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}
_CLOCK_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"


def text_fault(text: str, *, blanks: bool = True) -> str | None:
    """Return which rule for a stripped text from outside the program is broken, or `None`.

    Args:
        text: as `stripped` returns it.
        blanks: whether it may hold blanks: a path may, a key, a secret or a token may not.
    """
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return "must not be in quotes"
    if not text.isprintable() and re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
        return "may hold no line break and no other control character"
    if not blanks and any(map(str.isspace, text)):
        return "may hold no blanks, and so no comment behind it"
    return None


def stripped(text: str) -> Secret:
    """Return a text without what copying brings along unseen at its ends."""
    return Secret(str.strip(text, _UNSEEN))  # that of a Secret makes one more


def checked_value(name: str, value: str, *, blanks: bool = True) -> Secret:
    """Return a text that an environment variable, an option or a file holds, stripped; it may be empty.

    Args:
        name: what holds it, for the message.
        value: the text.
        blanks: see `text_fault`.

    Raises:
        ConfigurationError: it is in quotes, or holds control characters, or blanks where it may hold none.
    """
    text = stripped(value)
    del value
    fault = text_fault(text, blanks=blanks)
    if fault:
        raise ConfigurationError(f"{name} {fault}")
    return text


def from_environment(variable: str, *, argument: str | None = None, blanks: bool = True) -> Secret | None:
    """Return the value of an environment variable, as `checked_value` does; `None` where it is not set.

    Args:
        variable: its name.
        argument: the argument that it stands for, for the message.
        blanks: see `text_fault`.

    Raises:
        ConfigurationError: see `checked_value`.
    """
    value = conceal(os.environ.get(variable))
    name = f"{argument} (from {variable})" if argument else variable
    return checked_value(name, value, blanks=blanks) if isinstance(value, Secret) else None


def checked_text(name: str, value: Secret | Unusable | None, *, env: str | None = None) -> Secret:
    """Return a credential that can be sent as it is: printable ASCII, stripped, 8 KiB at most.

    Args:
        name: the argument.
        value: what the caller handed in; code may have a reason for quotes or blanks within it.
        env: the environment variable that is read where nothing was handed in.

    Raises:
        ConfigurationError: the value breaks a rule; the message names the argument and the rule, never the value.
    """
    if value is None and env is not None:
        value = from_environment(env, argument=name, blanks=False)
        name = f"{name} (from {env})" if value is not None else name
    if value is None:
        where = f": pass it, or set the environment variable {env}" if env else ""
        raise ConfigurationError(f"{name} is missing{where}")
    if isinstance(value, Unusable):
        raise ConfigurationError(f"{name} must be a str, not {value.type_name}")
    value = stripped(value)
    if not value:
        raise ConfigurationError(f"{name} is empty")
    if not (value.isascii() and value.isprintable()):
        raise ConfigurationError(f"{name} may hold printable ASCII characters only, and no line break")
    if len(value) > MAX_TEXT_BYTES:
        raise ConfigurationError(f"{name} is longer than {MAX_TEXT_BYTES} bytes")
    return value


def is_sendable(token: str) -> bool:
    """Return whether a header can carry a token as it is: httpx would quote any other in its error."""
    return bool(token) and token.isascii() and token.isprintable() and token == str.strip(token)


def checked_number(
    name: str, value: object, *, most: int = MAX_SECONDS, of: str = "seconds", may_be_zero: bool = False
) -> float:
    """Return a number, such as a duration in seconds, above 0 and not above `most`; or 0, where it may be that.

    Raises:
        ConfigurationError: it is no such number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(f"{name} must be a number of {of}, not {type(value).__name__}")
    if not 0 <= value <= most or (value == 0 and not may_be_zero):
        raise ConfigurationError(f"{name} must be {'0 or more' if may_be_zero else 'above 0'} and at most {most} {of}")
    return float(value)


def checked_count(name: str, value: object) -> int:
    """Return a whole number from 0 to `MAX_COUNT`.

    Raises:
        ConfigurationError: it is no such number.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{name} must be a whole number, not {type(value).__name__}")
    if not 0 <= value <= MAX_COUNT:
        raise ConfigurationError(f"{name} must be 0 to {MAX_COUNT}")
    return value


def checked_day_end(day_ends: Secret | Unusable | None) -> str:
    """Return when a trading day ends: `HH:MM`, a clock time in India; else `TORUS_DAY_ENDS`, else midnight.

    Raises:
        ConfigurationError: it is no such time.
    """
    name = "day_ends"
    if day_ends is None:
        name, day_ends = f"{name} (from {DAY_ENDS_ENV})", from_environment(DAY_ENDS_ENV, argument=name) or None
    if day_ends is None:
        return MIDNIGHT
    text = checked_text(name, day_ends)
    if not re.fullmatch(_CLOCK_TIME, text):
        raise ConfigurationError(f"{name} must be a clock time in India, 00:00 to 23:59")
    return str(text)


def checked_flag(name: str, value: object) -> bool:
    """Return a bool.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def checked_file(name: str, value: Secret | Unusable | None) -> str:
    """Return the path of a file that can be read.

    Raises:
        ConfigurationError: there is no such file, or it cannot be read.
    """
    if not isinstance(value, Secret):
        raise ConfigurationError(f"{name} must be a path, not {getattr(value, 'type_name', None)}")
    fault = file_fault(value)
    if fault:
        raise ConfigurationError(f"{name} cannot be read: {fault}")
    return str(value)


def file_fault(path: str) -> str | None:
    """Return why a file cannot be read, or `None`."""
    try:
        with open(path, "rb"):  # noqa: PTH123 - a Path would be one more thing that shows it
            return None
    except (OSError, ValueError) as exc:
        return getattr(exc, "strerror", None) or "it is no path"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return a question with the known name that is nearest to a given one, or nothing where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed where something is wrong

    names = {each.lower(): each for each in known}
    return "".join(f"; did you mean {names[each]}?" for each in get_close_matches(given.lower(), names, 1))
