"""One operation of each kind of call, as the generated code describes it."""

from __future__ import annotations

from torus_connect_api.client import Operation

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
