"""The login in the browser, without I/O: where it begins, and how the redirect at its end is read.

The service documents that the final URL includes a `REQUEST_TOKEN`, and nothing more. That it is a parameter of query
or fragment, and what a redirect after a failure looks like, is inferred; so both are read, whatever the case.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from .checks import checked_request_token, checked_text
from .errors import ConfigurationError, LoginFailed
from .secret import Secret, conceal

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN_PATH = "/connect/login/"
"""Where the login begins; the API key is the segment behind it. Documented."""

# A browser may hide the scheme of the address that is copied from it.
_REDIRECT = re.compile(r"^[a-z][a-z0-9+.-]*://|(?:^|[?&#])(?:request[_-]?token|error)=", re.IGNORECASE)
_TOKEN_NAME = "requesttoken"  # noqa: S105 - a name
_NO_ERROR = ("", "0", "false", "none", "null")


class LoginFault(Enum):
    """What is wrong with a redirect, in words that repeat nothing of it."""

    REFUSED = "The login failed: the redirect carries an error"
    AMBIGUOUS = "The redirect carries two different request tokens"
    UNUSABLE = "The redirect carries a request token that no header can carry"
    MISSING = "The redirect carries no request token"


def login_url(base_url: str, api_key: str) -> str:
    """Return the URL of the login of one merchant's users, at the host of a checked base URL."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{LOGIN_PATH}{quote(api_key, safe='')}"


def extract_request_token(url_or_token: str) -> Secret:
    """Return the request token of the URL that a login ends at.

    Args:
        url_or_token: the whole URL, from `https://` or from anywhere before its `?` or `#`, or the bare request token.
            The name is read in any case, with `_`, `-` or nothing between its words. A `+` stays a `+`: tokens hold no
            spaces, and not everybody escapes it.

    Returns:
        The request token, as `generate_session` takes it.

    Raises:
        LoginFailed: the URL carries an error, no request token, or two different ones.
        ConfigurationError: it is no text, empty, over 8 KiB, or holds what is no printable ASCII.
    """
    given = conceal(url_or_token)
    del url_or_token  # no frame of an error may hold it in the open
    text = checked_text("url_or_token", given)
    if not _REDIRECT.search(text):
        return checked_request_token(text)
    found = read_redirect(text)
    if isinstance(found, LoginFault):
        raise LoginFailed(found.value)
    return found


def read_redirect(url: Secret) -> Secret | LoginFault:
    """Return the request token that a URL carries, or what is wrong with it."""
    # Returned, not raised: the frame of an exception would hold the parts of the URL.
    tokens = set()
    for name, value in _parameters(url):
        if (name.startswith("error") and value.lower() not in _NO_ERROR) or (name, value) == ("status", "error"):
            return LoginFault.REFUSED
        if name == _TOKEN_NAME and value:
            tokens.add(value)
    if len(tokens) > 1:
        return LoginFault.AMBIGUOUS
    return _usable(tokens.pop()) if tokens else LoginFault.MISSING


def _usable(token: Secret) -> Secret | LoginFault:
    try:
        return checked_request_token(token)
    except ConfigurationError:
        return LoginFault.UNUSABLE


def _parameters(url: Secret) -> Iterator[tuple[str, Secret]]:
    address, _, fragment = url.partition("#")
    query = address.partition("?")[2] if "?" in address or "/" in address else address
    route, mark, rest = fragment.partition("?")
    if mark and "=" not in route:  # a page that keeps its own paths behind the #
        fragment = rest
    for pair in (*query.split("&"), *fragment.split("&")):
        name, _, value = pair.partition("=")
        yield re.sub("[_-]", "", unquote(name)).lower(), Secret(unquote(value))
