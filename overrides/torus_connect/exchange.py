"""The calls without their I/O: credentials and request token, or code, in, a wire request out; reply in, session out.

The request is built by the code that the spec generated; what the generated code cannot do is done here: the `Token`
header, and reading a reply that is not what the spec hopes for. The generated models are not used: loading attrs, with
which they are made, takes longer than all else on the way of a call. A test holds the bytes to be theirs.
"""

from __future__ import annotations

import json

from torus_connect_api.api.session import generate_session

from . import errors
from ._version import __version__
from .checks import is_sendable
from .reply import MAX_REPLY_BYTES, Reply
from .secret import Secret, conceal, half_built_too
from .session import Session

TYPE_CHECKING = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Any

    from .settings import Settings

TOKEN_HEADER = "Token"  # noqa: S105 - the header's name
"""The header that carries the request token, bare: the security scheme `RequestToken` of the spec."""

_SHARED = "shared"
"""The key of the connections that the calls of all users go over, where the caller prefers that."""
_ACCESS_TOKEN = generate_session.RESPONSE_200_FIELDS["access_token"]
# `http.HTTPStatus` has names for these, and takes as long to load as all of this SDK.
_OK, _REDIRECTION, _CLIENT_ERROR, _SERVER_ERROR, _UNAVAILABLE = 200, 300, 400, 500, 503
_REFUSALS: dict[int, type[errors.APIStatusError]] = {
    400: errors.BadRequest,
    401: errors.AuthenticationFailed,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    422: errors.BadRequest,
    429: errors.RateLimited,
}


class _Fields:
    """A body in the place of a generated model: the same fields, by the names that the spec gives them."""

    __slots__ = ("_values", "_wire_names")

    def __init__(self, wire_names: dict[str, str], **values: Secret) -> None:
        self._wire_names = wire_names
        self._values = values

    def to_dict(self) -> dict[str, str]:
        """Return the body; each field that the spec requires must have a value."""
        return {wire_name: self._values[name] for name, wire_name in self._wire_names.items()}


class WireRequest:
    """A request, ready for an engine; `repr` shows nothing of credentials and body, which hold the secrets.

    Attributes:
        content: the body as text; it is sent as UTF-8.
        headers: those that hold no secret; the same object in all requests that are made of one another.
        credentials: the headers that hold one.
        connection_key: whose requests may go over the same connection: those with an equal key, and none with `None`,
            for which a connection is made and closed. It must not show a secret.
    """

    __slots__ = ("connection_key", "content", "credentials", "headers", "method", "url")

    def __init__(  # noqa: PLR0913 - what a request has
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: Secret,
        credentials: dict[str, Secret],
        *,
        connection_key: Hashable = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.content = content
        self.credentials = credentials
        self.connection_key = connection_key

    def with_credentials(self, credentials: dict[str, Secret]) -> WireRequest:
        """Return the same request with the credentials of a user."""
        return WireRequest(
            self.method, self.url, self.headers, self.content, credentials, connection_key=self.connection_key
        )

    @half_built_too
    def __repr__(self) -> str:
        return f"<WireRequest {self.method} {self.url}>"


def session_request(settings: Settings, request_token: Secret) -> WireRequest:
    """Return the request of the operation `generateSession` for one user."""
    common = settings.session_request or _session_request_of_all(settings)
    if settings.api_secret:  # else it comes from the environment, which may change
        settings.session_request = common
    return common.with_credentials({TOKEN_HEADER: request_token})


def _session_request_of_all(settings: Settings) -> WireRequest:
    # The generated functions that send would also parse the reply, and lose what they cannot parse. The one that
    # builds the request is private there; the generator is pinned, and a test holds this to the spec.
    fields = _Fields(generate_session.BODY_FIELDS, api_key=settings.api_key, api_secret=settings.needed_secret())
    built = generate_session._get_kwargs(body=fields)  # type: ignore[arg-type]  # noqa: SLF001
    return _wire_request(built, settings, settings.base_url)


def totp_request(settings: Settings, totp: Secret) -> WireRequest:
    """Return the request of the operation `generateSessionWithTotp` for one user: no secret, no `Token` header."""
    from torus_connect_api.api.session import generate_session_with_totp  # noqa: PLC0415 - the rarer of the two

    fields = _Fields(generate_session_with_totp.BODY_FIELDS, api_key=settings.api_key, totp=totp)
    built = generate_session_with_totp._get_kwargs(body=fields)  # type: ignore[arg-type]  # noqa: SLF001 - as above
    return _wire_request(built, settings, settings.totp_base_url)


def _wire_request(built: dict[str, Any], settings: Settings, base_url: str) -> WireRequest:
    content = Secret(json.dumps(built["json"]))  # ASCII: as many bytes as characters
    headers = {
        **built["headers"],
        "Accept": "application/json",
        # Compression saves nothing on a reply this small, and what is not asked for need not be unpacked.
        "Accept-Encoding": "identity",
        "User-Agent": f"torus-connect/{__version__}",
        "Content-Length": str(len(content)),
    }
    key = _SHARED if settings.share_connections else None
    return WireRequest(built["method"].upper(), base_url + built["url"], headers, content, {}, connection_key=key)


def session_from(
    reply: Reply, base_url: str, *, origins: tuple[str, ...] | None = None, day_ends: str | None = None
) -> Session:
    """Return the session that a reply from a base URL holds; for the rest, see `Session`.

    Raises:
        MalformedReply: the reply is a success, and no access token can be read from it.
        APIStatusError: the service answered with another status; the subclass says which.
    """
    access_token = _access_token(reply)
    if not access_token:
        raise _failure(reply)
    return Session(access_token, base_url=base_url, origins=origins, day_ends=day_ends)


def _access_token(reply: Reply) -> Secret | None:
    """Return the access token where there is one that an `Authorization` header can carry."""
    body = reply.json_object() if reply.status_code == _OK and not reply.truncated else None
    token = conceal((body or {}).get(_ACCESS_TOKEN))
    return token if isinstance(token, Secret) and is_sendable(token) else None


def _failure(reply: Reply) -> errors.TorusError:
    status = reply.status_code
    answered = f"The service answered {status}"
    if reply.truncated:
        return errors.MalformedReply(f"{answered}, with more than {MAX_REPLY_BYTES} bytes", reply=reply)
    if status == _OK:
        return errors.MalformedReply(f"{answered}, without a usable access token", reply=reply)
    if status < _REDIRECTION:
        return errors.MalformedReply(f"{answered}, where this call knows 200 only", reply=reply)
    if status < _CLIENT_ERROR:
        return errors.RedirectRefused(f"{answered}, a redirect, which was not followed", reply=reply)
    if status < _SERVER_ERROR:
        return _REFUSALS.get(status, errors.APIStatusError)(answered, reply=reply)
    # A status of 600 and above is none; RFC 9110, section 15, says to take it for a 5xx.
    unavailable = errors.ServiceUnavailable(answered, reply=reply)
    if status == _UNAVAILABLE and unavailable.retry_after is not None:
        return unavailable
    return errors.ServerError(answered, reply=reply)
