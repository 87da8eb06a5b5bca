"""The generated client, for whoever wants to call the generated functions himself."""

from __future__ import annotations

import httpx

from torus_connect_api import AuthenticatedClient

from .checks import checked_request_token, checked_seconds
from .exchange import TOKEN_HEADER
from .network import Network
from .secret import conceal
from .settings import (
    DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_TIMEOUT,
    checked_base_url,
)


def generated_client(
    *, request_token: str, base_url: str | None = None, timeout: float = DEFAULT_TIMEOUT
) -> AuthenticatedClient:
    """Return a client of the generated package with the request token of one user in its `Token` header.

        from torus_connect_api.api.session import generate_session

        with generated_client(request_token=request_token) as client:
            reply = generate_session.sync_detailed(client=client, body=body)

    It is the generated client as it is: its errors are those of httpx, a `repr` of its models shows what they hold,
    and `with_headers` changes every copy of it. Make a new one for each user. `TorusConnect` has none of these traps.

    Args:
        request_token: the request token of the user's login.
        base_url: where the API is; else `TORUS_BASE_URL`, else the production server of the spec.
        timeout: seconds for each read and write, 3600 at most; connecting may take 5 of them.

    Raises:
        ConfigurationError: an argument is malformed.
    """
    token, url = conceal(request_token), conceal(base_url)
    del request_token, base_url  # no frame of an error may hold them in the open
    seconds = checked_seconds("timeout", timeout)
    where = checked_base_url(url)
    network = Network(where)
    return AuthenticatedClient(
        base_url=where,
        token=checked_request_token(token),
        prefix="",
        auth_header_name=TOKEN_HEADER,
        timeout=httpx.Timeout(seconds, connect=min(seconds, DEFAULT_CONNECT_TIMEOUT)),
        follow_redirects=False,
        verify_ssl=network.tls_context(),
        # Left to itself, httpx would send what goes to a loopback address through the environment's proxy, in the open.
        httpx_args={"trust_env": False, "proxy": network.proxy},
    )
