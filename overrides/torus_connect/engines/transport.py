"""What both httpx transports are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpx

if TYPE_CHECKING:
    import ssl

    from torus_connect.network import Network
    from torus_connect.secret import Secret

MAX_CONNECTIONS = 100
"""How many calls of one client can be under way at the same time; further ones wait."""
IDLE_SECONDS = 5.0
"""An idle connection is dropped well before servers commonly drop it: a request must not meet a closing one."""


def transport_options(network: Network, context: ssl.SSLContext, *, connections: int) -> dict[str, Any]:
    """Return the arguments of `httpx.HTTPTransport` and `httpx.AsyncHTTPTransport`.

    As many connections may be idle as busy, so that a burst of logins does not connect anew for each.
    """
    return {
        "verify": context,
        "limits": httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=IDLE_SECONDS
        ),
        "trust_env": False,  # what the environment may say has been read and checked before
        "proxy": network.proxy and _proxy(network.proxy, context),
        "local_address": network.local_address,
    }


def _proxy(url: Secret, context: ssl.SSLContext) -> httpx.Proxy:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    bare = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    # Credentials go in apart from the URL, which httpcore logs.
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpx.Proxy(bare, auth=auth, ssl_context=context if parts.scheme == "https" else None)
