"""One operation of each kind of call, as the generated code describes it."""

from __future__ import annotations

from typing import Any

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


def copied(operation: Operation, **facts: Any) -> Operation:
    """Return an operation of which the document says something else."""
    names = [name for name in Operation.__slots__ if name not in ("id", "method", "path")]
    known = {name: getattr(operation, name) for name in names}
    return Operation(operation.id, operation.method, operation.path, **(known | facts))


_SECURITY = {"exchange": "NSE", "segment": "E", "security_id": "14366", "txn_type": "B", "mkt_type": "NL"}
_TERMS = {"product": "I", "quantity": "1", "price": "0.00", "validity": "DAY", "order_type": "MKT"}
_PLACED = {"order_no": "1121240611100", "serial_no": "1", "group_id": "1", "off_mkt_flag": "false"}


def an_order(name: str) -> dict[str, Any]:
    """Return what a call that acts on the user's money must be given, which is its `data`."""
    if name == "convert_position":
        return _SECURITY | {"quantity": 1, "product_from": "I", "product_to": "C", "user_type": "C"}
    return _SECURITY | _TERMS | ({} if name == "order_entry" else _PLACED)
