"""What is sent: PositionsRequestData."""

from __future__ import annotations

from typing import Any

import attrs

from ..client import json_ready


@attrs.define(kw_only=True)
class PositionsRequestData:
    """What is asked for. Inferred: There are no further properties (additionalProperties).

    Attributes:
        interop_flag: The interoperation flag. The documentation has IP, and no other value.
    """

    interop_flag: str = "IP"

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        fields = {
            "interop_flag": self.interop_flag,
        }
        ready: dict[str, Any] = json_ready(fields)
        return ready
