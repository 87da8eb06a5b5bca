"""What is sent: MarginRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .margin_request_data import MarginRequestData


@attrs.define(kw_only=True)
class MarginRequest:
    """The order whose margin is asked for; nothing is placed. Inferred: There are no further properties
    (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has A here. Inferred: That it is the default.
        data: What is asked for. Inferred: There are no further properties (additionalProperties).
    """

    source: str = "A"
    data: MarginRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
