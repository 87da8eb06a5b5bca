"""The forms in which a secret may show up, and whether one of them is in a text."""

from __future__ import annotations

import base64
import html
import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

PART = 6
"""Characters of a secret that are too many to be shown."""
TELLING = 24
"""Characters that tell a secret, and that no encoding breaks into lines."""

Form = Callable[[str], Iterator[bytes]]


def _base64(secret: str, *, urlsafe: bool) -> Iterator[bytes]:
    """Yield the part of the encoded text that does not depend on what stands around the secret."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    for before in range(3):
        raw = b"\0" * before + secret.encode()
        whole = encode(raw[: len(raw) // 3 * 3])
        yield whole[4:] if before else whole


def _written(write: Callable[[str], str]) -> Form:
    def form(secret: str) -> Iterator[bytes]:
        yield write(secret).encode()

    return form


FORMS: dict[str, Form] = {
    "as it is": _written(str),
    "repr": _written(lambda secret: repr(secret)[1:-1]),
    "repr of repr": _written(lambda secret: repr(repr(secret))[2:-2]),
    "repr of bytes": _written(lambda secret: repr(secret.encode())[2:-1]),
    "JSON": _written(lambda secret: json.dumps(secret)[1:-1]),
    "JSON in JSON": _written(lambda secret: json.dumps(json.dumps(secret))[3:-3]),
    "JSON, every character escaped": _written(lambda secret: "".join(f"\\u{ord(each):04x}" for each in secret)),
    "base64": lambda secret: _base64(secret, urlsafe=False),
    "base64, URL-safe": lambda secret: _base64(secret, urlsafe=True),
    "URL-encoded": _written(lambda secret: quote(secret, safe="")),
    "URL-encoded, slashes kept": _written(quote),
    "URL-encoded, as in a form": _written(quote_plus),
    "URL-encoded, every character": _written(lambda secret: "".join(f"%{ord(each):02x}" for each in secret)),
    "hex": _written(lambda secret: secret.encode().hex()),
    "HTML": _written(html.escape),
    "shell": _written(lambda secret: shlex.quote(f"{secret} ")[1:-2]),
    "UTF-16": lambda secret: iter([secret.encode("utf-16-le"), secret.encode("utf-16-be")]),
    "reversed": _written(lambda secret: secret[::-1]),
}


class Scanner:
    """Finds secrets in texts, in any form and in any case, whole or its telling part.

    Args:
        secrets: what to look for, by name. Each begins with a telling part of letters and digits.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._needles: dict[bytes, tuple[str, str]] = {}
        for form, write in FORMS.items():
            for name, secret in secrets.items():
                for needle in (*write(_telling_part(secret)[:TELLING]), *write(secret)):
                    self._needles.setdefault(needle.lower(), (name, form))
        self._parts = {
            part[start : start + PART]: name
            for name, secret in secrets.items()
            for part in (_telling_part(secret),)
            for start in range(len(part) - PART + 1)
        }
        self._known: dict[str, frozenset[tuple[str, str]]] = {}

    def find(self, text: str | bytes | bytearray) -> frozenset[tuple[str, str]]:
        """Return what is found: the names of the secrets, each with its form."""
        if isinstance(text, bytes | bytearray):
            return self._find(bytes(text))
        if text not in self._known:  # the same few words are looked at again and again
            self._known[text] = self._find(text.encode("utf-8", "surrogatepass"))
        return self._known[text]

    def parts(self, text: str) -> set[str]:
        """Return the names of the secrets of which any part is in a text."""
        return {name for part, name in self._parts.items() if part in text}

    def _find(self, raw: bytes) -> frozenset[tuple[str, str]]:
        low = raw.lower()
        return frozenset(found for needle, found in self._needles.items() if needle in low)


def _telling_part(secret: str) -> str:
    end = next((index for index, each in enumerate(secret) if not each.isalnum()), len(secret))
    assert end >= 16, "a shorter one may be found by chance"
    return secret[:end]
