"""The two calls that give a session: the generated operations, with the credentials of the client filled in.

The generated readers of the access token are used, not the models: loading attrs takes longer than all else of a call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torus_connect._config.checks import checked_text, is_sendable
from torus_connect._credentials.credentials import Credentials
from torus_connect._credentials.session import Session
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret
from torus_connect_api.api.session import generate_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from torus_connect._config.settings import Settings
    from torus_connect.secret import Unusable
    from torus_connect_api.client import Request


REQUEST_TOKEN = "RequestToken"  # noqa: S105 - a name
"""The security scheme of the spec for the request token."""


def request_token_credentials(request_token: Secret | Unusable | None) -> Credentials:
    """Return the request token as the credentials of `session_request`.

    Raises:
        ConfigurationError: it is missing, or no bare request token.
    """
    token = checked_text("request_token", request_token)
    if not re.fullmatch(r"[A-Za-z0-9._~+-]+=*", token):  # it may be the URL that holds it
        from torus_connect._login.redirect import bare  # noqa: PLC0415 - hardly any comes here

        token = bare(token)
    return Credentials({REQUEST_TOKEN: token})


def session_request(settings: Settings) -> Request[Session]:
    """Return the request of the operation `generateSession`; the request token is a credential of its own.

    Raises:
        ConfigurationError: the client was made without an API secret.
    """
    body = generate_session.json_body(api_key=settings.api_key, api_secret=settings.needed_secret())
    return _giving_session(settings, generate_session.request(body=body), generate_session.read_access_token)


def totp_request(settings: Settings, totp: Secret | Unusable | None) -> Request[Session]:
    """Return the request of the operation `generateSessionWithTotp`: no API secret, no request token.

    Args:
        settings: of the client.
        totp: the code of an authenticator app; some show it with blanks in it.

    Raises:
        ConfigurationError: the code is missing, or not 6 to 8 digits.
    """
    from torus_connect_api.api.session import generate_session_with_totp  # noqa: PLC0415 - the rarer of the two

    code = Secret(checked_text("totp", totp).replace(" ", ""))
    if not re.fullmatch(r"[0-9]{6,8}", code):
        raise ConfigurationError("totp must be 6 to 8 digits")
    body = generate_session_with_totp.json_body(api_key=settings.api_key, totp=code)
    request, read = generate_session_with_totp.request(body=body), generate_session_with_totp.read_access_token
    return _giving_session(settings, request, read)


def _giving_session(settings: Settings, request: Request[Any], read: Callable[[object], Secret]) -> Request[Session]:
    base_url = settings.base_url_of(request.operation)

    def session(data: object) -> Session:
        access_token = read(data)
        if not is_sendable(access_token):
            raise ValueError("no header can carry the access token")
        return Session(access_token, base_url=base_url, origins=settings.origins(base_url), day_ends=settings.day_ends)

    return request.read_by(session)
