"""What is sent: ConvertPositionRequest."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from .convert_position_request_data import ConvertPositionRequestData


@attrs.define(kw_only=True)
class ConvertPositionRequest:
    """The position to convert. Inferred: There are no further properties (additionalProperties).

    Attributes:
        source: Where the request comes from. The documentation has N here. Inferred: That it is the default.
        data: The position to convert. Inferred: There are no further properties (additionalProperties).
    """

    source: str = "N"
    data: ConvertPositionRequestData

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "source": self.source,
            "data": self.data,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
