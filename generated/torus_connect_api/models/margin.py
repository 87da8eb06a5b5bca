"""What a reply holds: Margin."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Margin(ReplyModel):
    """What an order would need, in rupees. Inferred: Each property may be missing or null, and there may be further
    ones. The unit.

    Attributes:
        shortfall: What is missing.
        var_elm_margin: The documentation calls it the variation margin. Inferred: That it is value at risk and
            extreme loss margin.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "shortfall": "INSFFBALNC",
        "var_elm_margin": "VARELMMARGIN",
        "available_balance": "AVAILBALANCE",
        "brokerage": "BROKERAGE",
        "total_margin": "TOTMARGIN",
        "exposure_margin": "EXPOMARGIN",
        "span_margin": "SPANMARGIN",
        "broker_brokerage": "BROKER_BROKERAGE",
        "levies_brokerage": "LEVIES_BROKERAGE",
        "other_brokerage": "OTHER_BROKERAGE",
    }

    shortfall: Decimal | None = None
    var_elm_margin: Decimal | None = None
    available_balance: Decimal | None = None
    brokerage: Decimal | None = None
    total_margin: Decimal | None = None
    exposure_margin: Decimal | None = None
    span_margin: Decimal | None = None
    broker_brokerage: Decimal | None = None
    levies_brokerage: Decimal | None = None
    other_brokerage: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.shortfall = read.decimal(get("INSFFBALNC"))
        self.var_elm_margin = read.decimal(get("VARELMMARGIN"))
        self.available_balance = read.decimal(get("AVAILBALANCE"))
        self.brokerage = read.decimal(get("BROKERAGE"))
        self.total_margin = read.decimal(get("TOTMARGIN"))
        self.exposure_margin = read.decimal(get("EXPOMARGIN"))
        self.span_margin = read.decimal(get("SPANMARGIN"))
        self.broker_brokerage = read.decimal(get("BROKER_BROKERAGE"))
        self.levies_brokerage = read.decimal(get("LEVIES_BROKERAGE"))
        self.other_brokerage = read.decimal(get("OTHER_BROKERAGE"))
        return self
