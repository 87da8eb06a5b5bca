"""What a reply holds: OrderDetails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class OrderDetails(ReplyModel):
    """The latest state of one order. The documentation's sample is cut; the properties marked java-client are from
    elsewhere. Inferred: Each property may be missing or null, and there may be further ones. That trigger_price may
    have a fraction: the Java client has whole numbers.

    Attributes:
        order_no: The number of the order.
        expiry_date: The year 1 where there is none.
        reason_description: Why it was refused, where it was.
        entity_id: The client.
        pan_no: The permanent account number of the client.
        status: The state of the order. No list of words is documented: take an unknown one for not final.
            (java-client)
        txn_type: B buy, S sell. (java-client)
        exchange: (java-client)
        exch_order_no: (java-client)
        exch_order_time: (java-client)
        last_updated_time: (java-client)
        display_name: (java-client)
        error_code: (java-client)
        exchange_inst_name: (java-client)
        isin: (java-client)
        mkt_type: (java-client)
        opt_type: (java-client)
        product_name: (java-client)
        series: (java-client)
        validity: (java-client)
        serial_no: (java-client)
        trigger_price: (java-client)
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "order_no": "order_no",
        "order_date_time": "order_date_time",
        "good_till_days_date": "good_till_days_date",
        "expiry_date": "expiry_date",
        "symbol": "symbol",
        "instrument": "instrument",
        "security_id": "security_id",
        "order_type": "order_type",
        "product": "product",
        "quantity": "quantity",
        "remaining_quantity": "remaining_quantity",
        "traded_quantity": "traded_quantity",
        "disc_quantity": "disc_quantity",
        "lot_size": "lot_size",
        "price": "price",
        "strike_price": "strike_price",
        "reason_description": "reason_description",
        "entity_id": "entity_id",
        "pan_no": "pan_no",
        "placed_by": "placed_by",
        "participant_type": "participant_type",
        "settlor": "settlor",
        "source": "source",
        "source_name": "source_name",
        "encash_flag": "encash_flag",
        "mkt_pro_flag": "mkt_pro_flag",
        "mkt_pro_value": "mkt_pro_value",
        "status": "status",
        "txn_type": "txn_type",
        "exchange": "exchange",
        "exch_order_no": "exch_order_no",
        "exch_order_time": "exch_order_time",
        "last_updated_time": "last_updated_time",
        "display_name": "display_name",
        "error_code": "error_code",
        "exchange_inst_name": "exchange_inst_name",
        "isin": "isin",
        "mkt_type": "mkt_type",
        "opt_type": "opt_type",
        "product_name": "product_name",
        "series": "series",
        "validity": "validity",
        "serial_no": "serial_no",
        "trigger_price": "trigger_price",
    }

    order_no: str | None = None
    order_date_time: dt.datetime | None = None
    good_till_days_date: dt.date | None = None
    expiry_date: dt.date | None = None
    symbol: str | None = None
    instrument: str | None = None
    security_id: str | None = None
    order_type: str | None = None
    product: str | None = None
    quantity: int | None = None
    remaining_quantity: int | None = None
    traded_quantity: int | None = None
    disc_quantity: int | None = None
    lot_size: int | None = None
    price: Decimal | None = None
    strike_price: Decimal | None = None
    reason_description: str | None = None
    entity_id: str | None = attrs.field(default=None, repr=False)
    pan_no: str | None = attrs.field(default=None, repr=False)
    placed_by: str | None = None
    participant_type: str | None = None
    settlor: str | None = None
    source: str | None = None
    source_name: str | None = None
    encash_flag: str | None = None
    mkt_pro_flag: str | None = None
    mkt_pro_value: Decimal | None = None
    status: str | None = None
    txn_type: str | None = None
    exchange: str | None = None
    exch_order_no: str | None = None
    exch_order_time: dt.datetime | None = None
    last_updated_time: dt.datetime | None = None
    display_name: str | None = None
    error_code: str | None = None
    exchange_inst_name: str | None = None
    isin: str | None = None
    mkt_type: str | None = None
    opt_type: str | None = None
    product_name: str | None = None
    series: str | None = None
    validity: str | None = None
    serial_no: str | None = None
    trigger_price: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.order_no = read.identifier(get("order_no"))
        self.order_date_time = read.india_datetime(get("order_date_time"))
        self.good_till_days_date = read.india_date(get("good_till_days_date"))
        self.expiry_date = read.india_date(get("expiry_date"))
        self.symbol = read.text(get("symbol"))
        self.instrument = read.text(get("instrument"))
        self.security_id = read.identifier(get("security_id"))
        self.order_type = read.text(get("order_type"))
        self.product = read.text(get("product"))
        self.quantity = read.integer(get("quantity"))
        self.remaining_quantity = read.integer(get("remaining_quantity"))
        self.traded_quantity = read.integer(get("traded_quantity"))
        self.disc_quantity = read.integer(get("disc_quantity"))
        self.lot_size = read.integer(get("lot_size"))
        self.price = read.decimal(get("price"))
        self.strike_price = read.decimal(get("strike_price"))
        self.reason_description = read.text(get("reason_description"))
        self.entity_id = read.text(get("entity_id"))
        self.pan_no = read.text(get("pan_no"))
        self.placed_by = read.text(get("placed_by"))
        self.participant_type = read.text(get("participant_type"))
        self.settlor = read.text(get("settlor"))
        self.source = read.text(get("source"))
        self.source_name = read.text(get("source_name"))
        self.encash_flag = read.text(get("encash_flag"))
        self.mkt_pro_flag = read.text(get("mkt_pro_flag"))
        self.mkt_pro_value = read.decimal(get("mkt_pro_value"))
        self.status = read.text(get("status"))
        self.txn_type = read.text(get("txn_type"))
        self.exchange = read.text(get("exchange"))
        self.exch_order_no = read.identifier(get("exch_order_no"))
        self.exch_order_time = read.india_datetime(get("exch_order_time"))
        self.last_updated_time = read.india_datetime(get("last_updated_time"))
        self.display_name = read.text(get("display_name"))
        self.error_code = read.identifier(get("error_code"))
        self.exchange_inst_name = read.text(get("exchange_inst_name"))
        self.isin = read.text(get("isin"))
        self.mkt_type = read.text(get("mkt_type"))
        self.opt_type = read.text(get("opt_type"))
        self.product_name = read.text(get("product_name"))
        self.series = read.text(get("series"))
        self.validity = read.text(get("validity"))
        self.serial_no = read.identifier(get("serial_no"))
        self.trigger_price = read.decimal(get("trigger_price"))
        return self
