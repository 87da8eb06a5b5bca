"""By hand, with requests."""

from __future__ import annotations

import os

import requests

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> requests.Session:
    """Return a session, which keeps its connection alive."""
    return requests.Session()


def login(session: requests.Session, request_token: str) -> str:
    """Return the access token."""
    reply = session.post(
        f"{BASE_URL}/session/generate",
        json={"API_KEY": API_KEY, "API_SECRET": API_SECRET},
        headers={"Token": request_token},
        timeout=10,
    )
    reply.raise_for_status()
    return str(reply.json()["AccessToken"])


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
