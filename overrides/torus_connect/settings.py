"""What the caller hands in, from arguments before the environment; all of it is checked before anything is sent."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .secret import Secret, Unusable, conceal

PRODUCTION_URL = "https://connects.torusdigital.com/api/v1"
"""The server of the spec."""
DEFAULT_TIMEOUT = 10.0
DEFAULT_CONNECT_TIMEOUT = 5.0
MAX_SECONDS = 3600
MAX_TEXT_BYTES = 8 * 1024

_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:")


class Settings:
    """The checked settings of one client.

    Raises:
        ConfigurationError: an argument or its environment variable is missing or malformed.
    """

    __slots__ = ("api_key", "api_secret", "base_url", "connect_timeout", "timeout")

    def __init__(
        self,
        *,
        api_key: Secret | Unusable | None,
        api_secret: Secret | Unusable | None,
        base_url: Secret | Unusable | None,
        timeout: object,
        connect_timeout: object,
    ) -> None:
        self.api_key = checked_text("api_key", api_key, env="TORUS_API_KEY")
        self.api_secret = checked_text("api_secret", api_secret, env="TORUS_API_SECRET")
        self.base_url = checked_base_url(base_url)
        self.timeout = checked_seconds("timeout", timeout)
        self.connect_timeout = min(self.timeout, checked_seconds("connect_timeout", connect_timeout))


def checked_request_token(request_token: Secret | Unusable | None) -> Secret:
    """Return the request token, stripped of the white space that pasting brings along.

    Raises:
        ConfigurationError: it is missing, no text, blank, too long, or holds what no header may hold.
    """
    return checked_text("request_token", request_token)


def checked_text(name: str, value: Secret | Unusable | None, *, env: str | None = None) -> Secret:
    """Return a credential that can be sent as it is: visible ASCII, stripped, 8 KiB at most.

    Raises:
        ConfigurationError: the value breaks a rule; the message names the argument and the rule, never the value.
    """
    if value is None and env is not None:
        value = conceal(os.environ.get(env))
        name = f"{name} (from {env})" if value is not None else name
    if value is None:
        where = f": pass it, or set the environment variable {env}" if env else ""
        raise ConfigurationError(f"{name} is missing{where}")
    if isinstance(value, Unusable):
        raise ConfigurationError(f"{name} must be a str, not {value.type_name}")
    value = Secret(value.strip())
    if not value:
        raise ConfigurationError(f"{name} is empty")
    if not (value.isascii() and value.isprintable()):
        raise ConfigurationError(f"{name} may hold visible ASCII characters only: no line break, control or other")
    if len(value) > MAX_TEXT_BYTES:
        raise ConfigurationError(f"{name} is longer than {MAX_TEXT_BYTES} bytes")
    return value


def checked_base_url(base_url: Secret | Unusable | None) -> str:
    """Return the base URL without a slash at the end: the argument, else `TORUS_BASE_URL`, else production.

    Raises:
        ConfigurationError: it is no URL to which a secret may be sent.
    """
    if base_url is None and not os.environ.get("TORUS_BASE_URL"):
        return PRODUCTION_URL
    url = checked_text("base_url", base_url, env="TORUS_BASE_URL")
    fault = _url_fault(url)
    if fault:
        raise ConfigurationError(f"base_url {fault}")
    return str(url).rstrip("/")


def _url_fault(url: Secret) -> str | None:
    # Returned, not raised: the frame of an exception would hold the parts, a password among them.
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no valid URL: check brackets and port"
    if parts.scheme not in ("http", "https"):
        return "must start with https://"
    if "@" in parts.netloc:
        return "may not hold credentials (user:password@)"
    if not host or port == 0 or not _HOST_CHARACTERS.issuperset(host):
        return "has no valid host and port"
    if any(mark in url for mark in "?#\\ "):
        return "may hold no query, fragment, backslash or space"
    if parts.scheme == "http" and not is_loopback(host):
        return "must be https://; http:// is for a loopback address only"
    return None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself: `localhost`, 127.0.0.0/8 or ::1."""
    from ipaddress import ip_address  # noqa: PLC0415 - only a sandbox or a test comes here

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def checked_seconds(name: str, value: object) -> float:
    """Return a duration in seconds, above 0 and at most `MAX_SECONDS`.

    Raises:
        ConfigurationError: it is no such number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 < value <= MAX_SECONDS:
        raise ConfigurationError(f"{name} must be above 0 and at most {MAX_SECONDS} seconds")
    return float(value)
