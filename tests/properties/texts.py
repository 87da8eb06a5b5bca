"""Values as a caller might hand them in: from the harmless to what somebody made on purpose."""

from __future__ import annotations

import enum
import re
import string
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NoReturn

from hypothesis import strategies as st

import torus_connect

VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))

plain_texts = st.text(VISIBLE, min_size=1, max_size=64)
"""What may be sent as it is."""

_PIECES = (
    *("\r\nX-Injected: 1", "\r\nToken: other", "\r\n\r\nPOST /other HTTP/1.1\r\n\r\n", "\n", "\r", "\0", "\t", "\x0b"),
    *("\x1b[31m", "\x1c", "\x7f", "\x80", "\x85", "\xa0", "\xad", "\xff", "\u200b", "\u202e", "\u2028", "\u2029"),
    *("\ufeff", "\uff0f", "\uff05", "\u3002", "\u0130", "\u212a", "\U0001f600", "\ud800", "\udcff", "\udfff"),
    *("%0d%0a", "%00", "%2e%2e", "%zz", "%", "..", "/../", "//", "\\", "@", "#", "?", "&", ":", ";", ",", "[", "]"),
    *("[::1%25lo]", "{}", "{0}", "%s", "%(value)s", "${HOME}", "$(id)", '"', "'", "`", "<", ">", "|", " ", "=", "~"),
)
nasty_texts = st.one_of(
    st.text(st.characters()),
    st.lists(st.sampled_from(_PIECES) | plain_texts, max_size=6).map("".join),
    st.builds(lambda text, piece, end: text + piece + end, plain_texts, st.sampled_from(_PIECES), plain_texts),
    st.builds(
        lambda text, before, after: before + text + after, plain_texts, *[st.text(string.whitespace, max_size=3)] * 2
    ),
    st.builds(lambda text, size: (text * size)[:size], plain_texts, st.integers(8_000, 9_000)),
)

numbers = st.one_of(
    st.integers(),
    st.integers(-2, 12),
    st.floats(),
    st.floats(0, 3601),
    st.booleans(),
    st.sampled_from([10**400, -(10**400), 0, 3600, 3601, 5e-324, float("nan"), float("inf"), 1j]),
    st.decimals(),
    st.fractions(),
)
others = st.one_of(
    st.none(),
    numbers,
    st.binary(max_size=64),
    st.binary(max_size=16).map(bytearray),
    st.builds(object),
    st.lists(st.text(max_size=8), max_size=3),
    st.tuples(st.text(max_size=8)),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    st.sampled_from([Path("/tmp"), PurePosixPath("a/b"), PureWindowsPath("c:\\x"), str, len, Ellipsis]),
)
"""What is no text."""


class Raising(str):
    """Text that objects to everything that is done with it."""

    __slots__ = ()

    def _object(self, *_: object, **__: object) -> NoReturn:
        raise LookupError("hands off")

    __str__ = __format__ = __len__ = __iter__ = __contains__ = __getitem__ = __add__ = _object
    strip = rstrip = lstrip = encode = split = partition = startswith = isascii = isprintable = _object


class Lying(str):
    """Text that shows itself as other text, with a header of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        return "lie\r\nX-Injected: 1"

    def strip(self, *_: object) -> str:
        return "lie\r\nX-Injected: 1"

    isascii = isprintable = lambda _: True
    __len__ = lambda _: 3  # noqa: E731


class Member(str, enum.Enum):  # noqa: UP042 - whose `str()` is its name and not its text, unlike that of a StrEnum
    """Text from an enumeration, as settings often hold it."""

    TOKEN = "token-of-an-enumeration"


class Pretender:
    """No text, whatever it says: `isinstance` believes it."""

    @property
    def __class__(self) -> Any:
        return str

    @__class__.setter
    def __class__(self, _: Any) -> None:
        raise TypeError


own_kinds_of_text = st.one_of(
    plain_texts.map(Raising), plain_texts.map(Lying), nasty_texts.map(Lying), st.sampled_from(Member)
)
anything = st.one_of(nasty_texts, nasty_texts, others, own_kinds_of_text, st.builds(Pretender))


def text_of(value: object) -> str | None:
    """Return the text that a value is, whatever it claims to be; `None` where it is none."""
    return str.__str__(value) if issubclass(type(value), str) else None


def bare(text: str) -> str:
    """Return the text without what surrounds it unseen: the only thing that may be taken away from it."""
    while text and _is_blank(text[0]):
        text = text[1:]
    while text and _is_blank(text[-1]):
        text = text[:-1]
    return text


_QUOTES = set("\"'`<>()[]{}|\\\u00ab\u00bb\u201c\u201d\u2018\u2019")


def unquoted(text: str) -> str:
    """Return a text that somebody pasted without what cannot be part of a token, and the punctuation behind a quote."""
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    while text and (_is_blank(text[0]) or text[0] in _QUOTES):
        text = text[1:]
    end = text
    while end and (_is_blank(end[-1]) or end[-1] in _QUOTES or end[-1] in ".,;:!?*"):
        end = end[:-1]
        if text[len(end)] not in ".,;:!?*":
            text = end
    return text


def with_plain_blanks(text: str) -> str:
    """Return a text with a space for each blank of another width."""
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in text)


def is_address(text: str) -> bool:
    """Return whether a text may be taken for a URL, or for a part of one."""
    pattern = r"://|^\s*([?#/]|[\w.-]+:|[\w.-]+\.[a-z]+[/?#])|[?#&][\w.%-]+=|\sHTTP/|token.*[=:]|^\s*\w+=."
    return bool(re.search(pattern, text, re.IGNORECASE))


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cf", "Zl", "Zp", "Zs")


_SOURCE = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted(Path(torus_connect.__file__).parent.rglob("*.py"))
)


def assert_unsaid(said: str, *values: object) -> None:
    """Fail where one of these values, if it is long enough to be told from other text, stands in what was said."""
    for value in values:
        text = text_of(value) or (repr(value) if type(value) in (bytes, list, tuple, dict, int, float) else "")
        if len(text) >= 6 and text not in _SOURCE:
            assert text not in said


def said_by(error: BaseException) -> str:
    """Return all that an error says of itself, and those that it came from say."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None:
        parts += [str(current), repr(current), *map(repr, current.args), *map(str, current.args)]
        current = current.__cause__ or current.__context__
    return "\n".join(parts)
