"""The end URL, where a login leads: registered by whoever starts the sandbox, and always on this machine."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from torus_connect._config.urls import is_loopback

END_PATH = "/_sandbox/end"
"""The sandbox's own page, where no other is registered."""


class EndURL:
    """Where a login leads.

    Args:
        url: `http://` or `https://`, a loopback host, and any path and query; without it, the sandbox's own page.

    Attributes:
        form_action: what the policy of a page must allow for its forms to lead there.

    Raises:
        ValueError: it is no such URL. The message does not repeat it.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = END_PATH
        self.form_action: str = "'self'"
        if url is None:
            return
        try:
            parts = urlsplit(url)
            fits = parts.scheme in ("http", "https") and is_loopback(parts.hostname or "") and parts.port != 0
        except ValueError:
            fits = False
        if not fits or "@" in parts.netloc or "#" in url or not url.isprintable() or not url.isascii() or " " in url:
            msg = "redirect_url must be http:// or https:// and lead to a loopback address, without user or fragment"
            raise ValueError(msg)
        self._url = url if parts.path else f"{parts.scheme}://{parts.netloc}/{'?' * bool(parts.query)}{parts.query}"
        # A policy has no words for an IPv6 address.
        there = f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"
        self.form_action = f"'self' {there}"

    def carrying(self, **parameters: str) -> str:
        """Return the URL with parameters added to its query."""
        return f"{self._url}{'&' if '?' in self._url else '?'}{urlencode(parameters)}"
