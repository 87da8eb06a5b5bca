"""What a reply holds: MarketStatus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class MarketStatus(ReplyModel):
    """The state of one market: an exchange, a segment and a market type. Inferred: Each property may be missing or
    null, and there may be further ones. That advice: the sample pairs OL with AUCTION.

    Attributes:
        exchange: NSE or BSE.
        segment: E, D, C, M.
        market_type: NL normal, OL odd lot, SP spot, AU auction. Match on this, not on the description.
        status: OPEN, CLOSE, PREOPEN, POSTCLOSE.
        market_type_no: The table spells it EMM_MARKET_TYPE_NO.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "exchange": "EMM_EXM_EXCH_ID",
        "segment": "EMM_EXCH_SEG",
        "market_type": "MARKET_TYPE",
        "status": "EMM_STATUS",
        "market_type_no": "EMM_MKT_TYPE_NO",
        "description": "EMM_MKT_DESCRIPTION",
    }

    exchange: str | None = None
    segment: str | None = None
    market_type: str | None = None
    status: str | None = None
    market_type_no: str | None = None
    description: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.exchange = read.text(get("EMM_EXM_EXCH_ID"))
        self.segment = read.text(get("EMM_EXCH_SEG"))
        self.market_type = read.text(get("MARKET_TYPE"))
        self.status = read.text(get("EMM_STATUS"))
        self.market_type_no = read.identifier(get("EMM_MKT_TYPE_NO"))
        self.description = read.text(get("EMM_MKT_DESCRIPTION"))
        return self
