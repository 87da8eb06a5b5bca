"""By hand, with pyreqwest."""

from __future__ import annotations

import os
from datetime import timedelta

from pyreqwest.client import SyncClient, SyncClientBuilder

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> SyncClient:
    """Return a client, which keeps its connections alive."""
    return SyncClientBuilder().timeout(timedelta(seconds=10)).error_for_status(enable=True).build()


def login(client: SyncClient, request_token: str) -> str:
    """Return the access token."""
    request = client.post(f"{BASE_URL}/session/generate").header("Token", request_token)
    reply = request.body_json({"API_KEY": API_KEY, "API_SECRET": API_SECRET}).build().send()
    return str(reply.json()["AccessToken"])


if __name__ == "__main__":
    with connect() as client:
        print(login(client, os.environ["TORUS_REQUEST_TOKEN"]))
