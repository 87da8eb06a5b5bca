"""What is sent: OrderRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class OrderRequestData:
    """What is asked for. Inferred: There are no further properties (additionalProperties).

    Attributes:
        order_no: The number of the order.
        segment: Its segment: E equity, D derivatives, C currency, M commodity.
    """

    order_no: str
    segment: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "order_no": self.order_no,
            "segment": self.segment,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
