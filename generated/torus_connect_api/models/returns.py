"""What a reply holds: Returns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Returns(ReplyModel):
    """Returns of a company as reported. The documentation calls them predictions. Inferred: Each property may be
    missing or null, and there may be further ones. In per cent.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "one_month": "1monthReturns",
        "six_months": "6monthReturns",
        "one_year": "1yearReturns",
        "three_years": "3yearReturns",
    }

    one_month: Decimal | None = None
    six_months: Decimal | None = None
    one_year: Decimal | None = None
    three_years: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.one_month = read.decimal(get("1monthReturns"))
        self.six_months = read.decimal(get("6monthReturns"))
        self.one_year = read.decimal(get("1yearReturns"))
        self.three_years = read.decimal(get("3yearReturns"))
        return self
