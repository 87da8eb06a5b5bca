"""What is sent: MarginRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class MarginRequestData:
    """What is asked for. Inferred: There are no further properties (additionalProperties).

    Attributes:
        exchange: The exchange.
        segment: The segment, E for equity.
        security_id: The token of the exchange for the security, not its ISIN.
        txn_type: B to buy, S to sell.
        quantity: The quantity.
        price: The price in rupees, 0 for an order at the market.
        product: The product. The documentation's sample has B, its table C.
        trigger_price: The trigger price in rupees.
    """

    exchange: str
    segment: str
    security_id: str
    txn_type: str
    quantity: str
    price: str
    product: str
    trigger_price: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "exchange": self.exchange,
            "segment": self.segment,
            "security_id": self.security_id,
            "txn_type": self.txn_type,
            "totalremqty": self.quantity,
            "price": self.price,
            "product": self.product,
            "trigger_price": self.trigger_price,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
