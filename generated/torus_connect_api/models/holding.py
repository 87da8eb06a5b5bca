"""What a reply holds: Holding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Holding(ReplyModel):
    """What a user holds of one security. Inferred: Each property may be missing or null, and there may be further
    ones.

    Attributes:
        isin_code: The ISIN.
        nse_security_id: The token of NSE for the security.
        bse_security_id: The scrip code of BSE.
        exchange: ALL in the sample.
        security_source_type: HLD in the sample.
        cost_price: In rupees. Inferred: The unit.
        last_traded_price: In rupees. Inferred: The unit.
        market_value: The sample has 0 here, though quantity and price are not 0: compute it instead.
        previous_close_price: (java-client)
        nse_tick_size: Looks like paise: do not round by it. Inferred: That it looks like paise.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "isin_code": "isin_code",
        "nse_symbol": "nse_symbol",
        "bse_symbol": "bse_symbol",
        "nse_security_id": "nse_security_id",
        "bse_security_id": "bse_security_id",
        "display_name": "display_name",
        "exchange": "exchange",
        "exchange_inst_name": "exchange_inst_name",
        "security_source_type": "security_source_type",
        "quantity": "quantity",
        "total_quantity": "total_quantity",
        "remaining_quantity": "remaining_quantity",
        "utilized_quantity": "utilized_quantity",
        "pledge_qty": "pledge_qty",
        "cost_price": "cost_price",
        "last_traded_price": "last_traded_price",
        "market_value": "market_value",
        "previous_close_price": "previous_close_price",
        "xirr": "xirr",
        "cagr": "cagr",
        "collateral": "collateral",
        "collateral_perc": "collateral_perc",
        "collateral_qty": "collateral_qty",
        "collateral_qty_cur": "collateral_qty_cur",
        "collateral_qty_com": "collateral_qty_com",
        "collateral_qty_drv": "collateral_qty_drv",
        "com_collateral": "com_collateral",
        "cur_collateral": "cur_collateral",
        "drv_collateral": "drv_collateral",
        "nse_tick_size": "nse_tick_size",
        "bse_tick_size": "bse_tick_size",
        "row_no": "row_no",
    }

    isin_code: str | None = None
    nse_symbol: str | None = None
    bse_symbol: str | None = None
    nse_security_id: str | None = None
    bse_security_id: str | None = None
    display_name: str | None = None
    exchange: str | None = None
    exchange_inst_name: str | None = None
    security_source_type: str | None = None
    quantity: Decimal | None = None
    total_quantity: Decimal | None = None
    remaining_quantity: Decimal | None = None
    utilized_quantity: Decimal | None = None
    pledge_qty: Decimal | None = None
    cost_price: Decimal | None = None
    last_traded_price: Decimal | None = None
    market_value: Decimal | None = None
    previous_close_price: Decimal | None = None
    xirr: Decimal | None = None
    cagr: Decimal | None = None
    collateral: Decimal | None = None
    collateral_perc: Decimal | None = None
    collateral_qty: Decimal | None = None
    collateral_qty_cur: Decimal | None = None
    collateral_qty_com: Decimal | None = None
    collateral_qty_drv: Decimal | None = None
    com_collateral: Decimal | None = None
    cur_collateral: Decimal | None = None
    drv_collateral: Decimal | None = None
    nse_tick_size: int | None = None
    bse_tick_size: int | None = None
    row_no: int | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.isin_code = read.text(get("isin_code"))
        self.nse_symbol = read.text(get("nse_symbol"))
        self.bse_symbol = read.text(get("bse_symbol"))
        self.nse_security_id = read.identifier(get("nse_security_id"))
        self.bse_security_id = read.identifier(get("bse_security_id"))
        self.display_name = read.text(get("display_name"))
        self.exchange = read.text(get("exchange"))
        self.exchange_inst_name = read.text(get("exchange_inst_name"))
        self.security_source_type = read.text(get("security_source_type"))
        self.quantity = read.decimal(get("quantity"))
        self.total_quantity = read.decimal(get("total_quantity"))
        self.remaining_quantity = read.decimal(get("remaining_quantity"))
        self.utilized_quantity = read.decimal(get("utilized_quantity"))
        self.pledge_qty = read.decimal(get("pledge_qty"))
        self.cost_price = read.decimal(get("cost_price"))
        self.last_traded_price = read.decimal(get("last_traded_price"))
        self.market_value = read.decimal(get("market_value"))
        self.previous_close_price = read.decimal(get("previous_close_price"))
        self.xirr = read.decimal(get("xirr"))
        self.cagr = read.decimal(get("cagr"))
        self.collateral = read.decimal(get("collateral"))
        self.collateral_perc = read.decimal(get("collateral_perc"))
        self.collateral_qty = read.decimal(get("collateral_qty"))
        self.collateral_qty_cur = read.decimal(get("collateral_qty_cur"))
        self.collateral_qty_com = read.decimal(get("collateral_qty_com"))
        self.collateral_qty_drv = read.decimal(get("collateral_qty_drv"))
        self.com_collateral = read.decimal(get("com_collateral"))
        self.cur_collateral = read.decimal(get("cur_collateral"))
        self.drv_collateral = read.decimal(get("drv_collateral"))
        self.nse_tick_size = read.integer(get("nse_tick_size"))
        self.bse_tick_size = read.integer(get("bse_tick_size"))
        self.row_no = read.integer(get("row_no"))
        return self
