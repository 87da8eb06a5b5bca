"""What goes over the wire: a generated `Request`, the credentials that its operation wants, and our own headers."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from torus_connect._config.checks import checked_text
from torus_connect._credentials.credentials import ACCESS_TOKEN
from torus_connect._version import __version__
from torus_connect.errors import ConfigurationError
from torus_connect.reply import MAX_REPLY_BYTES
from torus_connect.secret import Secret, conceal, half_built_too
from torus_connect_api.client import Operation, Request, json_ready
from torus_connect_api.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any, Literal

    Connections = Literal["own", "user", "all"]

_SALT = os.urandom(16)
_HEADERS = {
    "Accept": "application/json",
    # Compression saves little on replies this small, and what is not asked for need not be unpacked.
    "Accept-Encoding": "identity",
    "User-Agent": f"torus-connect/{__version__}",
}


class HTTPRequest:
    """An HTTP request, ready to be sent; `repr` shows nothing of credentials and body, which hold the secrets.

    Attributes:
        content: the body as text; it is sent as UTF-8.
        headers: those that hold no secret.
        credentials: the headers that hold one.
        max_reply_bytes: how much of the reply is read.
    """

    __slots__ = ("_connections", "content", "credentials", "headers", "max_reply_bytes", "method", "url")

    def __init__(  # noqa: PLR0913 - what a request has
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: Secret,
        credentials: dict[str, Secret],
        *,
        connections: Connections = "own",
        max_reply_bytes: int = MAX_REPLY_BYTES,
    ) -> None:
        self._connections = connections
        self.max_reply_bytes = max_reply_bytes
        self.method = method
        self.url = url
        self.headers = headers
        self.content = content
        self.credentials = credentials

    @property
    def connection_key(self) -> Hashable:
        """Whose requests may go over the same connection: those with an equal key, and none with `None`.

        `None` is for a request that has a connection of its own. That of a user is a digest: a pooled connection
        must not hold their access token.
        """
        if self._connections == "own":
            return None
        if self._connections == "all" or not self.credentials:
            return ()
        from hashlib import sha256  # noqa: PLC0415 - a login does without

        return sha256(_SALT + "\0".join(self.credentials.values()).encode()).digest()

    @half_built_too
    def __repr__(self) -> str:
        return f"<HTTPRequest {self.method} {self.url}>"


def http_request(request: Request[Any], base_url: str, *, share_connections: bool) -> HTTPRequest:
    """Return what is sent for a generated request, without its credentials.

    A call that spends something, such as a request token, has a connection of its own; calls with the same credentials
    share one. So no connection carries two users, unless the caller shares connections.

    Raises:
        ConfigurationError: a parameter or the body cannot be sent.
    """
    name = request.operation.id
    headers = {each: str(checked_text(f"{each} of {name}", conceal(value))) for each, value in request.headers.items()}
    headers |= _HEADERS
    content = Secret()
    if request.json is not UNSET:
        content = _encoded(request)  # ASCII: as many bytes as characters
        headers["Content-Type"], headers["Content-Length"] = "application/json", str(len(content))
    elif request.operation.method not in ("GET", "HEAD"):
        headers["Content-Length"] = "0"
    connections: Connections = "all" if share_connections else "own" if request.operation.spends else "user"
    url = base_url + request.path + (_query(request) if request.params else "")
    return HTTPRequest(
        request.operation.method,
        url,
        headers,
        content,
        {},
        connections=connections,
        max_reply_bytes=request.operation.max_reply_bytes,
    )


def _encoded(request: Request[Any]) -> Secret:
    try:
        return Secret(json.dumps(request.json, allow_nan=False))
    except (TypeError, ValueError):
        pass
    raise ConfigurationError(f"the body of {request.operation.id} cannot be written as JSON")


def _query(request: Request[Any]) -> str:
    try:
        return "?" + urlencode(request.params)
    except UnicodeEncodeError:
        pass
    raise ConfigurationError(f"the query of {request.operation.id} holds what is no text")


_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_MAX_REPLY_BYTES = 16 * 1024 * 1024
_PATH = r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@-]+)+/?"


def custom_request(
    method: str, path: str, json: object, params: Mapping[str, str | int] | None, *, idempotent: bool
) -> Request[object]:
    """Return the request of a call that the spec does not have, which takes an access token; see `Account.request`.

    Raises:
        ConfigurationError: the method or the path cannot be sent.
    """
    if method not in _METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(_METHODS)}")
    if not isinstance(path, str) or not re.fullmatch(_PATH, path):
        raise ConfigurationError(
            "path must be a path below the base URL, such as /holdings/: without scheme, host and query, for which "
            "there is params"
        )
    operation = Operation(
        "request", method, path, idempotent=idempotent, security=((ACCESS_TOKEN,),), max_reply_bytes=_MAX_REPLY_BYTES
    )
    query = [(name, str(value)) for name, value in (params or {}).items()]
    return Request(operation, path, parse=lambda data: data, params=query, json=json_ready(json))
