"""The client that `make sdk` generates, without the SDK around it.

It has no place for the request token but the client: each user needs one of his own.
"""

from __future__ import annotations

import os

from httpx import Timeout

from torus_connect_api.api.session import generate_session
from torus_connect_api.client import AuthenticatedClient
from torus_connect_api.models.generate_session_request import GenerateSessionRequest
from torus_connect_api.models.generate_session_response import GenerateSessionResponse

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> dict[str, AuthenticatedClient]:
    """Return the client of the user who was last, by his request token."""
    return {}


def login(clients: dict[str, AuthenticatedClient], request_token: str) -> str:
    """Return the access token."""
    if request_token not in clients:
        clients.clear()
        clients[request_token] = AuthenticatedClient(
            base_url=BASE_URL, timeout=Timeout(10), token=request_token, prefix="", auth_header_name="Token"
        )
    body = GenerateSessionRequest(api_key=API_KEY, api_secret=API_SECRET)
    reply = generate_session.sync(client=clients[request_token], body=body)
    if not isinstance(reply, GenerateSessionResponse):
        raise SystemExit("the service refused")
    return reply.access_token


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
