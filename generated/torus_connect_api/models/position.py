"""What a reply holds: Position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Position(ReplyModel):
    """A net position in one security. Inferred: Each property may be missing or null, and there may be further ones.
    Quantities and amounts may have a fraction, where the sample has whole numbers.

    Attributes:
        client_id: The client.
        security_id: The token of the exchange for the security.
        opt_type: The option type; NA where there is none.
        expiry_date: The year 1 where there is none.
        net_qty: Negative where more was sold than bought.
        net_avg: Its sign is not to be relied on. Inferred: That advice, from the sample.
        net_val: Its sign is not to be relied on. Inferred: That advice, from the sample.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "symbol": "symbol",
        "display_name": "display_name",
        "instrument": "instrument",
        "client_id": "client_id",
        "exchange": "exchange",
        "segment": "segment",
        "security_id": "security_id",
        "isin": "isin",
        "product": "product",
        "series": "series",
        "opt_type": "opt_type",
        "expiry_date": "expiry_date",
        "exchange_inst_name": "exchange_inst_name",
        "cross_cur_flag": "cross_cur_flag",
        "mkt_type": "mkt_type",
        "net_qty": "net_qty",
        "sell_avg": "sell_avg",
        "buy_avg": "buy_avg",
        "net_avg": "net_avg",
        "gross_qty": "gross_qty",
        "gross_val": "gross_val",
        "net_val": "net_val",
        "realised_profit": "realised_profit",
        "mtm": "mtm",
        "last_traded_price": "last_traded_price",
        "cost_price": "cost_price",
        "lot_size": "lot_size",
        "strike_price": "strike_price",
        "comm_multiplier": "comm_multiplier",
        "rbi_reference_rate": "rbi_reference_rate",
        "tot_buy_qty": "tot_buy_qty",
        "tot_buy_qty_cf": "tot_buy_qty_cf",
        "tot_buy_qty_day": "tot_buy_qty_day",
        "tot_buy_val": "tot_buy_val",
        "tot_buy_val_cf": "tot_buy_val_cf",
        "tot_buy_val_day": "tot_buy_val_day",
        "tot_sell_qty": "tot_sell_qty",
        "tot_sell_qty_cf": "tot_sell_qty_cf",
        "tot_sell_qty_day": "tot_sell_qty_day",
        "tot_sell_val": "tot_sell_val",
        "tot_sell_val_cf": "tot_sell_val_cf",
        "tot_sell_val_day": "tot_sell_val_day",
    }

    symbol: str | None = None
    display_name: str | None = None
    instrument: str | None = None
    client_id: str | None = attrs.field(default=None, repr=False)
    exchange: str | None = None
    segment: str | None = None
    security_id: str | None = None
    isin: str | None = None
    product: str | None = None
    series: str | None = None
    opt_type: str | None = None
    expiry_date: dt.date | None = None
    exchange_inst_name: str | None = None
    cross_cur_flag: str | None = None
    mkt_type: str | None = None
    net_qty: Decimal | None = None
    sell_avg: Decimal | None = None
    buy_avg: Decimal | None = None
    net_avg: Decimal | None = None
    gross_qty: Decimal | None = None
    gross_val: Decimal | None = None
    net_val: Decimal | None = None
    realised_profit: Decimal | None = None
    mtm: Decimal | None = None
    last_traded_price: Decimal | None = None
    cost_price: Decimal | None = None
    lot_size: Decimal | None = None
    strike_price: Decimal | None = None
    comm_multiplier: Decimal | None = None
    rbi_reference_rate: Decimal | None = None
    tot_buy_qty: Decimal | None = None
    tot_buy_qty_cf: Decimal | None = None
    tot_buy_qty_day: Decimal | None = None
    tot_buy_val: Decimal | None = None
    tot_buy_val_cf: Decimal | None = None
    tot_buy_val_day: Decimal | None = None
    tot_sell_qty: Decimal | None = None
    tot_sell_qty_cf: Decimal | None = None
    tot_sell_qty_day: Decimal | None = None
    tot_sell_val: Decimal | None = None
    tot_sell_val_cf: Decimal | None = None
    tot_sell_val_day: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.symbol = read.text(get("symbol"))
        self.display_name = read.text(get("display_name"))
        self.instrument = read.text(get("instrument"))
        self.client_id = read.text(get("client_id"))
        self.exchange = read.text(get("exchange"))
        self.segment = read.text(get("segment"))
        self.security_id = read.identifier(get("security_id"))
        self.isin = read.text(get("isin"))
        self.product = read.text(get("product"))
        self.series = read.text(get("series"))
        self.opt_type = read.text(get("opt_type"))
        self.expiry_date = read.india_date(get("expiry_date"))
        self.exchange_inst_name = read.text(get("exchange_inst_name"))
        self.cross_cur_flag = read.text(get("cross_cur_flag"))
        self.mkt_type = read.text(get("mkt_type"))
        self.net_qty = read.decimal(get("net_qty"))
        self.sell_avg = read.decimal(get("sell_avg"))
        self.buy_avg = read.decimal(get("buy_avg"))
        self.net_avg = read.decimal(get("net_avg"))
        self.gross_qty = read.decimal(get("gross_qty"))
        self.gross_val = read.decimal(get("gross_val"))
        self.net_val = read.decimal(get("net_val"))
        self.realised_profit = read.decimal(get("realised_profit"))
        self.mtm = read.decimal(get("mtm"))
        self.last_traded_price = read.decimal(get("last_traded_price"))
        self.cost_price = read.decimal(get("cost_price"))
        self.lot_size = read.decimal(get("lot_size"))
        self.strike_price = read.decimal(get("strike_price"))
        self.comm_multiplier = read.decimal(get("comm_multiplier"))
        self.rbi_reference_rate = read.decimal(get("rbi_reference_rate"))
        self.tot_buy_qty = read.decimal(get("tot_buy_qty"))
        self.tot_buy_qty_cf = read.decimal(get("tot_buy_qty_cf"))
        self.tot_buy_qty_day = read.decimal(get("tot_buy_qty_day"))
        self.tot_buy_val = read.decimal(get("tot_buy_val"))
        self.tot_buy_val_cf = read.decimal(get("tot_buy_val_cf"))
        self.tot_buy_val_day = read.decimal(get("tot_buy_val_day"))
        self.tot_sell_qty = read.decimal(get("tot_sell_qty"))
        self.tot_sell_qty_cf = read.decimal(get("tot_sell_qty_cf"))
        self.tot_sell_qty_day = read.decimal(get("tot_sell_qty_day"))
        self.tot_sell_val = read.decimal(get("tot_sell_val"))
        self.tot_sell_val_cf = read.decimal(get("tot_sell_val_cf"))
        self.tot_sell_val_day = read.decimal(get("tot_sell_val_day"))
        return self
