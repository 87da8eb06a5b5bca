"""What the caller hands in, from arguments before the environment; all of it is checked before anything is sent."""

from __future__ import annotations

from functools import lru_cache

from torus_connect.secret import Secret, Unusable
from torus_connect_api.client import SECURITY_SCHEMES, Operation
from torus_connect_api.document import SERVERS

from .checks import checked_count, checked_day_end, checked_flag, checked_number, checked_text, from_environment
from .urls import checked_url, origin_of

PRODUCTION_URL = SERVERS[0]
"""The server of the spec."""
TOTP_URL = "https://oapi-cug.torusdigital.com/api/v1"
"""The server of the spec for `generateSessionWithTotp`; whether production has that call, too, is not known."""
DEFAULT_TIMEOUT = 10.0
DEFAULT_CONNECT_TIMEOUT = 5.0
DEFAULT_TOTAL_TIMEOUT = 30.0
DEFAULT_MAX_RETRIES = 2
DEFAULT_LOGIN_TIMEOUT = 300.0
"""Seconds to wait for a login that another caller has begun: it may be a person at a browser."""
DEFAULT_LOGIN_PORT = 8788
"""Where the command line waits for the redirect; the port of the sandbox is next to it."""
DEFAULT_LOGIN_PATH = "/"
DEFAULT_LOGIN_URL = f"http://127.0.0.1:{DEFAULT_LOGIN_PORT}{DEFAULT_LOGIN_PATH}"
"""The redirect URL to register for that; the command `torus-connect sandbox` leads there."""


class Settings:
    """The checked settings of one client; the base URLs have been checked before.

    Attributes:
        api_key_source: where the API key came from; messages name it instead of the key.

    Raises:
        ConfigurationError: an argument or its environment variable is malformed, or the API key is missing.
    """

    def __init__(  # noqa: PLR0913 - keyword-only
        self,
        *,
        api_key: Secret | Unusable | None,
        api_secret: Secret | Unusable | None,
        base_url: str = PRODUCTION_URL,
        totp_base_url: str = TOTP_URL,
        account_base_url: str | None = None,
        day_ends: Secret | Unusable | None = None,
        timeout: object = DEFAULT_TIMEOUT,
        connect_timeout: object = DEFAULT_CONNECT_TIMEOUT,
        total_timeout: object = DEFAULT_TOTAL_TIMEOUT,
        max_retries: object = DEFAULT_MAX_RETRIES,
        share_connections: object = False,
    ) -> None:
        self.api_key = checked_text("api_key", api_key, env="TORUS_API_KEY")
        self.api_key_source = "TORUS_API_KEY" if api_key is None else "the argument api_key"
        has_secret = api_secret is not None or from_environment("TORUS_API_SECRET") is not None
        self.api_secret = checked_text("api_secret", api_secret, env="TORUS_API_SECRET") if has_secret else None
        self.base_url = base_url
        self.totp_base_url = totp_base_url
        self.account_base_url = account_base_url
        self.day_ends = checked_day_end(day_ends)
        self.timeout = checked_number("timeout", timeout)
        self.connect_timeout = checked_number("connect_timeout", connect_timeout)
        self.total_timeout = checked_number("total_timeout", total_timeout)
        self.max_retries = checked_count("max_retries", max_retries)
        self.share_connections = checked_flag("share_connections", share_connections)

    def origins(self, base_url: str) -> tuple[str, ...]:
        """Return to which origins an access token may go that is issued at a checked base URL."""
        issued = origins_of(base_url)
        added = self.account_base_url and origin_of(self.account_base_url)
        return (*issued, added) if added and added not in issued else issued

    def base_url_of(self, operation: Operation) -> str:
        """Return where an operation is called: at its server of the spec, unless the client has another base URL."""
        server = operation.servers[0]
        if self.account_base_url and is_account_call(operation):
            return self.account_base_url
        if server == TOTP_URL:
            return self.totp_base_url
        return server if self.base_url == PRODUCTION_URL else self.base_url

    def needed_secret(self) -> Secret:
        """Return the API secret, for the call that needs it: a client for codes alone has none.

        Raises:
            ConfigurationError: it is missing.
        """
        return self.api_secret or checked_text("api_secret", None, env="TORUS_API_SECRET")


def checked_base_url(base_url: Secret | Unusable | None) -> str:
    """Return the base URL, in its one spelling: the argument, else `TORUS_BASE_URL`, else production.

    Raises:
        ConfigurationError: it is no URL to which a secret may be sent.
    """
    return _checked_url("base_url", base_url, env="TORUS_BASE_URL") or PRODUCTION_URL


def checked_totp_base_url(totp_base_url: Secret | Unusable | None, base_url: str) -> str:
    """Return the base URL of `generateSessionWithTotp`: the argument, else `TORUS_TOTP_BASE_URL`.

    Where neither is given, it follows from the checked `base_url` of the other call: from production, the server that
    the spec has for this call; from anywhere else, the same.

    Raises:
        ConfigurationError: it is no URL to which a secret may be sent.
    """
    given = _checked_url("totp_base_url", totp_base_url, env="TORUS_TOTP_BASE_URL")
    return given or (TOTP_URL if base_url == PRODUCTION_URL else base_url)


def is_account_call(operation: Operation) -> bool:
    """Return whether an operation takes an access token."""
    return any(SECURITY_SCHEMES[name].type == "http" for schemes in operation.security for name in schemes)


def checked_account_base_url(account_base_url: Secret | Unusable | None) -> str | None:
    """Return where account calls may go, too: the argument, else `TORUS_ACCOUNT_BASE_URL`, else `None`.

    Raises:
        ConfigurationError: it is no URL to which a secret may be sent.
    """
    return _checked_url("account_base_url", account_base_url, env="TORUS_ACCOUNT_BASE_URL")


@lru_cache(maxsize=32)
def origins_of(base_url: str) -> tuple[str, ...]:
    """Return to which origins an access token may go that was issued at a checked base URL.

    That is the origin of the base URL. The service documents account calls at one server, and the session with a code
    at another one: that a token of the latter is good at the former is inferred, and goes in this direction only.
    """
    origin = origin_of(base_url)
    return (origin, origin_of(PRODUCTION_URL)) if origin == origin_of(TOTP_URL) else (origin,)


def _checked_url(name: str, value: Secret | Unusable | None, *, env: str) -> str | None:
    if value is None:
        name, value = f"{name} (from {env})", from_environment(env, argument=name) or None
    return None if value is None else checked_url(name, checked_text(name, value))
