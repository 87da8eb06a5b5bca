"""What is sent: OrderCancelRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .order_cancel_request_data import OrderCancelRequestData


@attrs.define(kw_only=True)
class OrderCancelRequest:
    """The order to cancel. Inferred: There are no further properties (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has N here; what it should be for an API user is not
            known. Inferred: That it is the default.
        data: The order to cancel. Inferred: There are no further properties (additionalProperties). That every
            value is a string, as in the Java client.
    """

    source: str = "N"
    data: OrderCancelRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
