"""What is sent: OrderEntryRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready
from ..types import UNSET, Unset


@attrs.define(kw_only=True)
class OrderEntryRequestData:
    """An order. Inferred: There are no further properties (additionalProperties). What is required: the documentation
    marks nothing. That what stands behind `price` is a string, as in the Java client.

    Attributes:
        txn_type: B to buy, S to sell.
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        product: The product: I intraday, C delivery (CNC). Others are seen in replies: M, H, B.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many, a whole number.
        price: The price in rupees; 0.00 at the market.
        validity: How long it is good: DAY, IOC, GTD.
        order_type: MKT market, LMT limit; SL is named in a remark of the documentation.
        disc_quantity: The disclosed quantity.
        trigger_price: The trigger price in rupees; 0.00 for none.
        off_mkt_flag: Whether it is an after-market order: the text true or false.
        remarks: A remark, or a reference number of your own. How long it may be is not known.
        mkt_type: The market type, NL for the normal market.
        settlor: The settling party. What it should be for an API user is not known.
        group_id: The group.
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
    off_mkt_flag: str | Unset = UNSET
    remarks: str | Unset = UNSET
    mkt_type: str
    settlor: str | Unset = UNSET
    group_id: str | Unset = UNSET

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
            "settlor": self.settlor,
            "group_id": self.group_id,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
