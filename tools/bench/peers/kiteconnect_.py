"""The same step with the SDK of another broker: `generate_session` of kiteconnect, against this server."""

from __future__ import annotations

import os

from kiteconnect import KiteConnect

ROOT, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> KiteConnect:
    """Return its client."""
    return KiteConnect(API_KEY, root=ROOT.removesuffix("/api/v1"), timeout=10)


def login(client: KiteConnect, request_token: str) -> str:
    """Return the access token."""
    return str(client.generate_session(request_token, API_SECRET)["access_token"])


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
