"""One operation of each kind of call, as the generated code describes it."""

from __future__ import annotations

import pytest

from torus_connect_api.client import SECURITY_SCHEMES, Operation, SecurityScheme

ACCESS_TOKEN = SecurityScheme("AccessToken", "http", "Authorization", "Bearer ")

SESSION = Operation(
    "aSession",
    "POST",
    "/session",
    idempotent=False,
    security=(("RequestToken",),),
    spends="request token",
    renew="log in",
)
READ = Operation("aRead", "POST", "/read", idempotent=True, security=(("AccessToken",),))
ORDER = Operation(
    "anOrder", "POST", "/order", idempotent=False, security=(("AccessToken",),), unknown_if_present=("order_no",)
)
PUBLIC = Operation("aPublicRead", "GET", "/public", idempotent=True)


def know_access_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the document have the security scheme of account calls."""
    monkeypatch.setitem(SECURITY_SCHEMES, ACCESS_TOKEN.name, ACCESS_TOKEN)
