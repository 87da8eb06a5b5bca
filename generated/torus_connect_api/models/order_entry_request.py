"""What is sent: OrderEntryRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .order_entry_request_data import OrderEntryRequestData


@attrs.define(kw_only=True)
class OrderEntryRequest:
    """An order. Inferred: There are no further properties (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has M here; what it should be for an API user is not
            known. Inferred: That it is the default.
        data: An order. Inferred: There are no further properties (additionalProperties). What is required: the
            documentation marks nothing. That what stands behind `price` is a string, as in the Java client.
    """

    source: str = "M"
    data: OrderEntryRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
