"""Which credentials of a caller a call carries, in which headers."""

from __future__ import annotations

import pytest

from torus_connect import ConfigurationError, Secret, Session
from torus_connect._credentials.credentials import NO_CREDENTIALS, Credentials
from torus_connect_api.client import Operation

BOTH = ("AccessToken", "RequestToken")


def test_a_text_and_a_session_side_by_side() -> None:
    session = Session("the-access-token", base_url="https://host")
    credentials = Credentials({"RequestToken": Secret("the-request-token"), "AccessToken": session})
    operation = Operation("demo", "POST", "/", idempotent=True, security=(BOTH,))
    headers = credentials.headers(credentials.choose(operation), session)
    assert headers == {"Authorization": "Bearer the-access-token", "Token": "the-request-token"}


def test_what_is_missing() -> None:
    operation = Operation("demo", "POST", "/", idempotent=True, security=(BOTH, ("RequestToken",)))
    wanted = "demo needs the credential AccessToken and RequestToken or RequestToken: pass it to with_credentials"
    with pytest.raises(ConfigurationError, match=f"^{wanted}, "):
        NO_CREDENTIALS.choose(operation)
