"""By hand, with the standard library."""

from __future__ import annotations

import json
import os
import ssl
from http.client import HTTPConnection, HTTPSConnection

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> HTTPConnection:
    """Return a connection that is kept alive."""
    scheme, _, host = BASE_URL.removesuffix("/api/v1").partition("://")
    if scheme == "http":
        return HTTPConnection(host, timeout=10)
    return HTTPSConnection(host, timeout=10, context=ssl.create_default_context())


def login(connection: HTTPConnection, request_token: str) -> str:
    """Return the access token."""
    body = json.dumps({"API_KEY": API_KEY, "API_SECRET": API_SECRET})
    headers = {"Token": request_token, "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/session/generate", body, headers)
    reply = connection.getresponse()
    content = reply.read()
    if reply.status != 200:  # noqa: PLR2004 - as in a script
        raise SystemExit(f"the service answered {reply.status}")
    return str(json.loads(content)["AccessToken"])


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
