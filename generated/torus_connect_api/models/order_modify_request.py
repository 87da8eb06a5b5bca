"""What is sent: OrderModifyRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .order_modify_request_data import OrderModifyRequestData


@attrs.define(kw_only=True)
class OrderModifyRequest:
    """An order, as it is to be. Inferred: There are no further properties (additionalProperties).

    Attributes:
        source: Where the request comes from; what it should be for an API user is not known. (java-client)
            Inferred: That N is the default as in the sample of the cancel call.
        data: An order, as it is to be. Inferred: There are no further properties (additionalProperties). That every
            value is a string, as in the Java client.
    """

    source: str = "N"
    data: OrderModifyRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
