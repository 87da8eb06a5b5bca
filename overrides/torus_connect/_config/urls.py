"""URLs to which a secret may be sent: what is wrong with one, its one spelling, and its origin."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

_DEFAULT_PORTS = {"https": 443, "http": 80}
"""Those that a URL need not name, by scheme."""
_MAX_HOST = 253
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"


def checked_url(name: str, url: Secret) -> str:
    """Return a URL to which a secret may be sent, in its one spelling.

    Scheme and host are in lower case, the scheme's default port is left out, and there is no slash at the end. So two
    spellings of one URL are one key to a store, and one origin.

    Raises:
        ConfigurationError: a secret may not be sent there, or it is malformed.
    """
    fault = url_fault(url)
    if fault:
        raise ConfigurationError(f"{name} {fault}")
    parts = urlsplit(url)
    host = parts.netloc.lower().removesuffix(f":{_DEFAULT_PORTS[parts.scheme]}")
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def url_fault(url: Secret, *, credentials: bool = False) -> str | None:
    """Return the first rule for a URL to connect to that is broken, or `None`.

    Args:
        url: a checked text.
        credentials: whether it is that of a proxy: `user:password@` may be in it, and http:// is for any host.
    """
    # Returned, not raised: the frame of an exception would hold the parts, a password among them.
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no valid URL: check brackets and port"
    written = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    other_host = parts.netloc.rpartition("@")[2].lower() != written or port == 0 or not _is_host(host)
    broken = {
        f"must start with {'http:// or ' * credentials}https://": parts.scheme not in ("http", "https"),
        "may not hold credentials (user:password@)": "@" in parts.netloc and not credentials,
        "has no valid host and port": other_host,
        "may hold no query, fragment, backslash or space": any(mark in url for mark in "?#\\ "),
        "may hold no . and no .. in its path": not credentials and {".", ".."} & {*parts.path.split("/")},
        "must be https://; http:// is for a loopback address only": (
            not credentials and parts.scheme == "http" and not is_loopback(host)
        ),
    }
    return next((rule for rule, is_broken in broken.items() if is_broken), None)


def _is_host(host: str) -> bool:
    try:
        if ":" in host:
            return "%" not in host and bool(IPv6Address(host))
        if host.rpartition(".")[2].isdigit():
            return bool(IPv4Address(host))
        if "xn--" in host:
            import idna  # noqa: PLC0415 - httpx asks it about such names, too; hardly any URL has one

            return bool(idna.decode(host))
    except ValueError:
        return False
    return len(host) <= _MAX_HOST and bool(re.fullmatch(_HOST, host))


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself: `localhost`, 127.0.0.0/8 or ::1."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def is_address(text: str) -> bool:
    """Return whether a text is an IP address. By a return value: the frame of an exception would hold the text."""
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def address_of(url: str) -> tuple[str, int]:
    """Return host, an IPv6 address without brackets, and port of a checked URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def origin_of(url: str) -> str:
    """Return scheme, host and port of a checked URL."""
    return "/".join(url.split("/", 3)[:3])
