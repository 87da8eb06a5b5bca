"""This SDK."""

from __future__ import annotations

import os

from torus_connect import TorusConnect


def connect() -> TorusConnect:
    """Return a client; the timeout is that of the others, for the whole call."""
    return TorusConnect()


def login(client: TorusConnect, request_token: str) -> str:
    """Return the access token."""
    return client.generate_session(request_token).access_token


if __name__ == "__main__":
    with connect() as client:
        print(login(client, os.environ["TORUS_REQUEST_TOKEN"]))
