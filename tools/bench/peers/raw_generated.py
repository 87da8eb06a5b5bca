"""The client that `make sdk` generates, without the SDK around it.

It has no place for the request token but the client: each user needs one of their own.
"""

from __future__ import annotations

import os

from torus_connect_api import StandaloneClient
from torus_connect_api.api.session import generate_session
from torus_connect_api.models import GenerateSessionRequest

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> dict[str, StandaloneClient]:
    """Return the client of the user who was last, by their request token."""
    return {}


def login(clients: dict[str, StandaloneClient], request_token: str) -> str:
    """Return the access token."""
    if request_token not in clients:
        clients.clear()
        clients[request_token] = StandaloneClient({"RequestToken": request_token}, server=BASE_URL)
    body = GenerateSessionRequest(api_key=API_KEY, api_secret=API_SECRET)
    return generate_session.sync(client=clients[request_token], body=body).access_token


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
