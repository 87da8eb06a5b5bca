"""What the server answers: the examples of the spec, with as many rows as an account may have."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from .roster import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCESS_TOKEN = "bench-access-token-not-real"  # noqa: S105 - what the server answers
HOLDINGS, ORDERS = 1_000, 5_000
PLACEHOLDERS = {"string": "NA", "number": 14.5, "integer": 1, "boolean": False}


def replies() -> dict[str, bytes]:
    """Return the body of each reply by the name of its file."""
    spec = json.loads((ROOT / "generated" / "torus.json").read_text(encoding="utf-8"))
    return {
        "token": _json({"AccessToken": ACCESS_TOKEN}),
        "kite-token": _json({"status": "success", "data": {"access_token": ACCESS_TOKEN, "login_time": None}}),
        "holdings": _reply(_holdings(spec)),
        "funds": _reply([_row(spec, "/funds/", "FundLimit")]),
        "book": _reply(_orders(spec)),
        "ack": _reply([{"order_no": "1121240611100"}]),
    }


def reference(number: int) -> str:
    """Return the reference of one order of the book."""
    return f"bench{number:06}"


def _holdings(spec: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Return rows that differ, as those of an account do."""
    row, draw = _row(spec, "/holdings/", "Holding"), Random(0)  # noqa: S311 - the same rows in each run
    for number in range(HOLDINGS):
        quantity, price = draw.randrange(1, 5_000), round(draw.uniform(1, 5_000), 2)
        yield row | {
            "isin_code": f"INE{number:06}017",
            "nse_symbol": f"SYMBOL{number}",
            "bse_symbol": f"SYMBOL{number}",
            "nse_security_id": str(10_000 + number),
            "bse_security_id": str(500_000 + number),
            "display_name": f"COMPANY {number} LTD",
            **dict.fromkeys(("quantity", "total_quantity", "remaining_quantity"), quantity),
            "cost_price": price,
            "last_traded_price": round(price * draw.uniform(0.5, 2), 2),
            "previous_close_price": round(price * draw.uniform(0.5, 2), 2),
        }


def _orders(spec: dict[str, Any]) -> Iterable[dict[str, Any]]:
    row = _row(spec, "/order/book", "Order") | {"status": "Traded", "txn_type": "B", "product": "C"}
    for number in range(ORDERS):
        yield row | {"order_no": str(1121240600000 + number), "leg_no": 1, "remarks": reference(number)}


def _row(spec: dict[str, Any], path: str, schema: str) -> dict[str, Any]:
    """Return the example of the spec, with something in each property that it lacks."""
    media = spec["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]
    example = next(iter(media["examples"].values()))["value"]["data"][0]
    properties = spec["components"]["schemas"][schema]["properties"]
    return {name: example.get(name, PLACEHOLDERS[each["type"]]) for name, each in properties.items()}


def _reply(rows: Iterable[dict[str, Any]]) -> bytes:
    return _json({"status": "success", "message": "Success", "data": list(rows)})


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
