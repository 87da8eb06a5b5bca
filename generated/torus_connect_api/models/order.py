"""What a reply holds: Order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Self

import attrs

from .. import reading as read
from ..reply_model import ReplyModel


@attrs.define(kw_only=True)
class Order(ReplyModel):
    """An order of the current day. The documentation's sample is cut; the properties marked java-client are from
    elsewhere. Inferred: Each property may be missing or null, and there may be further ones. That tick_size,
    trailing_sl_value and the abstick values may have a fraction: the Java client has whole numbers.

    Attributes:
        order_no: The number of the order.
        exch_order_no: The number that the exchange gave it.
        client_id: The client.
        pan_no: The permanent account number of the client.
        order_type: MKT market, LMT limit.
        disc_quantity: The disclosed quantity.
        expiry_date: The year 1 where there is none.
        opt_type: The option type; XX where there is none.
        off_mkt_flag: 0 in the sample; whether it is an after-market order.
        error_code: 0 in the sample.
        status: The state of the order. No list of words is documented: take an unknown one for not final.
            (java-client)
        symbol: (java-client)
        security_id: (java-client)
        segment: (java-client)
        product: (java-client)
        product_name: (java-client)
        txn_type: B buy, S sell. (java-client)
        validity: (java-client)
        quantity: (java-client)
        remaining_quantity: (java-client)
        traded_qty: (java-client)
        price: (java-client)
        trigger_price: (java-client)
        traded_price: (java-client)
        strike_price: (java-client)
        ref_ltp: (java-client)
        reason_description: (java-client)
        placed_by: (java-client)
        rem_qty_tot_qty: (java-client)
        remarks: (java-client)
        remarks1: (java-client)
        remarks2: (java-client)
        series: (java-client)
        settlor: (java-client)
        source: (java-client)
        source_name: (java-client)
        strategy_id: (java-client)
        serial_no: It grows with every change of the order. (java-client) Inferred: That it grows.
        row_no: (java-client)
        tick_size: (java-client)
        trailing_sl_value: (java-client)
        pr_abstick_value: (java-client)
        sl_abstick_value: (java-client)
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "order_no": "order_no",
        "exch_order_no": "exch_order_no",
        "order_date_time": "order_date_time",
        "exch_order_time": "exch_order_time",
        "last_updated_time": "last_updated_time",
        "exchange": "exchange",
        "instrument": "instrument",
        "isin": "isin",
        "display_name": "display_name",
        "client_id": "client_id",
        "pan_no": "pan_no",
        "order_type": "order_type",
        "mkt_type": "mkt_type",
        "avg_traded_price": "avg_traded_price",
        "disc_quantity": "disc_quantity",
        "dq_qty_rem": "dq_qty_rem",
        "good_till_days_date": "good_till_days_date",
        "expiry_date": "expiry_date",
        "expiry_flag": "expiry_flag",
        "opt_type": "opt_type",
        "off_mkt_flag": "off_mkt_flag",
        "encash_flag": "encash_flag",
        "group_id": "group_id",
        "leg_no": "leg_no",
        "child_leg_unq_id": "child_leg_unq_id",
        "lot_size": "lot_size",
        "algo_id": "algo_id",
        "algo_ord_no": "algo_ord_no",
        "error_code": "error_code",
        "exchange_inst_name": "exchange_inst_name",
        "identifier": "identifier",
        "mkt_pro_flag": "mkt_pro_flag",
        "mkt_pro_value": "mkt_pro_value",
        "participant_type": "participant_type",
        "status": "status",
        "symbol": "symbol",
        "security_id": "security_id",
        "segment": "segment",
        "product": "product",
        "product_name": "product_name",
        "txn_type": "txn_type",
        "validity": "validity",
        "quantity": "quantity",
        "remaining_quantity": "remaining_quantity",
        "traded_qty": "traded_qty",
        "price": "price",
        "trigger_price": "trigger_price",
        "traded_price": "traded_price",
        "strike_price": "strike_price",
        "ref_ltp": "ref_ltp",
        "reason_description": "reason_description",
        "placed_by": "placed_by",
        "rem_qty_tot_qty": "rem_qty_tot_qty",
        "remarks": "remarks",
        "remarks1": "remarks1",
        "remarks2": "remarks2",
        "series": "series",
        "settlor": "settlor",
        "source": "source",
        "source_name": "source_name",
        "strategy_id": "strategy_id",
        "serial_no": "serial_no",
        "row_no": "row_no",
        "tick_size": "tick_size",
        "trailing_sl_value": "trailing_sl_value",
        "pr_abstick_value": "pr_abstick_value",
        "sl_abstick_value": "sl_abstick_value",
    }

    order_no: str | None = None
    exch_order_no: str | None = None
    order_date_time: dt.datetime | None = None
    exch_order_time: dt.datetime | None = None
    last_updated_time: dt.datetime | None = None
    exchange: str | None = None
    instrument: str | None = None
    isin: str | None = None
    display_name: str | None = None
    client_id: str | None = attrs.field(default=None, repr=False)
    pan_no: str | None = attrs.field(default=None, repr=False)
    order_type: str | None = None
    mkt_type: str | None = None
    avg_traded_price: Decimal | None = None
    disc_quantity: int | None = None
    dq_qty_rem: int | None = None
    good_till_days_date: dt.date | None = None
    expiry_date: dt.date | None = None
    expiry_flag: str | None = None
    opt_type: str | None = None
    off_mkt_flag: str | None = None
    encash_flag: str | None = None
    group_id: str | None = None
    leg_no: int | None = None
    child_leg_unq_id: int | None = None
    lot_size: int | None = None
    algo_id: str | None = None
    algo_ord_no: str | None = None
    error_code: str | None = None
    exchange_inst_name: str | None = None
    identifier: str | None = None
    mkt_pro_flag: str | None = None
    mkt_pro_value: Decimal | None = None
    participant_type: str | None = None
    status: str | None = None
    symbol: str | None = None
    security_id: str | None = None
    segment: str | None = None
    product: str | None = None
    product_name: str | None = None
    txn_type: str | None = None
    validity: str | None = None
    quantity: int | None = None
    remaining_quantity: int | None = None
    traded_qty: int | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    traded_price: Decimal | None = None
    strike_price: Decimal | None = None
    ref_ltp: Decimal | None = None
    reason_description: str | None = None
    placed_by: str | None = None
    rem_qty_tot_qty: str | None = None
    remarks: str | None = None
    remarks1: str | None = None
    remarks2: str | None = None
    series: str | None = None
    settlor: str | None = None
    source: str | None = None
    source_name: str | None = None
    strategy_id: str | None = None
    serial_no: str | None = None
    row_no: int | None = None
    tick_size: Decimal | None = None
    trailing_sl_value: Decimal | None = None
    pr_abstick_value: Decimal | None = None
    sl_abstick_value: Decimal | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        get = data.get
        self = cls.__new__(cls)
        self.raw = data
        self.order_no = read.identifier(get("order_no"))
        self.exch_order_no = read.identifier(get("exch_order_no"))
        self.order_date_time = read.india_datetime(get("order_date_time"))
        self.exch_order_time = read.india_datetime(get("exch_order_time"))
        self.last_updated_time = read.india_datetime(get("last_updated_time"))
        self.exchange = read.text(get("exchange"))
        self.instrument = read.text(get("instrument"))
        self.isin = read.text(get("isin"))
        self.display_name = read.text(get("display_name"))
        self.client_id = read.text(get("client_id"))
        self.pan_no = read.text(get("pan_no"))
        self.order_type = read.text(get("order_type"))
        self.mkt_type = read.text(get("mkt_type"))
        self.avg_traded_price = read.decimal(get("avg_traded_price"))
        self.disc_quantity = read.integer(get("disc_quantity"))
        self.dq_qty_rem = read.integer(get("dq_qty_rem"))
        self.good_till_days_date = read.india_date(get("good_till_days_date"))
        self.expiry_date = read.india_date(get("expiry_date"))
        self.expiry_flag = read.text(get("expiry_flag"))
        self.opt_type = read.text(get("opt_type"))
        self.off_mkt_flag = read.identifier(get("off_mkt_flag"))
        self.encash_flag = read.text(get("encash_flag"))
        self.group_id = read.identifier(get("group_id"))
        self.leg_no = read.integer(get("leg_no"))
        self.child_leg_unq_id = read.integer(get("child_leg_unq_id"))
        self.lot_size = read.integer(get("lot_size"))
        self.algo_id = read.identifier(get("algo_id"))
        self.algo_ord_no = read.identifier(get("algo_ord_no"))
        self.error_code = read.identifier(get("error_code"))
        self.exchange_inst_name = read.text(get("exchange_inst_name"))
        self.identifier = read.identifier(get("identifier"))
        self.mkt_pro_flag = read.text(get("mkt_pro_flag"))
        self.mkt_pro_value = read.decimal(get("mkt_pro_value"))
        self.participant_type = read.text(get("participant_type"))
        self.status = read.text(get("status"))
        self.symbol = read.text(get("symbol"))
        self.security_id = read.identifier(get("security_id"))
        self.segment = read.text(get("segment"))
        self.product = read.text(get("product"))
        self.product_name = read.text(get("product_name"))
        self.txn_type = read.text(get("txn_type"))
        self.validity = read.text(get("validity"))
        self.quantity = read.integer(get("quantity"))
        self.remaining_quantity = read.integer(get("remaining_quantity"))
        self.traded_qty = read.integer(get("traded_qty"))
        self.price = read.decimal(get("price"))
        self.trigger_price = read.decimal(get("trigger_price"))
        self.traded_price = read.decimal(get("traded_price"))
        self.strike_price = read.decimal(get("strike_price"))
        self.ref_ltp = read.decimal(get("ref_ltp"))
        self.reason_description = read.text(get("reason_description"))
        self.placed_by = read.text(get("placed_by"))
        self.rem_qty_tot_qty = read.text(get("rem_qty_tot_qty"))
        self.remarks = read.text(get("remarks"))
        self.remarks1 = read.text(get("remarks1"))
        self.remarks2 = read.text(get("remarks2"))
        self.series = read.text(get("series"))
        self.settlor = read.text(get("settlor"))
        self.source = read.text(get("source"))
        self.source_name = read.text(get("source_name"))
        self.strategy_id = read.text(get("strategy_id"))
        self.serial_no = read.identifier(get("serial_no"))
        self.row_no = read.integer(get("row_no"))
        self.tick_size = read.decimal(get("tick_size"))
        self.trailing_sl_value = read.decimal(get("trailing_sl_value"))
        self.pr_abstick_value = read.decimal(get("pr_abstick_value"))
        self.sl_abstick_value = read.decimal(get("sl_abstick_value"))
        return self
