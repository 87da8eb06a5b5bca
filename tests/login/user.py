"""A user at a login of the sandbox, without a browser: fills in the forms as they are served."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType
from typing import Self

import httpx

from torus_connect.sandbox import Sandbox

USER = "demo.user@example.com"


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "input" and named.get("type") == "hidden":
            self.fields[named["name"] or ""] = named["value"] or ""


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page."""
    form = _Form()
    form.feed(page)
    return form.fields


class User:
    """Someone with a browser of his own: its cookies, and the page that he looks at."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.http = httpx.Client(base_url=sandbox.origin, verify=False)
        self.page = httpx.Response(204)
        self._sandbox = sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.http.close()

    def begin(self) -> None:
        self._look(self.http.get(self._sandbox.login_url))

    def submit(self, **fields: str) -> str:
        """Fill in the form of the page; return where that leads to, if to another host or the end page."""
        sent = {**hidden_fields(self.page.text), **fields}
        return self._look(self.http.post(self.page.request.url, data=sent))

    def log_in(self, user: str = USER) -> str:
        """Do it all; return the end URL."""
        self.begin()
        self.submit(user=user)
        return self.submit(otp=self._sandbox.one_time_password(user) or "")

    def _look(self, reply: httpx.Response) -> str:
        while reply.has_redirect_location:
            target = reply.headers["Location"]
            if not target.startswith(("/_sandbox/sso", "/connect")):
                return str(target)
            reply = self.http.get(target)
        self.page = reply
        return ""
