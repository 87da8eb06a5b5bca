"""The URL of a proxy, as both libraries take it: the address, and the credentials apart from it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit


def address_and_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """Return a checked proxy URL without its credentials, and these: user and password, or `None`.

    They go in apart from the address, because the libraries log that.
    """
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    address = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    return address, (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
