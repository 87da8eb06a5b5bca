"""What is sent: OrderModifyRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready
from ..types import UNSET, Unset


@attrs.define(kw_only=True)
class OrderModifyRequestData:
    """An order, as it is to be. Inferred: There are no further properties (additionalProperties). That every value is
    a string, as in the Java client.

    Attributes:
        txn_type: B to buy, S to sell.
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many, a whole number that is not 0. Whether it is the whole or what remains is not documented.
        price: The price in rupees; not 0 for a limit order.
        validity: How long it is good: DAY, IOC, GTD.
        order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
        disc_quantity: The disclosed quantity.
        trigger_price: The trigger price in rupees; 0.00 for none.
        off_mkt_flag: Whether it is an after-market order: the text true or false.
        remarks: A remark, or a reference number of your own. Whether a change without it clears it is not known.
        mkt_type: The market type, NL for the normal market.
        good_till_days_date: The last day, YYYY-MM-DD, for a validity of GTD.
        encash_flag: The schedule of an after-market order, where there are several.
        order_no: The number of the order, as in the order book.
        serial_no: The serial number of the order, as in the order book.
        group_id: The group of the order, as in the order book.
        ip: The IP address of the device of the user. Left out, it is that of `trading=`; the standalone client has
            none.
        uu_id: A random identifier that is made once for an installation, and kept. Left out, it is that of
            `trading=`; the standalone client has none.
        app_id: The identifier of the app on the device. Who issues it is not known. Left out, it is that of
            `trading=`; the standalone client has none.
        settlor: The settling party. What it should be for an API user is not known. (java-client)
    """

    txn_type: str
    exchange: str
    segment: str
    product: str
    security_id: str
    quantity: str
    price: str
    validity: str
    order_type: str
    disc_quantity: str | Unset = UNSET
    trigger_price: str | Unset = UNSET
    off_mkt_flag: str
    remarks: str | Unset = UNSET
    mkt_type: str
    good_till_days_date: str | Unset = UNSET
    encash_flag: str | Unset = UNSET
    order_no: str
    serial_no: str
    group_id: str
    ip: str | Unset = attrs.field(default=UNSET, repr=False)
    uu_id: str | Unset = attrs.field(default=UNSET, repr=False)
    app_id: str | Unset = attrs.field(default=UNSET, repr=False)
    settlor: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "txn_type": self.txn_type,
            "exchange": self.exchange,
            "segment": self.segment,
            "product": self.product,
            "security_id": self.security_id,
            "quantity": self.quantity,
            "price": self.price,
            "validity": self.validity,
            "order_type": self.order_type,
            "disc_quantity": self.disc_quantity,
            "trigger_price": self.trigger_price,
            "off_mkt_flag": self.off_mkt_flag,
            "remarks": self.remarks,
            "mkt_type": self.mkt_type,
            "good_till_days_date": self.good_till_days_date,
            "encash_flag": self.encash_flag,
            "order_no": self.order_no,
            "serial_no": self.serial_no,
            "group_id": self.group_id,
            "ip": self.ip,
            "uu_id": self.uu_id,
            "app_id": self.app_id,
            "settlor": self.settlor,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
