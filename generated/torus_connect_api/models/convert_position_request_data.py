"""What is sent: ConvertPositionRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class ConvertPositionRequestData:
    """The position to convert. Inferred: There are no further properties (additionalProperties).

    Attributes:
        exchange: The exchange, NSE or BSE.
        segment: The segment, E for equity.
        security_id: The token of the exchange for the security, not its ISIN.
        quantity: How many: a number here, where other calls of orders take a text.
        txn_type: B for a position that was bought, S for one that was sold.
        mkt_type: The market type. The documentation's sample has NL, its table N.
        product_from: The product that it is.
        product_to: The product that it becomes.
        user_type: C client, D dealer.
    """

    exchange: str
    segment: str
    security_id: str
    quantity: int
    txn_type: str
    mkt_type: str
    product_from: str
    product_to: str
    user_type: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "exchange": self.exchange,
            "segment": self.segment,
            "security_id": self.security_id,
            "quantity": self.quantity,
            "txn_type": self.txn_type,
            "mkt_type": self.mkt_type,
            "product_from": self.product_from,
            "product_to": self.product_to,
            "user_type": self.user_type,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
