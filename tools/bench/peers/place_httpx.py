"""By hand, with httpx: place an order, which is written down nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from account_httpx import connect, posted

if TYPE_CHECKING:
    import httpx

__all__ = ["call", "connect"]
ORDER = {
    "txn_type": "B",
    "exchange": "NSE",
    "segment": "E",
    "product": "I",
    "security_id": "14366",
    "quantity": "10",
    "price": "14.50",
    "validity": "DAY",
    "order_type": "LMT",
    "disc_quantity": "0",
    "trigger_price": "0.00",
    "off_mkt_flag": "false",
    "mkt_type": "NL",
    "group_id": "1",
}


def call(client: httpx.Client, _: str) -> str:
    """Return the number of the order."""
    order = ORDER | {"remarks": uuid4().hex[:20]}
    reply = posted(client, "/order/entry", {"source": "M", "data": order}).json()
    if reply["status"] != "success":
        raise SystemExit(reply["message"])
    return str(reply["data"][0]["order_no"])
