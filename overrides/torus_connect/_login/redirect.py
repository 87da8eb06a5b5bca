"""The login in the browser, without I/O: where it begins, and how the redirect at its end is read.

The service documents that the final URL includes a `REQUEST_TOKEN`, and nothing more. That it is a parameter of query
or fragment, and what a redirect after a failure looks like, is inferred; so both are read, whatever the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum

from torus_connect._config.checks import MAX_TEXT_BYTES, checked_text, checked_value
from torus_connect.errors import ConfigurationError, LoginFailed
from torus_connect.secret import Secret, Unusable, conceal

LOGIN_PATH = "/connect/login/"
"""Where the login begins; the API key is the segment behind it. Documented."""

_TOKEN_NAME = "requesttoken"  # noqa: S105 - a name
_NO_ERROR = ("", "0", "false", "none", "null")

# What comes along when a text is copied: no request token begins or ends with it, and none holds what nobody sees.
_QUOTES = "\"'`<>()[]{}|\\\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u300c\u300d"
_BLANKS = " \t\r\n\v\f"
_UNSEEN = {
    **dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((0x2028, 0x2029), "\n"),
    **dict.fromkeys((0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))),
    0xFEFF: None,
}
_PUNCTUATION = ".,;:!?*"  # a sentence goes on behind an address, or ends with it
_VALUE = rf"[^&#\s{re.escape(_QUOTES)}]*"
_PARAMETER = rf"(?:^|[?&#])(?:amp;)?([^=&#?/\s{re.escape(_QUOTES)}]*)=({_VALUE})(?=[&#]|(.?))"
_JSON_MEMBER = r"(?i:(request[_-]?token)[\"']\s*:\s*[\"']([^\"']*))()"
# A browser may hide the scheme, or a person copy the end of an address only. A request token may hold any of these
# characters, so it takes more than one of them to tell: the tokens of the conformance vectors are tokens.
_HOST = r"(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f:.]+\]|(?:[^\x00-,./:-`{-\x7f]+\.)+[a-z]{2,24})"
_ADDRESS = "|".join(
    (
        r"://|^[A-Za-z][A-Za-z0-9+.-]*:/",
        r"(?i:request(?:[_-]|%5f|%2d)?token[\"']?\s*[=:])",
        r"(?i:(?:^|[?&#])(?:error\w*|status|state|code|message)=)",
        r"[?#][\w.%-]+=",
        r"^[?#]|^/[^?#]*[?#]|^/[a-z._/-]*$",
        rf"^{_HOST}(?::\d{{1,5}})?[/?#]|^{_HOST}:\d{{1,5}}$",
        r"\sHTTP/\d",  # a line of a log
    )
)
_NOT_BARE = {
    _ADDRESS: "and not the URL that it came in: extract_request_token reads it there",
    "(?i:^bearer )": "without `Bearer`",
    r"(?i:^(token|authorization)\s*:)": "without the name of a header",
}


class LoginFault(Enum):
    """What is wrong with a redirect, in words that repeat nothing of it."""

    REFUSED = "The login failed: the redirect carries an error"
    AMBIGUOUS = "The redirect carries two different request tokens"
    UNUSABLE = "The redirect carries a request token that no header can carry"
    MISSING = "The redirect carries no request token"


def login_url(base_url: str, api_key: str) -> str:
    """Return the URL of the login of one merchant's users, at the host of a checked base URL."""
    from urllib.parse import quote, urlsplit  # noqa: PLC0415 - it takes 5 ms to load

    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{LOGIN_PATH}{quote(api_key, safe='')}"


def extract_request_token(url_or_token: str) -> Secret:
    """Return the request token of the URL that a login ends at.

    Args:
        url_or_token: the whole URL, or from anywhere before its `?` or `#` to its end, or the bare request token;
            quotes, brackets and blanks around it, and the line of a log that it stands in, do not count. The URL may
            hold any characters, as a web framework shows it; the request token may not. The name is read in any case,
            with `_`, `-` or nothing between its words. A `+` stays a `+`: tokens hold no spaces, and not everybody
            escapes it. A blank, a quote or a bracket ends a token in a URL, unless it is escaped.

    Returns:
        The request token, as `generate_session` takes it.

    Raises:
        LoginFailed: the URL carries an error, no request token, or two different ones.
        ConfigurationError: it is no text, empty, of several lines, over 8 KiB, or neither an address nor a request
            token.
    """
    given = conceal(url_or_token)
    del url_or_token  # no frame of an error may hold it in the open
    return request_token_of("url_or_token", given)


def request_token_of(name: str, given: Secret | Unusable | None) -> Secret:
    """Return the request token of what was given under a name, a URL or the bare token; see `extract_request_token`."""
    if not isinstance(given, Secret):
        given = checked_text(name, given)  # which says what it is
    if len(given) > MAX_TEXT_BYTES:
        raise ConfigurationError(f"{name} is longer than {MAX_TEXT_BYTES} bytes")
    text = _unwrapped(given)
    if not text:
        raise ConfigurationError(f"{name} is empty")
    checked_value(name, text.replace("\t", " "))  # a line of a log may have tabs
    if not re.search(_ADDRESS, text):
        return bare(checked_text("request_token", text))
    found = read_redirect(text)
    if isinstance(found, LoginFault):
        raise LoginFailed(found.value)
    return found


def bare(token: Secret) -> Secret:
    """Return a request token that `checked_text` has passed.

    Raises:
        ConfigurationError: it is not bare: a URL, or in quotes.
    """
    for pattern, rule in _NOT_BARE.items():
        if re.search(pattern, token):
            raise ConfigurationError(f"request_token must be bare, {rule}")
    if _unwrapped(token) != token:
        raise ConfigurationError("request_token must be bare, without quotes or brackets around it")
    return token


def read_redirect(url: Secret) -> Secret | LoginFault:
    """Return the request token that a URL carries, or what is wrong with it."""
    # Returned, not raised: the frame of an exception would hold the parts of the URL.
    tokens = set()
    for name, value in _parameters(url):
        if (name.startswith("error") and value.lower() not in _NO_ERROR) or (name, value) == ("status", "error"):
            return LoginFault.REFUSED
        if name == _TOKEN_NAME and value:
            tokens.add(_unwrapped(value))
    if len(tokens) > 1:
        return LoginFault.AMBIGUOUS
    with suppress(ConfigurationError):
        return bare(checked_text("request_token", tokens.pop())) if tokens else LoginFault.MISSING
    return LoginFault.UNUSABLE


def _parameters(url: Secret) -> Iterator[tuple[str, Secret]]:
    """Yield the parameters of query and fragment, as a page may have either, or its own paths behind the #."""
    from urllib.parse import unquote  # noqa: PLC0415 - it takes 5 ms to load

    for found in re.finditer(f"{_PARAMETER}|{_JSON_MEMBER}", url):
        name, value, behind = found.group(1, 2, 3) if found[2] is not None else found.group(4, 5, 6)
        written = value if behind is None else value.rstrip(_PUNCTUATION)
        yield re.sub("[_-]", "", unquote(name)).lower(), Secret(unquote(written))


def _unwrapped(text: Secret) -> Secret:
    """Return a text without the blanks, quotes and brackets around it, what stands behind these, and what is unseen."""
    seen = text.translate(_UNSEEN).lstrip(_QUOTES + _BLANKS)
    end = len(seen.rstrip(_QUOTES + _BLANKS + _PUNCTUATION))
    return Secret(seen[: len(seen) - len(seen[end:].lstrip(_PUNCTUATION))])
