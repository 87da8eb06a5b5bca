"""What is sent: PositionsRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .positions_request_data import PositionsRequestData


@attrs.define(kw_only=True)
class PositionsRequest:
    """Which positions are asked for. Inferred: There are no further properties (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has M here. Inferred: That it is the default.
        data: What is asked for. Inferred: There are no further properties (additionalProperties).
    """

    source: str = "M"
    data: PositionsRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
