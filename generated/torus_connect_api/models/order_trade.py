"""What a reply holds: OrderTrade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class OrderTrade(ReplyModel):
    """A trade of one order. Inferred: Each property may be missing or null, and there may be further ones. Quantities
    and amounts may have a fraction, where the sample has whole numbers.

    Attributes:
        order_no: The number of the order; elsewhere it is a string.
        trade_no: The number of the trade; elsewhere it is a string.
        txn_type: B buy, S sell.
        quantity: What was traded in this fill.
        expiry_date: The year 1 where there is none.
        opt_type: The option type; XX where there is none.
        tick_size: Looks like paise: do not round by it. Inferred: That it looks like paise.
        placed_by_entity_id: Who placed it, which may be the client.
        pan_no: The permanent account number of the client.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "order_no": "order_no",
        "trade_no": "trade_no",
        "exch_order_no": "exch_order_no",
        "exch_order_time": "exch_order_time",
        "exch_trade_time": "exch_trade_time",
        "order_date_time": "order_date_time",
        "last_updated_time": "last_updated_time",
        "exchange": "exchange",
        "segment": "segment",
        "symbol": "symbol",
        "display_name": "display_name",
        "security_id": "security_id",
        "isin": "isin",
        "instrument": "instrument",
        "series": "series",
        "txn_type": "txn_type",
        "quantity": "quantity",
        "traded_price": "traded_price",
        "trade_value": "trade_value",
        "order_type": "order_type",
        "product": "product",
        "product_name": "product_name",
        "expiry_date": "expiry_date",
        "opt_type": "opt_type",
        "strike_price": "strike_price",
        "lot_size": "lot_size",
        "tick_size": "tick_size",
        "mkt_type": "mkt_type",
        "mkt_pro_flag": "mkt_pro_flag",
        "mkt_pro_value": "mkt_pro_value",
        "algo_id": "algo_id",
        "encash_flag": "encash_flag",
        "exchange_inst_name": "exchange_inst_name",
        "participant_type": "participant_type",
        "settlor": "settlor",
        "placed_by": "placed_by",
        "placed_by_entity_id": "placed_by_entity_id",
        "pan_no": "pan_no",
        "row_no": "row_no",
    }

    order_no: str | None = None
    trade_no: str | None = None
    exch_order_no: str | None = None
    exch_order_time: dt.datetime | None = None
    exch_trade_time: dt.datetime | None = None
    order_date_time: dt.datetime | None = None
    last_updated_time: dt.datetime | None = None
    exchange: str | None = None
    segment: str | None = None
    symbol: str | None = None
    display_name: str | None = None
    security_id: str | None = None
    isin: str | None = None
    instrument: str | None = None
    series: str | None = None
    txn_type: str | None = None
    quantity: Decimal | None = None
    traded_price: Decimal | None = None
    trade_value: Decimal | None = None
    order_type: str | None = None
    product: str | None = None
    product_name: str | None = None
    expiry_date: dt.date | None = None
    opt_type: str | None = None
    strike_price: Decimal | None = None
    lot_size: Decimal | None = None
    tick_size: Decimal | None = None
    mkt_type: str | None = None
    mkt_pro_flag: str | None = None
    mkt_pro_value: Decimal | None = None
    algo_id: str | None = None
    encash_flag: str | None = None
    exchange_inst_name: str | None = None
    participant_type: str | None = None
    settlor: str | None = None
    placed_by: str | None = None
    placed_by_entity_id: str | None = attrs.field(default=None, repr=False)
    pan_no: str | None = attrs.field(default=None, repr=False)
    row_no: int | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.order_no = read.identifier(get("order_no"))
        self.trade_no = read.identifier(get("trade_no"))
        self.exch_order_no = read.identifier(get("exch_order_no"))
        self.exch_order_time = read.india_datetime(get("exch_order_time"))
        self.exch_trade_time = read.india_datetime(get("exch_trade_time"))
        self.order_date_time = read.india_datetime(get("order_date_time"))
        self.last_updated_time = read.india_datetime(get("last_updated_time"))
        self.exchange = read.text(get("exchange"))
        self.segment = read.text(get("segment"))
        self.symbol = read.text(get("symbol"))
        self.display_name = read.text(get("display_name"))
        self.security_id = read.identifier(get("security_id"))
        self.isin = read.text(get("isin"))
        self.instrument = read.text(get("instrument"))
        self.series = read.text(get("series"))
        self.txn_type = read.text(get("txn_type"))
        self.quantity = read.decimal(get("quantity"))
        self.traded_price = read.decimal(get("traded_price"))
        self.trade_value = read.decimal(get("trade_value"))
        self.order_type = read.text(get("order_type"))
        self.product = read.text(get("product"))
        self.product_name = read.text(get("product_name"))
        self.expiry_date = read.india_date(get("expiry_date"))
        self.opt_type = read.text(get("opt_type"))
        self.strike_price = read.decimal(get("strike_price"))
        self.lot_size = read.decimal(get("lot_size"))
        self.tick_size = read.decimal(get("tick_size"))
        self.mkt_type = read.text(get("mkt_type"))
        self.mkt_pro_flag = read.text(get("mkt_pro_flag"))
        self.mkt_pro_value = read.decimal(get("mkt_pro_value"))
        self.algo_id = read.identifier(get("algo_id"))
        self.encash_flag = read.text(get("encash_flag"))
        self.exchange_inst_name = read.text(get("exchange_inst_name"))
        self.participant_type = read.text(get("participant_type"))
        self.settlor = read.text(get("settlor"))
        self.placed_by = read.text(get("placed_by"))
        self.placed_by_entity_id = read.text(get("placed_by_entity_id"))
        self.pan_no = read.text(get("pan_no"))
        self.row_no = read.integer(get("row_no"))
        return self
