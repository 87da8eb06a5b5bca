"""What a reply holds: Index."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Index(ReplyModel):
    """An index of an exchange. Inferred: Each property may be missing or null, and there may be further ones."""

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "code": "code",
        "exchange": "exchange",
        "name": "name",
        "price": "price",
        "price_change": "priceChange",
        "change_percent": "changePercent",
    }

    code: int | None = None
    exchange: str | None = None
    name: str | None = None
    price: Decimal | None = None
    price_change: Decimal | None = None
    change_percent: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.code = read.integer(get("code"))
        self.exchange = read.text(get("exchange"))
        self.name = read.text(get("name"))
        self.price = read.decimal(get("price"))
        self.price_change = read.decimal(get("priceChange"))
        self.change_percent = read.decimal(get("changePercent"))
        return self
