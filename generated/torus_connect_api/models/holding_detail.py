"""What a reply holds: HoldingDetail."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class HoldingDetail(ReplyModel):
    """Details of one holding, all of them strings; NA where there is none. Inferred: Each property may be missing or
    null, and there may be further ones.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "nse_symbol": "NSE_Symbol",
        "bse_symbol": "BSE_Symbol",
        "nse_script_code": "Nse_Script_Code",
        "bse_script_code": "BSE_Script_Code",
        "nse_series": "NSE_Series",
        "bse_series": "BSE_Series",
        "sum_of_holding_qty": "Sum_Of_Holding_Qty",
        "utilized_qty": "Utilized_Qty",
        "remaining_qty": "Remaining_Qty",
        "cost_price": "COST_PRICE",
    }

    nse_symbol: str | None = None
    bse_symbol: str | None = None
    nse_script_code: str | None = None
    bse_script_code: str | None = None
    nse_series: str | None = None
    bse_series: str | None = None
    sum_of_holding_qty: Decimal | None = None
    utilized_qty: Decimal | None = None
    remaining_qty: Decimal | None = None
    cost_price: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.nse_symbol = read.text(get("NSE_Symbol"))
        self.bse_symbol = read.text(get("BSE_Symbol"))
        self.nse_script_code = read.identifier(get("Nse_Script_Code"))
        self.bse_script_code = read.identifier(get("BSE_Script_Code"))
        self.nse_series = read.text(get("NSE_Series"))
        self.bse_series = read.text(get("BSE_Series"))
        self.sum_of_holding_qty = read.decimal(get("Sum_Of_Holding_Qty"))
        self.utilized_qty = read.decimal(get("Utilized_Qty"))
        self.remaining_qty = read.decimal(get("Remaining_Qty"))
        self.cost_price = read.decimal(get("COST_PRICE"))
        return self
