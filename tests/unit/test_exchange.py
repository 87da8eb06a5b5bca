"""The request is the spec's, by way of the generated code, with the token where it belongs."""

from __future__ import annotations

import json

from torus_connect import __version__
from torus_connect.exchange import WireRequest, session_request
from torus_connect.secret import Secret
from torus_connect.settings import Settings


def request() -> WireRequest:
    settings = Settings(
        api_key=Secret("the-key"),
        api_secret=Secret("the-secret"),
        base_url="https://host/api/v1",
    )
    return session_request(settings, Secret("the-token"))


def test_the_request() -> None:
    built = request()
    assert (built.method, built.url) == ("POST", "https://host/api/v1/session/generate")
    assert built.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"torus-connect/{__version__}",
        "Token": "the-token",
    }
    assert json.loads(built.content) == {"API_KEY": "the-key", "API_SECRET": "the-secret"}


def test_it_shows_nothing() -> None:
    assert repr(request()) == "<WireRequest POST https://host/api/v1/session/generate>"
    assert not hasattr(request(), "__dict__")
    assert "the-token" not in repr(request().headers)
