"""What comes in at the port where a login ends, without I/O: which request decides, and what each is answered.

Anybody on this machine, and any page that is open in a browser, can send something here. What decides is one
navigation of a browser to the right path, by a name of this machine, with a request token or an error in its query; or
the fragment that the page served there hands over. Everything else is answered and forgotten.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from torus_connect._config.urls import is_loopback
from torus_connect.secret import Secret

from .pages import answer
from .redirect import LoginFault, read_redirect

MAX_BYTES = 16 * 1024
"""The most that the head of a request may have, and its body."""

_DONE = (
    "The login came back. The program that waited for it goes on, and says whether you are logged in. "
    "You can close this page."
)
_FAILED = "The login failed. You can close this page, and start again."
_OVER = "This login is over. You can close this page."
_MISSING = "This address came without a request token."
_PASTE = (
    "Nobody took it from here: copy the address of this page, and paste it to whatever waits for the login, "
    "as `torus-connect login --paste` asks for it."
)
_SHOWN = r"[A-Za-z0-9/._~%:\[\]-]{1,100}"


class BrowserRequest(NamedTuple):
    """A request as it came; `repr` shows nothing. A header that came more than once is empty."""

    method: str
    path: str
    query: Secret
    headers: dict[str, str]

    def __repr__(self) -> str:
        return f"<BrowserRequest {self.method}>"

    @property
    def body_length(self) -> int:
        """The length of the body; over the limit where the head does not say it."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isdecimal() and len(length) <= len(str(MAX_BYTES)) else MAX_BYTES + 1


def parsed(head: bytes) -> BrowserRequest | None:
    """Return the request with this head, up to and with its empty line; `None` where it is no HTTP/1."""
    line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = line.split(" ")
    if len(words) != 3 or not words[1].startswith("/") or not words[2].startswith("HTTP/1."):  # noqa: PLR2004
        return None
    headers: dict[str, str] = {}
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon or not name or name != name.strip():
            return None
        headers[name.lower()] = "" if name.lower() in headers else value.strip()
    path, _, query = words[1].partition("?")
    return BrowserRequest(words[0], path, Secret(query), headers)


class CallbackHandler:
    """Decides once.

    Attributes:
        result: the request token or what was wrong with the redirect, as soon as one request has decided.
        elsewhere: the last login that came to another path, or for another host, in words; empty where none did.
    """

    def __init__(self, path: str) -> None:
        self.result: Secret | LoginFault | None = None
        self.elsewhere: str = ""
        self._path = path

    def refusal(self, request: BrowserRequest) -> bytes | None:
        """Return the answer to what cannot decide, whatever its body; `None` where it can."""
        host = request.headers.get("host", "")
        if not _is_this_machine(host):
            return self._elsewhere(request, 400, "This is not the host that was asked for.", "for the host", host)
        if request.path != self._path:
            return self._elsewhere(request, 404, "There is nothing here.", "to the path", request.path)
        if request.method not in ("GET", "POST"):
            return answer(405, "Only GET and POST.", has_body=request.method != "HEAD")
        return _handing_over_refused(request) if request.method == "POST" else _going_there_refused(request)

    def _elsewhere(self, request: BrowserRequest, status: int, sentence: str, where: str, name: str) -> bytes:
        """Return the answer to what came to the wrong place, and note where if it is a login."""
        found = read_redirect(Secret(f"?{request.query}"))
        if found is not LoginFault.MISSING and request.method == "GET" and not _going_there_refused(request):
            self.elsewhere = f"a login came back {where} {_shown(name, found)}"
            sentence = f"A{self.elsewhere[1:]}, and is not waited for there. {_PASTE}"
        return answer(status, sentence)

    def decide(self, request: BrowserRequest, body: bytes) -> bytes:
        """Return the answer to a request that was not refused; the first with a token or an error is the result."""
        page = request.method == "GET"
        if self.result is not None:
            return answer(410, _OVER, page=page)
        found = read_redirect(Secret(f"?{request.query}" if page else f"#{body.decode('latin-1')}"))
        if found is LoginFault.MISSING:
            return answer(200 if page else 422, _MISSING, page=page, asks=True)
        self.result = found
        failed = isinstance(found, LoginFault)
        return answer(400 if failed else 200, _FAILED if failed else _DONE, page=page)


def _shown(text: str, found: Secret | LoginFault) -> str:
    """Return a host or a path as it can be shown: it may hold anything, a token too."""
    from urllib.parse import unquote  # noqa: PLC0415 - hardly any login comes here

    has_token = isinstance(found, Secret) and found in unquote(text)
    return text if re.fullmatch(_SHOWN, text) and not has_token else "(not shown)"


def _handing_over_refused(request: BrowserRequest) -> bytes | None:
    # Only the page that is served here may hand over a fragment; a browser does not let others write this.
    if request.headers.get("origin", "").lower() != f"http://{request.headers.get('host')}".lower():
        return answer(403, "Only the page of this address may do that.")
    if request.body_length > MAX_BYTES:
        return answer(413, "That is too long, or of a length that is not stated.")
    return None


def _going_there_refused(request: BrowserRequest) -> bytes | None:
    # What a page loads or a browser fetches ahead is no login. A program that is no browser sends neither.
    if request.headers.get("sec-fetch-dest", "document") != "document" or "sec-purpose" in request.headers:
        return answer(400, "This is for the address line of a browser.")
    return None


def _is_this_machine(host: str) -> bool:
    """Return whether a `Host` names this machine, on any port: it may have been forwarded here from another."""
    # A page that had its own name resolved to 127.0.0.1 (DNS rebinding) still sends that name.
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "0"
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    return port.isdecimal() and (":" in bare) == (bare != name) and is_loopback(bare.lower())
