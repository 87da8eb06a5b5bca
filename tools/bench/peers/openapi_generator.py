"""The client that OpenAPI Generator makes of the same spec; `make bench` generates it."""

from __future__ import annotations

import os

from torus_openapi_generator import ApiClient, Configuration, GenerateSessionRequest, SessionApi

BASE_URL, API_KEY, API_SECRET = (os.environ[f"TORUS_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))


def connect() -> SessionApi:
    """Return the API with its pool of connections."""
    return SessionApi(ApiClient(Configuration(host=BASE_URL)))


def login(api: SessionApi, request_token: str) -> str:
    """Return the access token."""
    api.api_client.configuration.api_key["RequestToken"] = request_token
    request = GenerateSessionRequest(api_key=API_KEY, api_secret=API_SECRET)
    return str(api.generate_session(request, _request_timeout=10).access_token)


if __name__ == "__main__":
    print(login(connect(), os.environ["TORUS_REQUEST_TOKEN"]))
