"""By hand, with httpx."""

from __future__ import annotations

import os

import httpx

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> httpx.Client:
    """Return a client, which keeps its connections alive."""
    return httpx.Client(timeout=10)


def login(client: httpx.Client, request_token: str) -> str:
    """Return the access token."""
    reply = client.post(
        f"{BASE_URL}/session/generate",
        json={"API_KEY": API_KEY, "API_SECRET": API_SECRET},
        headers={"Token": request_token},
    )
    reply.raise_for_status()
    return str(reply.json()["AccessToken"])


if __name__ == "__main__":
    with connect() as client:
        print(login(client, os.environ["TORUS_REQUEST_TOKEN"]))
