"""A floor of typed rows with exact numbers: as `holdings_objects`, and each number of the JSON is a `Decimal`."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from account_httpx import connect, posted
from holdings_objects import Row, fields

if TYPE_CHECKING:
    import httpx

__all__ = ["call", "connect"]


def call(client: httpx.Client, _: str) -> int:
    """Return how many rows were read."""
    content = posted(client, "/holdings/", {"source": "N"}).content
    found = json.loads(content, parse_float=Decimal, parse_int=Decimal)["data"]
    return len([fields(row) for row in [Row(**data) for data in found]])
