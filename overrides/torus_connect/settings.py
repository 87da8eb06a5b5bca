"""What the caller hands in, from arguments before the environment; all of it is checked before anything is sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .checks import checked_count, checked_seconds, checked_text, is_loopback, url_fault
from .errors import ConfigurationError
from .network import Network

if TYPE_CHECKING:
    from .secret import Secret, Unusable

PRODUCTION_URL = "https://connects.torusdigital.com/api/v1"
"""The server of the spec."""
DEFAULT_TIMEOUT = 10.0
DEFAULT_CONNECT_TIMEOUT = 5.0
DEFAULT_TOTAL_TIMEOUT = 30.0
DEFAULT_MAX_RETRIES = 2
DEFAULT_LOGIN_TIMEOUT = 300.0
DEFAULT_LOGIN_PORT = 8788
"""Where the command line waits for the redirect; the port of the sandbox is next to it."""
DEFAULT_LOGIN_PATH = "/"
"""For somebody else's login: it may be a person at a browser."""


class Settings:
    """The checked settings of one client; `base_url` and `network` have been checked before.

    Raises:
        ConfigurationError: an argument or its environment variable is missing or malformed.
    """

    __slots__ = (
        "api_key",
        "api_secret",
        "base_url",
        "connect_timeout",
        "max_retries",
        "network",
        "timeout",
        "total_timeout",
    )

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        api_key: Secret | Unusable | None,
        api_secret: Secret | Unusable | None,
        base_url: str = PRODUCTION_URL,
        network: Network | None = None,
        timeout: object = DEFAULT_TIMEOUT,
        connect_timeout: object = DEFAULT_CONNECT_TIMEOUT,
        total_timeout: object = DEFAULT_TOTAL_TIMEOUT,
        max_retries: object = DEFAULT_MAX_RETRIES,
    ) -> None:
        self.api_key = checked_text("api_key", api_key, env="TORUS_API_KEY")
        self.api_secret = checked_text("api_secret", api_secret, env="TORUS_API_SECRET")
        self.base_url = base_url
        self.network = network or Network(base_url)
        self.timeout = checked_seconds("timeout", timeout)
        self.connect_timeout = checked_seconds("connect_timeout", connect_timeout)
        self.total_timeout = checked_seconds("total_timeout", total_timeout)
        self.max_retries = checked_count("max_retries", max_retries)


def checked_base_url(base_url: Secret | Unusable | None) -> str:
    """Return the base URL without a slash at the end: the argument, else `TORUS_BASE_URL`, else production.

    Raises:
        ConfigurationError: it is no URL to which a secret may be sent.
    """
    if base_url is None and not os.environ.get("TORUS_BASE_URL"):
        return PRODUCTION_URL
    name = "base_url" if base_url is not None else "base_url (from TORUS_BASE_URL)"
    url = checked_text("base_url", base_url, env="TORUS_BASE_URL")
    fault = url_fault(url) or _plain_text_fault(url)
    if fault:
        raise ConfigurationError(f"{name} {fault}")
    scheme, rest = url.split("://", 1)
    return f"{scheme.lower()}://{rest.rstrip('/')}"


def _plain_text_fault(url: Secret) -> str | None:
    parts = urlsplit(url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return None
    return "must be https://; http:// is for a loopback address only"
