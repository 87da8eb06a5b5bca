"""What a reply holds: Shareholding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Shareholding(ReplyModel):
    """Who holds a company, in per cent, at the end of a quarter. Inferred: Each property may be missing or null, and
    there may be further ones. In per cent, at the end of a quarter. That DIIMFPer contains insurancePer and
    mutualFundsPer.

    Attributes:
        period: 202406 in the sample. Inferred: That it is a year and a month, not a count.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "period": "yearlyRecordCount",
        "promoters_per": "promotersPer",
        "fii_per": "FIIPer",
        "diimf_per": "DIIMFPer",
        "insurance_per": "insurancePer",
        "mutual_funds_per": "mutualFundsPer",
        "others_per": "othersPer",
        "total_shares": "totalShares",
    }

    period: int | None = None
    promoters_per: Decimal | None = None
    fii_per: Decimal | None = None
    diimf_per: Decimal | None = None
    insurance_per: Decimal | None = None
    mutual_funds_per: Decimal | None = None
    others_per: Decimal | None = None
    total_shares: int | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.period = read.integer(get("yearlyRecordCount"))
        self.promoters_per = read.decimal(get("promotersPer"))
        self.fii_per = read.decimal(get("FIIPer"))
        self.diimf_per = read.decimal(get("DIIMFPer"))
        self.insurance_per = read.decimal(get("insurancePer"))
        self.mutual_funds_per = read.decimal(get("mutualFundsPer"))
        self.others_per = read.decimal(get("othersPer"))
        self.total_shares = read.integer(get("totalShares"))
        return self
