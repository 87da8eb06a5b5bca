"""The TLS context of an engine: one for all of its connections."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from torus_connect.settings import Settings


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return the context that verifies the server against httpx's roots (certifi)."""
    if settings.base_url.startswith("https:"):
        return httpx.create_ssl_context(trust_env=False)
    # Reading the roots takes longer than a call. One that trusts nobody is right where no TLS is spoken.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
